//! What CardPay adds to the API under `/_sandbox`.

use std::time::{Duration, SystemTime};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CardpaySandbox;
use super::payment::TransferError;
use crate::admin::{Input, Problem, Routes};
use crate::calendar;
use crate::cardpay::card::CardNumber;
use crate::cardpay::payment::{Deposit, Fate};
use crate::cardpay::payment::{Event, EventKind, Payment, Status};
use crate::cardpay::settings::{CardMismatch, CodeForm, NotFoundStatus, ReturnQuery};

pub(super) fn routes(cardpay: CardpaySandbox) -> Routes {
    add_to(Routes::new())
        .schema::<PaymentView>()
        .schema::<DepositView>()
        .schema::<Transfer>()
        .add::<__path_list_payments, _, _>(list_payments)
        .add::<__path_read_payment, _, _>(read_payment)
        .add::<__path_list_deposits, _, _>(list_deposits)
        .add::<__path_pay, _, _>(pay)
        .add::<__path_transfer, _, _>(transfer)
        .with_state(cardpay)
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

/// Lists all CardPay payments, oldest first.
#[utoipa::path(
    get, path = "/_sandbox/cardpay/payments",
    responses((status = 200, body = Vec<PaymentView>))
)]
async fn list_payments(State(cardpay): State<CardpaySandbox>) -> Json<Vec<PaymentView>> {
    Json(cardpay.payments().iter().map(PaymentView::from).collect())
}

/// Shows one CardPay payment.
#[utoipa::path(
    get, path = "/_sandbox/cardpay/payments/{pay_id}", params(("pay_id" = u64, Path)),
    responses((status = 200, body = PaymentView), (status = 404, body = Problem))
)]
async fn read_payment(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<u64>,
) -> Result<Json<PaymentView>, Problem> {
    let payment = cardpay
        .payment(pay_id)
        .ok_or(TransferError::UnknownPayment)?;
    Ok(Json((&payment).into()))
}

/// Lists everything that was transferred to the merchant's cards, oldest first.
#[utoipa::path(
    get, path = "/_sandbox/cardpay/deposits",
    responses((status = 200, body = Vec<DepositView>))
)]
async fn list_deposits(State(cardpay): State<CardpaySandbox>) -> Json<Vec<DepositView>> {
    Json(cardpay.deposits().iter().map(DepositView::from).collect())
}

/// Transfers exactly what a CardPay payment waits for, from the recorded card if there is one.
#[utoipa::path(
    post, path = "/_sandbox/cardpay/payments/{pay_id}/pay", params(("pay_id" = u64, Path)),
    responses((status = 200, body = DepositView), (status = 404, body = Problem))
)]
async fn pay(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<u64>,
) -> Result<Json<DepositView>, Problem> {
    Ok(Json((&cardpay.pay(pay_id)?).into()))
}

/// Transfers any amount as the payer of a CardPay payment, from any card or from one the bank does
/// not name.
#[utoipa::path(
    post, path = "/_sandbox/cardpay/payments/{pay_id}/transfer", params(("pay_id" = u64, Path)),
    request_body = Transfer,
    responses(
        (status = 200, body = DepositView),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
    )
)]
async fn transfer(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<u64>,
    Input(Transfer { amount, from_card }): Input<Transfer>,
) -> Result<Json<DepositView>, Problem> {
    let deposit = cardpay.transfer(pay_id, amount, from_card.as_deref())?;
    Ok(Json((&deposit).into()))
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        let status = match error {
            TransferError::UnknownPayment => StatusCode::NOT_FOUND,
            TransferError::NoAmount | TransferError::MalformedCard => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        Self::new(status, error.to_string())
    }
}

fn add_to(routes: Routes<CardpaySandbox>) -> Routes<CardpaySandbox> {
    routes
        .schema::<CardpaySettings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// What can be chosen about CardPay while it runs; what is left out stays as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardpaySettings {
    not_found_status: Option<NotFoundStatus>,
    /// What becomes of a payment if the deposit comes from another card than the recorded one.
    another_card: Option<CardMismatch>,
    /// What becomes of a payment with a recorded card if the bank's message names no card.
    missing_card: Option<CardMismatch>,
    code_form: Option<CodeForm>,
    return_query: Option<ReturnQuery>,
    /// The field of `create` that carries the callback.
    callback_field: Option<String>,
    /// How long payments created from now on wait for their deposit.
    time_allowed_seconds: Option<u64>,
}

/// Reads how CardPay behaves where its document is silent or says two things.
#[utoipa::path(
    get, path = "/_sandbox/cardpay/settings",
    responses((status = 200, body = CardpaySettings))
)]
async fn read_settings(State(cardpay): State<CardpaySandbox>) -> Json<CardpaySettings> {
    let settings = cardpay.settings().clone();
    Json(CardpaySettings {
        not_found_status: Some(settings.not_found_status),
        another_card: Some(settings.another_card),
        missing_card: Some(settings.missing_card),
        code_form: Some(settings.code_form),
        return_query: Some(settings.return_query),
        callback_field: Some(settings.callback_field),
        time_allowed_seconds: Some(settings.time_allowed.as_secs()),
    })
}

/// Chooses how CardPay behaves where its document is silent or says two things.
#[utoipa::path(
    post, path = "/_sandbox/cardpay/settings", request_body = CardpaySettings,
    responses((status = 200, body = CardpaySettings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(cardpay): State<CardpaySandbox>,
    Input(wanted): Input<CardpaySettings>,
) -> Json<CardpaySettings> {
    wanted.apply(&cardpay);
    read_settings(State(cardpay)).await
}

impl CardpaySettings {
    fn apply(self, cardpay: &CardpaySandbox) {
        if let Some(status) = self.not_found_status {
            cardpay.set_not_found_status(status);
        }
        if let Some(mismatch) = self.another_card {
            cardpay.set_another_card(mismatch);
        }
        if let Some(mismatch) = self.missing_card {
            cardpay.set_missing_card(mismatch);
        }
        if let Some(form) = self.code_form {
            cardpay.set_code_form(form);
        }
        if let Some(query) = self.return_query {
            cardpay.set_return_query(query);
        }
        if let Some(name) = self.callback_field {
            cardpay.set_callback_field(name);
        }
        if let Some(seconds) = self.time_allowed_seconds {
            cardpay.set_time_allowed(Duration::from_secs(seconds));
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
