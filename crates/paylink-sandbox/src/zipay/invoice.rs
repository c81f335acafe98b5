use std::time::SystemTime;

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::currency::Currency;
use super::status::Status;

/// One invoice as the sandbox keeps it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Invoice {
    /// ZiPay's identifier.
    pub trackid: String,
    /// The merchant's number, unique per terminal.
    pub invoice_number: String,
    /// The terminal it was created on.
    pub terminal: u64,
    /// The decimal amount, as the merchant wrote it.
    pub amount: String,
    /// What the amount counts.
    pub currency: Currency,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// The only person who may pay it, if one was named.
    pub national_id: Option<String>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Created`].
    pub history: Vec<Event>,
    pub(super) transaction_id: u64,
    pub(super) created_at: SystemTime,
    pub(super) callback: Url,
    pub(super) webhook: Option<Url>,
    pub(super) payment: Option<Payment>,
}

/// Who paid, and when.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) at: SystemTime,
    pub(super) account_number: u64,
}

/// Something that happened to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The sandbox time at which it happened.
    pub at: SystemTime,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant created it.
    Created,
    /// The payer opened the page.
    Opened,
    /// The payer paid.
    Paid,
    /// The payer declined.
    Declined,
    /// The merchant verified it, and the money became the merchant's.
    Verified,
    /// The merchant verified it once more and was answered that it is completed.
    VerifiedAgain,
    /// It was not verified in time, and the money went back to the payer.
    GivenBack,
    /// The merchant gave the money back.
    Refunded,
}

impl Invoice {
    /// Counts how often a verify moved the money to the merchant: once at most, or it is a bug.
    #[must_use]
    pub fn times_verified(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Verified)
            .count()
    }

    /// Returns when the money went back to the payer because nobody verified it in time.
    #[must_use]
    pub fn given_back_at(&self) -> Option<SystemTime> {
        let given_back = self
            .history
            .iter()
            .find(|event| event.kind == EventKind::GivenBack);
        given_back.map(|event| event.at)
    }

    /// Returns the address to which the payer's browser goes back: the callback with `trackid` and
    /// `invoice_number` after the query it has already.
    #[must_use]
    pub fn return_url(&self) -> String {
        let mut url = self.callback.clone();
        url.query_pairs_mut()
            .append_pair("trackid", &self.trackid)
            .append_pair("invoice_number", &self.invoice_number);
        url.into()
    }
}
