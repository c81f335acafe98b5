use std::time::SystemTime;

use paylink_core::provider::{
    self as neutral, Created, OrderReference, PaymentRecord, PaymentState,
};
use paylink_core::{Account, Error, Handle, Invalid, JalaliDate, JalaliDateTime, WebUrl, digits};

use crate::account::SizPayAccount;
use crate::descriptor::SEND_ID;
use crate::{Expected, InvoiceNumber, PayState, Payment, SendId, days};

/// The record of the link that this handle was made for, but for the id that only an answer tells.
pub(super) fn record(handle: &Handle, created_at: SystemTime) -> Result<PaymentRecord, Invalid> {
    let reference = Handle::needed("invoice number", handle.own_reference())?.parse()?;
    let link_name = Handle::needed("link name", handle.own_merchant())?;
    let amount = *handle.needed_amount()?;
    let record = PaymentRecord::new(SizPayAccount::PROVIDER, reference, amount, created_at);
    Ok(record.merchant(link_name))
}

/// The reference as SizPay gets it, which is to the letter: two orders must never become one number.
pub(super) fn invoice_number(reference: &OrderReference) -> Result<InvoiceNumber, Invalid> {
    let text = reference.as_str();
    if digits::latin(text) != text {
        return Err(Invalid::new(
            OrderReference::KEY,
            "holds digits that SizPay would get in Latin",
        )
        .value(text)
        .remedy("write its digits in Latin"));
    }
    let number: Result<InvoiceNumber, Invalid> = text.parse();
    number.map_err(|invalid| invalid.under(OrderReference::KEY))
}

pub(super) fn created(record: PaymentRecord, send_id: SendId, url: Option<WebUrl>) -> Created {
    Created::new(record.id(SEND_ID, send_id.to_string())).link(url)
}

/// The link that a record is about.
pub(super) fn send_id(record: &PaymentRecord) -> Result<SendId, Invalid> {
    let id: Result<SendId, Invalid> = record.needed_id(SEND_ID)?.parse();
    id.map_err(|invalid| invalid.under(PaymentRecord::KEY))
}

pub(super) fn expected(record: &PaymentRecord) -> Result<Expected, Invalid> {
    Expected::sent_at(
        send_id(record)?,
        record.reference().as_str(),
        record.amount().to_rial()?,
        record.created_at(),
    )
}

/// When a link that was found again was sent: at the handle's time, unless that is far from the day under which SizPay
/// has it. A handle may have been stored long before it was sent.
pub(super) fn created_at(handle: &Handle, sent_on: JalaliDate) -> Result<SystemTime, Error> {
    let prepared_at = handle.prepared_at();
    if days::between(prepared_at, prepared_at)?.contains(&sent_on) {
        return Ok(prepared_at);
    }
    Ok(JalaliDateTime::new(sent_on, 12, 0, 0)?.to_system_time())
}

pub(super) fn view(payment: &Payment) -> neutral::Payment {
    let view = neutral::Payment::new(
        SizPayAccount::PROVIDER,
        state(payment),
        payment.state.as_str(),
    );
    let number = payment.invoice_number.as_ref();
    let view = view
        .reference(number.map(InvoiceNumber::as_str))
        .receipt(payment.reference.as_deref());
    match payment.send_id {
        Some(id) => view.id(SEND_ID, id.to_string()),
        None => view,
    }
}

/// A paid link has a reference number and an unpaid one has none: anything else is as unclear here as to settling.
fn state(payment: &Payment) -> PaymentState {
    match (&payment.state, &payment.reference) {
        (PayState::Paid, Some(_)) => PaymentState::Paid,
        (PayState::Unpaid, None) => PaymentState::Unpaid,
        (PayState::Paid, None) => {
            PaymentState::Unclear("paid, and without a reference number".into())
        }
        (PayState::Unpaid, Some(_)) => {
            PaymentState::Unclear("unpaid, and with a reference number".into())
        }
        (PayState::Other(text), _) => PaymentState::Unclear(text.clone()),
    }
}
