use super::{Created, Payment};

/// What was found of an operation that was carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "what was found has to be stored"]
#[non_exhaustive]
pub enum Resolved {
    /// The payment was created: store its record now.
    Created(Box<Created>),
    /// The payment was changed, and stands so.
    Changed(Box<Payment>),
}

impl Resolved {
    /// The payment that was created, if that was the operation.
    #[must_use]
    pub fn created(&self) -> Option<&Created> {
        match self {
            Resolved::Created(created) => Some(created),
            Resolved::Changed(_) => None,
        }
    }
}
