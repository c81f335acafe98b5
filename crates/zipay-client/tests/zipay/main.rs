//! The client against answers that are written out here, byte for byte: what it sends, what it reads, what it refuses.

#[cfg(test)]
mod provider;
#[cfg(test)]
mod samples;

#[cfg(test)]
mod creating;
#[cfg(test)]
mod decoding;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod neutral;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod strictness;
#[cfg(test)]
mod validation;
#[cfg(test)]
mod wire;
