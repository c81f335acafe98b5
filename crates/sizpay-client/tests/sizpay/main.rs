//! The client against answers that are written out here, byte for byte: what it sends, what it reads, what it refuses.

#[cfg(test)]
mod provider;
#[cfg(test)]
mod samples;

#[cfg(test)]
#[cfg(feature = "soap")]
mod attacks;
#[cfg(test)]
mod contradictions;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod decoding;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
#[cfg(feature = "soap")]
mod faults;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod neutral;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod resending;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod settling_many;
#[cfg(test)]
#[cfg(feature = "soap")]
mod soap;
#[cfg(test)]
mod states;
#[cfg(test)]
mod text_fields;
#[cfg(test)]
mod unsupported;
#[cfg(test)]
mod validation;
#[cfg(test)]
mod wire;
