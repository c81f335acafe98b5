//! Hostile peers: providers and whoever answers in their place, visitors of the shop's addresses, and senders of forged hints.
//!
//! What a socket can do to a call is played from the catalogue (`faults.rs`); here is what the catalogue does not have.

mod answers;
mod hints;
mod links;
mod visitors;
