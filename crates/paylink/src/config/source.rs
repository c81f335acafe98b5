use std::path::PathBuf;

use secrecy::SecretString;

use super::Problem;

/// Where a setting's value comes from. Nothing of it prints the value.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// It stands here.
    Here(Value),
    /// It stands in a file of its own.
    InFile { path: PathBuf, origin: String },
    /// Something stands here that cannot be it.
    Refused(Problem),
}

/// A value with the name of the place it came from, as the person knows that place.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: SecretString,
    pub(super) origin: String,
}

impl Value {
    pub(super) fn new(text: &str, origin: impl Into<String>) -> Value {
        Value {
            text: text.into(),
            origin: origin.into(),
        }
    }
}
