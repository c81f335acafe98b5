//! The client against answers that are written out here, byte for byte: what it sends, what it reads, what it refuses.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect ends there"
)]

mod provider;
mod samples;

mod decoding;
mod descriptor;
mod neutral;
mod refusals;
mod resolving;
mod secrets;
mod settling;
#[cfg(feature = "soap")]
mod soap;
mod states;
mod validation;
mod wire;
