use paylink_core::{Error, Invalid};

/// What went wrong at the desk. Nothing is lost by it: the next call goes on where this one ended.
///
/// `E` is the store's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError<E> {
    /// The store failed. Whether it wrote what it was given is as unknown as after any lost answer; the next call reads it.
    #[error("the order store failed: {0}")]
    Store(#[source] E),
    /// A provider refused or did not answer. Its error says whether anything has to be mended, or asked again later.
    #[error("{0}")]
    Payment(#[source] Error),
    /// The store has no order of this name.
    #[error("there is no such order")]
    NoSuchOrder,
    /// The order names an account that the desk was not given.
    #[error("{0}")]
    UnknownAccount(#[source] Invalid),
    /// The ledger that the store gave for the order is another order's. Nothing was done; mend the store.
    #[error("the stored ledger is of another order, \"{of}\"")]
    ForeignLedger {
        /// Whose it is.
        of: String,
    },
}
