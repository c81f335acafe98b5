//! What CardPay adds to the API under `/_sandbox`.

mod settings;
mod view;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::CardpaySandbox;
use super::payer::TransferError;
use crate::admin::{Input, Problem, Routes};
use view::{DepositView, PaymentView};

pub(super) fn routes(cardpay: CardpaySandbox) -> Routes {
    settings::add_to(Routes::new())
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
