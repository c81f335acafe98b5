//! Reading JSON that decides about money: absent is not null is not a default, and nothing panics or guesses.
//!
//! Fields of wire structs are [`Wire`] values. A wrong type does not stop the reading; it is told apart from absent and
//! null, and the caller decides: [`Wire::required`] for what decides, [`Wire::shown`] for what is only displayed.
//!
//! Reading takes one pass. A list has a bound on its elements ([`MAX_ELEMENTS`]), since an answer within its bytes may hold
//! far more of them than a provider has payments.
//!
//! A field that scripts write as text although it is a number, or the other way round, is read by [`lossless`], and an
//! amount as [`Amount`]: they take another form where it holds the same, and refuse it where something could be lost.

mod array;
mod lossless;
mod number;
mod search;
mod wire;

pub use array::{MAX_ELEMENTS, bounded_elements, from_array};
pub use lossless::{Lossless, lossless};
pub use number::Amount;
pub use number::Number;
pub use search::{Value, any_value, is_named};
pub use wire::FromJson;
pub use wire::Wire;
pub use wire::{Object, from_object};
