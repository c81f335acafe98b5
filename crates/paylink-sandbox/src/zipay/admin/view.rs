use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::zipay::currency::Currency;
use crate::zipay::invoice::{Event, EventKind, Invoice};
use crate::zipay::status::Status;

/// A ZiPay invoice as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZipayInvoice)]
pub(super) struct InvoiceView {
    trackid: String,
    invoice_number: String,
    terminal: u64,
    /// The decimal amount, as the merchant wrote it.
    amount: String,
    currency: Currency,
    status: Status,
    national_id: Option<String>,
    /// How often a verify moved the money to the merchant.
    times_verified: usize,
    /// Where the payer's browser goes back to.
    return_url: String,
    history: Vec<EventView>,
}

/// Something that happened to a ZiPay invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZipayEvent)]
struct EventView {
    /// The sandbox time at which it happened.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: SystemTime,
    kind: EventKind,
}

impl From<&Invoice> for InvoiceView {
    fn from(invoice: &Invoice) -> Self {
        Self {
            trackid: invoice.trackid.clone(),
            invoice_number: invoice.invoice_number.clone(),
            terminal: invoice.terminal,
            amount: invoice.amount.clone(),
            currency: invoice.currency,
            status: invoice.status,
            national_id: invoice.national_id.clone(),
            times_verified: invoice.times_verified(),
            return_url: invoice.return_url(),
            history: invoice.history.iter().map(EventView::from).collect(),
        }
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        Self {
            at: event.at,
            kind: event.kind,
        }
    }
}
