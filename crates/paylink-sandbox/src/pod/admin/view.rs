use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::pod::invoice::{Event, EventKind, Invoice, State};

/// A POD invoice as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodInvoice)]
pub(super) struct InvoiceView {
    id: u64,
    unique_number: String,
    bill_number: Option<String>,
    /// The user id of the business that issued it.
    issuer: u64,
    user_id: Option<u64>,
    /// What is to be paid, as a decimal number of rial.
    payable_amount: String,
    state: State,
    closed: bool,
    /// The invoice whose debt this one's money is blocked for.
    blocked_for: Option<u64>,
    /// How often it was paid; more than once only if the money went back in between.
    times_paid: usize,
    /// How often its payment was verified.
    times_verified: usize,
    /// Where the payer's browser goes back to, if the business named an address on issuing.
    return_url: Option<String>,
    history: Vec<EventView>,
}

/// Something that happened to a POD invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodEvent)]
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
            id: invoice.id,
            unique_number: invoice.unique_number.clone(),
            bill_number: invoice.bill_number.clone(),
            issuer: invoice.issuer,
            user_id: invoice.user_id,
            payable_amount: invoice.payable_amount(),
            state: invoice.state,
            closed: invoice.closed,
            blocked_for: invoice.blocked_for,
            times_paid: invoice.times_paid(),
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
