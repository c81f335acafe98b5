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
use crate::view::view;

pub(super) fn routes(cardpay: CardpaySandbox) -> Described {
    Routes::new(NAME, cardpay)
        .list(
            "/payments",
            "Lists all CardPay payments, oldest first.",
            |cardpay| cardpay.payments().iter().map(PaymentView::of).collect(),
        )
        .find(
            "/payments/{pay_id}",
            "Shows one CardPay payment.",
            |cardpay, pay_id: u64| {
                let payment = cardpay.payment(pay_id);
                Ok(PaymentView::of(&payment.ok_or(TransferError::UnknownPayment)?))
            },
        )
        .list(
            "/deposits",
            "Lists everything that was transferred to the merchant's cards, oldest first.",
            |cardpay| cardpay.deposits().iter().map(DepositView::of).collect(),
        )
        .act(
            "/payments/{pay_id}/pay",
            "Transfers exactly what a CardPay payment waits for, from the recorded card if there is one.",
            |cardpay, pay_id: u64| Ok(DepositView::of(&cardpay.pay(pay_id)?)),
        )
        .act_with(
            "/payments/{pay_id}/transfer",
            "Transfers any amount as the payer of a CardPay payment, from any card or from one that the bank does not name.",
            |cardpay, pay_id: u64, transfer: Transfer| {
                let card = transfer.from_card.as_deref();
                let deposit = cardpay.transfer(pay_id, transfer.amount, card)?;
                Ok(DepositView::of(&deposit))
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
    #[schema(minimum = 1, example = 250_000)]
    amount: u64,
    /// The payer's card as the bank's message names it; without it the message names none.
    #[schema(pattern = "^[0-9۰-۹٠-٩]{16}$", example = "5022290000000042")]
    from_card: Option<String>,
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::UnknownPayment => {
                Self::new(StatusCode::NOT_FOUND, error.to_string()).coded("unknown-payment")
            }
            TransferError::NoAmount => Self::unusable(error).coded("no-amount"),
            TransferError::MalformedCard => Self::unusable(error).coded("malformed-card"),
        }
    }
}

view! {
    /// A CardPay payment as the sandbox keeps it.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = CardpayPayment)]
    struct PaymentView of (payment: &Payment) {
        pay_id: u64 = payment.pay_id,
        /// The merchant's invoice number.
        fid: u64 = payment.fid,
        /// What the merchant asked for, in rial.
        price: u64 = payment.price,
        /// What must be transferred, in rial.
        amount: u64 = payment.amount,
        phone: Option<String> = payment.phone.clone(),
        /// The recorded card, six and four digits of it.
        card: Option<String> = payment.card.as_ref().map(CardNumber::masked),
        status: Status = payment.status,
        #[serde(serialize_with = "calendar::rfc3339")]
        #[schema(value_type = String, format = DateTime)]
        expires_at: SystemTime = payment.expires_at,
        /// How often a check was answered with 201.
        times_first_verified: usize = payment.times_first_verified(),
        callback: Option<String> = payment.callback.clone().map(Into::into),
        history: Vec<Event<EventKind>> = payment.history.clone(),
    }
}

view! {
    /// Money that came to one of the merchant's cards.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = CardpayDeposit)]
    struct DepositView of (deposit: &Deposit) {
        number: u64 = deposit.number,
        #[serde(serialize_with = "calendar::rfc3339")]
        #[schema(value_type = String, format = DateTime)]
        at: SystemTime = deposit.at,
        /// How much, in rial.
        amount: u64 = deposit.amount,
        /// The merchant's card, six and four digits of it.
        to: String = deposit.to.number.masked(),
        /// The payer's card, six and four digits of it, if the bank's message names it.
        from: Option<String> = deposit.from.as_ref().map(CardNumber::masked),
        /// The payment for which the payer meant it.
        meant_for: u64 = deposit.meant_for,
        /// The payment that waited for exactly this amount.
        matched: Option<u64> = deposit.matched,
        fate: Fate = deposit.fate,
    }
}
