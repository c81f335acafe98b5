use paylink_core::provider::{Created, Hint, Payment, PaymentRecord, PaymentState};
use paylink_core::{Account, FieldKey, Handle, Invalid, WebUrl};

use crate::account::ZiPayAccount;
use crate::{Expected, Invoice, Status, TrackId};

const PROVIDER: &str = ZiPayAccount::PROVIDER;

/// ZiPay's own name of its id, in records and hints alike.
const TRACK_ID: &str = "trackid";

/// The record of the create that this handle tells of, but for the id that only the answer tells.
pub(super) fn record(handle: &Handle) -> Result<PaymentRecord, Invalid> {
    let reference = Handle::needed("invoice number", handle.own_reference())?.parse()?;
    let terminal = Handle::needed("terminal", handle.own_merchant())?;
    let record = PaymentRecord::new(
        PROVIDER,
        reference,
        *handle.needed_amount()?,
        handle.prepared_at(),
    );
    Ok(record.merchant(terminal))
}

/// The created payment. Creating and resolving both make it of their handle's record, so that they agree.
pub(super) fn created(record: PaymentRecord, track_id: &TrackId, link: WebUrl) -> Created {
    Created::new(record.id(TRACK_ID, track_id.as_str())).link(Some(link))
}

/// What the record says about the invoice that settling will read.
pub(super) fn expected(record: &PaymentRecord) -> Result<Expected, Invalid> {
    let terminal = record.at_merchant().and_then(|it| it.parse().ok());
    let terminal = terminal.ok_or_else(|| {
        Invalid::new(FieldKey::unkeyed("record"), "holds no terminal")
            .remedy("give back the record as it was stored")
    })?;
    Expected::new(
        track_id(record)?,
        record.reference().as_str(),
        *record.amount(),
    )?
    .terminal(terminal)
}

pub(super) fn track_id(record: &PaymentRecord) -> Result<TrackId, Invalid> {
    record.needed_id(TRACK_ID)?.parse()
}

/// An invoice as a payment. The payer's data stay behind.
pub(super) fn payment(invoice: &Invoice) -> Payment {
    Payment::new(PROVIDER, state(&invoice.status), invoice.status.as_str())
        .reference(Some(&invoice.invoice_number))
        .amount(Some(invoice.amount))
        .id(TRACK_ID, invoice.track_id.as_str())
}

pub(super) fn hint(track_id: &TrackId, invoice_number: &str) -> Hint {
    Hint::new(PROVIDER)
        .reference(invoice_number)
        .id(TRACK_ID, track_id.as_str())
}

fn state(status: &Status) -> PaymentState {
    match status {
        Status::Generated => PaymentState::Unpaid,
        Status::Waiting => PaymentState::Paying,
        Status::Pending => PaymentState::Unconfirmed,
        Status::Completed => PaymentState::Paid,
        Status::Rejected => PaymentState::Failed,
        Status::Refunded => PaymentState::Refunded,
        Status::Other(text) => PaymentState::Unclear(text.clone()),
    }
}
