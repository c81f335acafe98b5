//! The client against answers that are written out here, byte for byte: what it sends, what it reads, what it refuses.

#[cfg(test)]
mod samples;
#[cfg(test)]
mod script;

#[cfg(test)]
mod codes;
#[cfg(test)]
mod creating;
#[cfg(test)]
mod delivering;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
mod neutral;
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
