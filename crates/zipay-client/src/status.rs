use std::fmt;

use serde::{Serialize, Serializer};

/// The state of an invoice.
///
/// The six documented ones have names of their own; any other keeps its text and is neither success nor failure.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Status {
    /// Created; the payer was not there yet.
    Generated,
    /// The payer is about to pay.
    Waiting,
    /// Paid, and waiting for the merchant to verify it within 30 minutes.
    Pending,
    /// Paid and verified: the money is the merchant's.
    Completed,
    /// Not paid, or given back because nobody verified it in time.
    Rejected,
    /// Given back by the merchant.
    Refunded,
    /// A state that this release does not know.
    Other(Box<str>),
}

impl Status {
    /// The documented states.
    pub const DOCUMENTED: [Status; 6] = [
        Status::Generated,
        Status::Waiting,
        Status::Pending,
        Status::Completed,
        Status::Rejected,
        Status::Refunded,
    ];

    /// ZiPay's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Status::Generated => "generated",
            Status::Waiting => "waiting",
            Status::Pending => "pending",
            Status::Completed => "completed",
            Status::Rejected => "rejected",
            Status::Refunded => "refunded",
            Status::Other(text) => text,
        }
    }
}

impl From<&str> for Status {
    fn from(text: &str) -> Status {
        let documented = Status::DOCUMENTED
            .into_iter()
            .find(|status| status.as_str() == text);
        documented.unwrap_or_else(|| Status::Other(paylink_core::text::excerpt(text, 40).into()))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
