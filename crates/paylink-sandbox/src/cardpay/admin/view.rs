use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::cardpay::card::CardNumber;
use crate::cardpay::deposit::{Deposit, Fate};
use crate::cardpay::payment::{Event, EventKind, Payment, Status};

/// A CardPay payment as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardpayPayment)]
pub(super) struct PaymentView {
    pay_id: u64,
    /// The merchant's invoice number.
    fid: u64,
    /// What the merchant asked for, in rial.
    price: u64,
    /// What must be transferred, in rial.
    amount: u64,
    phone: Option<String>,
    /// The recorded card, six and four digits of it.
    card: Option<String>,
    status: Status,
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: SystemTime,
    /// How often a check was answered with 201.
    times_first_verified: usize,
    callback: Option<String>,
    history: Vec<EventView>,
}

/// Something that happened to a CardPay payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardpayEvent)]
struct EventView {
    /// The sandbox time at which it happened.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: SystemTime,
    kind: EventKind,
}

/// Money that came to one of the merchant's cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardpayDeposit)]
pub(super) struct DepositView {
    number: u64,
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: SystemTime,
    /// How much, in rial.
    amount: u64,
    /// The merchant's card, six and four digits of it.
    to: String,
    /// The payer's card, six and four digits of it, if the bank's message names it.
    from: Option<String>,
    /// The payment for which the payer meant it.
    meant_for: u64,
    /// The payment that waited for exactly this amount.
    matched: Option<u64>,
    fate: Fate,
}

impl From<&Payment> for PaymentView {
    fn from(payment: &Payment) -> Self {
        Self {
            pay_id: payment.pay_id,
            fid: payment.fid,
            price: payment.price,
            amount: payment.amount,
            phone: payment.phone.clone(),
            card: payment.card.as_ref().map(CardNumber::masked),
            status: payment.status,
            expires_at: payment.expires_at,
            times_first_verified: payment.times_first_verified(),
            callback: payment.callback.as_ref().map(ToString::to_string),
            history: payment.history.iter().map(EventView::from).collect(),
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

impl From<&Deposit> for DepositView {
    fn from(deposit: &Deposit) -> Self {
        Self {
            number: deposit.number,
            at: deposit.at,
            amount: deposit.amount,
            to: deposit.to.number.masked(),
            from: deposit.from.as_ref().map(CardNumber::masked),
            meant_for: deposit.meant_for,
            matched: deposit.matched,
            fate: deposit.fate,
        }
    }
}
