use std::fmt;

use paylink_core::{Error, Invalid};

/// What went wrong at the desk. Nothing is lost by it: the next call goes on where this one ended.
///
/// `E` is the store's error.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeskError<E> {
    /// The store failed. Whether it wrote what it was given is as unknown as after any lost answer; the next call reads it.
    Store(E),
    /// A provider refused or did not answer. Its error says whether anything has to be mended, or asked again later.
    Payment(Error),
    /// The store has no order of this name.
    NoSuchOrder,
    /// The order names an account that the desk was not given.
    UnknownAccount(Invalid),
    /// The ledger that the store gave for the order is another order's. Nothing was done; mend the store.
    ForeignLedger {
        /// Whose it is.
        of: String,
    },
}

impl<E: fmt::Display> fmt::Display for DeskError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeskError::Store(error) => write!(f, "the order store failed: {error}"),
            DeskError::Payment(error) => error.fmt(f),
            DeskError::NoSuchOrder => f.write_str("there is no such order"),
            DeskError::UnknownAccount(invalid) => invalid.fmt(f),
            DeskError::ForeignLedger { of } => {
                write!(f, "the stored ledger is of another order, \"{of}\"")
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for DeskError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DeskError::Store(error) => Some(error),
            DeskError::Payment(error) => Some(error),
            DeskError::UnknownAccount(invalid) => Some(invalid),
            DeskError::NoSuchOrder | DeskError::ForeignLedger { .. } => None,
        }
    }
}
