//! The payment desk over every provider: what is paid is handed out once, and nothing else ever is.
//!
//! It is a binary of its own, since its thousands of rounds would starve whatever measures time beside them.

#[cfg(test)]
#[path = "../../../crates/paylink/tests/desk/crashing_store.rs"]
mod crashing_store;

#[cfg(test)]
mod foreign;
#[cfg(test)]
mod reconciling;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod stall;
