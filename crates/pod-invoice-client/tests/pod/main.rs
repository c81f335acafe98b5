//! The client against answers that are written out here, byte for byte: what it sends, what it reads, what it refuses.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod samples;

#[cfg(test)]
mod contradictions;
#[cfg(test)]
mod decoding;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
mod links;
#[cfg(test)]
mod neutral;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod validation;
#[cfg(test)]
mod wire;
