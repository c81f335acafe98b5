use paylink_core::provider::{
    self as neutral, Created, OrderReference, PayToCard, Payment, PaymentRecord, PaymentState,
    Transfer,
};
use paylink_core::{
    Effect, Error, ErrorKind, Field, Handle, Invalid, Mismatch, Money, Operation, Rial,
};

use crate::descriptor::{NAME, PAY_ID};
use crate::operations::NewPayment;
use crate::{CreatedPayment, Expected, InvoiceNumber, MerchantCard, PayId};

/// The script's number of a reference, which has to be written as the script writes it.
///
/// `01000` and `1000` are two orders and would be one number.
pub(super) fn invoice_number(reference: &OrderReference) -> Result<InvoiceNumber, Invalid> {
    let text = reference.as_str();
    let number = text.parse::<InvoiceNumber>().ok();
    number
        .filter(|number| number.to_string() == text)
        .ok_or_else(|| {
            Invalid::new(OrderReference::KEY, "is not a number that CardPay takes")
                .value(text)
                .remedy("give a whole number above zero in Latin digits, without leading zeros")
        })
}

/// The payment of the script that a neutral one asks for. What the script does not take is refused under the neutral field.
pub(super) fn payment_of(
    payment: &neutral::NewPayment,
    price: Rial,
) -> Result<NewPayment, Invalid> {
    let number = invoice_number(payment.reference())?;
    let mut new = NewPayment::new(number, price).map_err(|refused| refused.under(Money::KEY))?;
    if let Some(mobile) = payment.payer().mobile() {
        new = new.phone(mobile.clone());
    }
    if let Some(card) = payment.payer().card() {
        new = new.payer_card(card.clone());
    }
    match payment.goes_back_to() {
        Some(callback) => new.callback(callback.clone()),
        None => Ok(new),
    }
}

/// A created payment, with the record that settling compares sealed into its own.
pub(super) fn created(
    created: CreatedPayment,
    reference: OrderReference,
    handle: Handle,
) -> Result<Created, Error> {
    let sealed = created.record();
    let created_at = handle.prepared_at();
    let detail = serde_json::to_string(sealed).map_err(|_| unwritable(handle))?;
    let price = Money::from_rial(sealed.price);
    let record = PaymentRecord::new(NAME, reference, price, created_at)
        .merchant(&*sealed.shop)
        .id(PAY_ID, sealed.pay_id.to_string())
        .detail(detail);
    let cards = created.pay_to.iter().map(pay_to).collect();
    Ok(Created::new(record)
        .transfer(Transfer::new(created.transfer_exactly.money(), cards))
        .expires(created.expires.and_then(crate::Expiry::instant))
        .link(created.link))
}

/// The client's own record, which was sealed into the neutral one.
pub(super) fn sealed(record: &PaymentRecord) -> Result<crate::PaymentRecord, Invalid> {
    let detail = record.own_detail();
    // What serde says of it would show the values.
    let sealed = detail.and_then(|text| serde_json::from_str(text).ok());
    sealed.ok_or_else(|| {
        Invalid::new(PaymentRecord::KEY, "does not hold what CardPay put into it")
            .remedy("give back the record as it was stored")
    })
}

/// How the record's id differs from the sealed one: somebody put a record together.
pub(super) fn differs_in_id(
    record: &PaymentRecord,
    sealed: &crate::PaymentRecord,
) -> Option<Mismatch> {
    let known = record.known_id(PAY_ID).unwrap_or("none");
    let own = sealed.pay_id.to_string();
    (known != own).then(|| Mismatch::one(Field::Reference, &own, known))
}

/// Number and price of the record, which are the order's by now, to be held against the sealed ones.
pub(super) fn expected(
    record: &PaymentRecord,
    sealed: crate::PaymentRecord,
) -> Result<Expected, Invalid> {
    let number = invoice_number(record.reference())?;
    Expected::new(number, record.amount().to_rial()?, sealed)
}

/// The payment that was asked about. The script reports its state, and neither amount nor order.
pub(super) fn payment(pay_id: PayId, state: crate::PaymentState) -> Payment {
    let code = state.code().to_string();
    Payment::new(NAME, state_of(state, &code), &code).id(PAY_ID, pay_id.to_string())
}

fn state_of(state: crate::PaymentState, code: &str) -> PaymentState {
    match state {
        crate::PaymentState::NotPaidYet => PaymentState::Unpaid,
        crate::PaymentState::Expired => PaymentState::Expired,
        crate::PaymentState::FirstVerification | crate::PaymentState::VerifiedBefore => {
            PaymentState::Paid
        }
        // The money is there and not from whom it should be: a person has to decide.
        crate::PaymentState::PaidFromAnotherCard | crate::PaymentState::Other(_) => {
            PaymentState::Unclear(code.into())
        }
    }
}

fn pay_to(card: &MerchantCard) -> PayToCard {
    PayToCard::new(card.number.show(), card.holder.clone(), card.bank.clone())
}

/// The payment is there, and nothing can settle it.
fn unwritable(handle: Handle) -> Error {
    let problem = "the payment was created, and its record cannot be written";
    Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem)
        .of(NAME, NewPayment::NAME)
        .with_handle(handle)
}
