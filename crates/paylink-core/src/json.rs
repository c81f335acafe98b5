//! Reading JSON that decides about money: absent is not null is not a default, and nothing panics or guesses.
//!
//! Fields of wire structs are [`Wire`] values. A wrong type does not stop the reading; it is told apart from absent and
//! null, and the caller decides: [`Wire::required`] for what decides, [`Wire::shown`] for what is only displayed.

mod array;
mod leaf;
mod number;
mod object;
mod wire;

pub use array::from_array;
pub use leaf::FromJson;
pub use number::Number;
pub use object::{Object, from_object};
pub use wire::Wire;
