use paylink_core::provider::{
    Created, Hint, Input, NewPayment, OrderReference, Payment, PaymentRecord, PaymentState,
};
use paylink_core::{FieldKey, Handle, Invalid, Money, ReturnUrl, WebUrl};

use crate::descriptor::{NAME, TRACK_ID};
use crate::operations::NewInvoice;
use crate::{Expected, Invoice, InvoiceNumber, Status, TrackId};

/// The fields of an invoice, and those of a payment from which they come.
const NEUTRAL: [(FieldKey, FieldKey); 3] = [
    (InvoiceNumber::KEY, OrderReference::KEY),
    (NewInvoice::CALLBACK, Input::ReturnUrl.key()),
    (NewInvoice::WEBHOOK, Input::NotifyUrl.key()),
];

/// The invoice that a payment asks for. What ZiPay does not take is refused under the payment's own field.
pub(super) fn invoice(
    payment: &NewPayment,
    price: Money,
    callback: &ReturnUrl,
) -> Result<NewInvoice, Invalid> {
    let number = payment.reference().as_str();
    let mut invoice = NewInvoice::new(number, price, callback.clone()).map_err(neutral)?;
    if let Some(webhook) = payment.notifies() {
        invoice = invoice.webhook(webhook.clone()).map_err(neutral)?;
    }
    if let Some(national_id) = payment.payer().national_id() {
        invoice = invoice.national_id(national_id.clone());
    }
    Ok(invoice)
}

fn neutral(refused: Invalid) -> Invalid {
    let mut known = NEUTRAL.into_iter();
    match known.find(|(own, _)| own.as_str() == refused.key()) {
        Some((_, neutral)) => refused.under(neutral),
        None => refused,
    }
}

/// The record of the create that this handle tells of, but for the id that only the answer tells.
pub(super) fn record(handle: &Handle) -> Result<PaymentRecord, Invalid> {
    let reference = Handle::needed("invoice number", handle.own_reference())?.parse()?;
    let terminal = Handle::needed("terminal", handle.own_merchant())?;
    let record = PaymentRecord::new(
        NAME,
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
        Invalid::new(PaymentRecord::KEY, "holds no terminal")
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
    Payment::new(NAME, state(&invoice.status), invoice.status.as_str())
        .reference(Some(&invoice.invoice_number))
        .amount(Some(invoice.amount))
        .id(TRACK_ID, invoice.track_id.as_str())
}

pub(super) fn hint(track_id: &TrackId, invoice_number: &str) -> Hint {
    Hint::new(NAME)
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
