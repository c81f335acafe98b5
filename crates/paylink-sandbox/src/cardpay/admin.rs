//! What CardPay adds to the API under `/_sandbox`.

use std::time::SystemTime;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::card::CardNumber;
use super::payment::{Deposit, EventKind, Fate, Payment, Status, TransferError};
use super::{CardpaySandbox, NAME};
use crate::admin::{Described, Problem, Routes};
use crate::calendar;
use crate::history::Event;

pub(super) fn routes(cardpay: CardpaySandbox) -> Described {
    Routes::new(NAME, cardpay)
        .list(
            "/payments",
            "Lists all CardPay payments, oldest first.",
            |cardpay| cardpay.payments().into_iter().map(PaymentView::from).collect(),
        )
        .find(
            "/payments/{pay_id}",
            "Shows one CardPay payment.",
            |cardpay, pay_id: u64| {
                let payment = cardpay.payment(pay_id);
                Ok(PaymentView::from(payment.ok_or(TransferError::UnknownPayment)?))
            },
        )
        .list(
            "/deposits",
            "Lists everything that was transferred to the merchant's cards, oldest first.",
            |cardpay| cardpay.deposits().iter().map(DepositView::from).collect(),
        )
        .act(
            "/payments/{pay_id}/pay",
            "Transfers exactly what a CardPay payment waits for, from the recorded card if there is one.",
            None,
            |cardpay, pay_id: u64| Ok(DepositView::from(&cardpay.pay(pay_id)?)),
        )
        .act_with(
            "/payments/{pay_id}/transfer",
            "Transfers any amount as the payer of a CardPay payment, from any card or from one that the bank does not name.",
            None,
            |cardpay, pay_id: u64, transfer: Transfer| {
                let card = transfer.from_card.as_deref();
                let deposit = cardpay.transfer(pay_id, transfer.amount, card)?;
                Ok(DepositView::from(&deposit))
            },
        )
        .settings("CardPay", CardpaySandbox::settings, |cardpay, wanted| {
            cardpay.change_settings(|settings| *settings = wanted);
            Ok(())
        })
        .done()
}

/// A transfer to the merchant's first card.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CardpayTransfer)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// How much, in rial.
    #[schema(minimum = 1)]
    amount: u64,
    /// The payer's card as the bank's message names it; without it the message names none.
    from_card: Option<String>,
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::UnknownPayment => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            TransferError::NoAmount | TransferError::MalformedCard => Self::unusable(error),
        }
    }
}

/// A CardPay payment as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardpayPayment)]
struct PaymentView {
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
    history: Vec<Event<EventKind>>,
}

/// Money that came to one of the merchant's cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardpayDeposit)]
struct DepositView {
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

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        Self {
            times_first_verified: payment.times_first_verified(),
            pay_id: payment.pay_id,
            fid: payment.fid,
            price: payment.price,
            amount: payment.amount,
            phone: payment.phone,
            card: payment.card.as_ref().map(CardNumber::masked),
            status: payment.status,
            expires_at: payment.expires_at,
            callback: payment.callback.map(Into::into),
            history: payment.history,
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
