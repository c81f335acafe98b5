use std::time::SystemTime;

use jalali_calendar::JalaliDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::status::Status;
use crate::calendar;

/// One pay link as the sandbox keeps it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SizpayLink)]
#[non_exhaustive]
pub struct Link {
    /// SizPay's identifier, `PayLinkSendID`.
    pub send_id: u64,
    /// The name of the merchant's pay link under which it was sent.
    pub pay_link_name: String,
    /// The page where it is paid, `PayLinkURL`.
    pub url: String,
    /// The merchant's number, `InvoiceNo`.
    pub invoice_number: String,
    /// The amount in rial.
    pub amount: u64,
    /// The payer's mobile telephone.
    pub mobile: String,
    /// Whom the invoice is for, or an empty text.
    pub customer_name: String,
    /// What it is for, or an empty text.
    pub description: String,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// The reference number of the payment, once it is paid.
    pub reference_number: Option<String>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Sent`].
    pub history: Vec<Event>,
    /// The last segment of the page's address.
    #[serde(skip)]
    pub(super) code: String,
    #[serde(skip)]
    pub(super) sent_at: SystemTime,
}

/// Something that happened to a pay link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SizpayEvent)]
#[non_exhaustive]
pub struct Event {
    /// The sandbox time at which it happened.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen to a pay link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SizpayEventKind)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant sent it, and the first SMS went out.
    Sent,
    /// The merchant had the SMS sent once more.
    Resent,
    /// The payer declined; the link stays open.
    Declined,
    /// The payer paid.
    Paid,
    /// The merchant disabled it.
    Disabled,
}

impl Link {
    /// Counts how often its SMS was sent after the first time.
    #[must_use]
    pub fn times_resent(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Resent)
            .count()
    }

    /// Returns the day in Tehran on which it was sent, as SizPay writes it: `1399/11/21`.
    #[must_use]
    pub fn sent_on(&self) -> String {
        self.day().map(write_day).unwrap_or_default()
    }

    /// The day on which its lookups by date find it.
    pub(super) fn day(&self) -> Option<JalaliDate> {
        calendar::tehran(self.sent_at).map(|moment| moment.date())
    }

    /// Tells whether the payer declined and has not paid since.
    pub(super) fn was_declined(&self) -> bool {
        let last = self.history.last();
        last.is_some_and(|event| event.kind == EventKind::Declined)
    }
}

fn write_day(day: JalaliDate) -> String {
    format!("{:04}/{:02}/{:02}", day.year(), day.month(), day.day())
}
