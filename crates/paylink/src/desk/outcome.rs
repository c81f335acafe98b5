//! What the calls of the desk come to.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{Created, OrderReference, Payment, PaymentState};
use paylink_core::{Error, Invalid, Mismatch};

use super::ledger::Delivery;

/// What a look at an order came to.
#[derive(Debug)]
#[must_use = "an outcome may say that the goods are due"]
pub enum Outcome {
    /// It is paid, and this call alone hands it out. Deliver, then say so with
    /// [`Desk::mark_delivered`](super::Desk::mark_delivered).
    DeliverNow(Box<Delivery>),
    /// It was handed out before, and nobody has said that the goods went out. The call that was told may be at it, or may have
    /// died: the outbox decides. Show the payer that it is paid.
    AwaitingDelivery(Box<Delivery>),
    /// The goods went out.
    Delivered {
        /// When that was said.
        at: SystemTime,
    },
    /// There is no money yet, or it went back. The view says why.
    NotPaid(Box<Payment>),
    /// The payment that stands in the order's ledger, or that the provider reports for it, is not this order's. Nothing was
    /// confirmed or delivered; raise an alarm.
    Mismatch(Mismatch),
    /// It was looked at a moment ago, or its provider asked to be left alone, and a stranger's request does not get to ask
    /// again so soon. Show what was seen then, and let the page or the sender come again.
    TooSoon {
        /// Where the newest payment stood when it was seen last; `None` if nothing was seen of it.
        seen: Option<PaymentState>,
        /// How long to wait at the least.
        retry_after: Duration,
    },
    /// Whether the payment was created at all cannot be told yet. Look again after this time.
    Unresolved {
        /// How long to wait at the least.
        retry_after: Duration,
    },
    /// Whether the payment was created cannot be found out: [`Desk::reopen`](super::Desk::reopen).
    Lost(Lost),
    /// No payment is there: [`Desk::open`](super::Desk::open) creates one.
    NotOpened,
    /// Another call holds the order. Ask again in a moment; its answer will be stored.
    Busy {
        /// When it loses the order at the latest.
        until: SystemTime,
    },
}

impl Outcome {
    /// What it came to in one word, for logs and metrics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Outcome::DeliverNow(_) => "deliver_now",
            Outcome::AwaitingDelivery(_) => "awaiting_delivery",
            Outcome::Delivered { .. } => "delivered",
            Outcome::NotPaid(_) => "not_paid",
            Outcome::Mismatch(_) => "mismatch",
            Outcome::TooSoon { .. } => "too_soon",
            Outcome::Unresolved { .. } => "unresolved",
            Outcome::Lost(_) => "lost",
            Outcome::NotOpened => "not_opened",
            Outcome::Busy { .. } => "busy",
        }
    }
}

/// What opening an order came to.
#[derive(Debug)]
#[must_use = "a payment that was created has to be shown"]
pub enum Opened {
    /// The payment is there, and is the same whenever it is asked for: show its link, or what to transfer.
    Ready(Box<Created>),
    /// The order is paid already.
    AlreadyPaid(Box<Delivery>),
    /// It may have been created or not, its create was refused a moment ago, or its provider asked for time. Open again after
    /// this time; nothing is sent before.
    Unresolved {
        /// How long to wait at the least.
        retry_after: Duration,
    },
    /// Whether it was created cannot be found out: [`Desk::reopen`](super::Desk::reopen).
    Lost(Lost),
    /// Another call holds the order. Open again in a moment.
    Busy {
        /// When it loses the order at the latest.
        until: SystemTime,
    },
}

/// What starting over came to.
#[derive(Debug)]
#[must_use = "the order may have been paid meanwhile"]
pub enum Reopened {
    /// The payment before it can no longer be paid or found; this is what opening the new one came to.
    Opened(Opened),
    /// Nothing was begun: the payment that is there may still be paid, or was.
    Kept(Outcome),
}

/// What came of saying that the goods went out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "what was not written has to be said again"]
pub enum MarkedDelivered {
    /// It is written.
    Done {
        /// When it was said the first time.
        at: SystemTime,
    },
    /// The order was never handed out. Nothing was written; find out why goods went out.
    NotAwaitingDelivery,
    /// Another call holds the order. Say it again in a moment.
    Busy {
        /// When it loses the order at the latest.
        until: SystemTime,
    },
}

/// A payment of which nobody can tell whether it exists, because its create was not answered and its provider finds none
/// by the merchant's reference.
///
/// The shop has shown it to nobody. A provider that tells payers by itself, by SMS say, may have: look into its panel
/// before starting over, for a payment that nobody knows of is never settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lost {
    reference: OrderReference,
    reason: String,
}

impl Lost {
    pub(super) fn new(reference: &OrderReference, why: impl Into<String>) -> Lost {
        Lost {
            reference: reference.clone(),
            reason: why.into(),
        }
    }

    /// The reference that is spent: another attempt needs another one.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// Why it cannot be found out, for the merchant.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// What went wrong at the desk. Nothing is lost by it: the next call goes on where this one ended.
///
/// `E` is the store's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError<E> {
    /// The store failed. Whether it wrote what it was given is as unknown as after any lost answer; the next call reads it.
    #[error("the order store failed: {0}")]
    Store(#[source] E),
    /// A provider refused or did not answer. Its error says what has to be corrected, or whether to ask again later.
    #[error("{0}")]
    Payment(#[source] Error),
    /// The store has no order of this name.
    #[error("there is no such order")]
    NoSuchOrder,
    /// The order names an account that the desk was not given.
    #[error("{0}")]
    UnknownAccount(#[source] Invalid),
    /// The ledger that the store gave for the order is another order's. Nothing was done; correct the store.
    #[error("the stored ledger is of another order, \"{of}\"")]
    ForeignLedger {
        /// Whose it is.
        of: String,
    },
}
