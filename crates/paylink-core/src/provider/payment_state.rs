use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a payment stands, in words that all providers share.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentState {
    /// Nobody has paid it, and it can be paid.
    Unpaid,
    /// A payer is about to pay.
    Paying,
    /// It may be paid, and waits for the merchant: settle it.
    Unconfirmed,
    /// Paid: the money is the merchant's.
    Paid,
    /// Somebody has guaranteed the payment for a later day.
    Promised,
    /// Its time was over before it was paid.
    Expired,
    /// It was not paid, or the money went back by itself.
    Failed,
    /// The merchant cancelled or disabled it.
    Cancelled,
    /// The merchant gave the money back.
    Refunded,
    /// Something that this release cannot read: neither success nor failure. The text is the provider's.
    Unclear(Box<str>),
}

impl PaymentState {
    /// The state in one word; the provider's own text where it is unclear.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            PaymentState::Unpaid => "unpaid",
            PaymentState::Paying => "paying",
            PaymentState::Unconfirmed => "unconfirmed",
            PaymentState::Paid => "paid",
            PaymentState::Promised => "promised",
            PaymentState::Expired => "expired",
            PaymentState::Failed => "failed",
            PaymentState::Cancelled => "cancelled",
            PaymentState::Refunded => "refunded",
            PaymentState::Unclear(text) => text,
        }
    }

    /// Whether no money can come any more: it takes another payment to pay the order.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            PaymentState::Expired
                | PaymentState::Failed
                | PaymentState::Cancelled
                | PaymentState::Refunded
        )
    }
}

impl fmt::Display for PaymentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
