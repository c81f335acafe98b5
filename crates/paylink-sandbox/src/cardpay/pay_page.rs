//! The page where a person sees what to transfer, and plays the bank.

mod form;
mod view;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::CardpaySandbox;
use super::deposit::Fate;
use super::payment::Payment;
use crate::page::page;
use form::{FormError, TransferForm};
use view::{PayPage, UnknownPaymentPage};

/// Serves the pay page, relative to the provider's root.
///
/// A payment without a callback has no link in the script's answers; here it has a page all the same,
/// so that a person can pay it.
pub(super) fn routes(cardpay: CardpaySandbox) -> Router {
    Router::new()
        .route("/payment/{pay_id}", get(show))
        .route("/payment/{pay_id}/transfer", post(transfer))
        .with_state(cardpay)
}

async fn show(State(cardpay): State<CardpaySandbox>, Path(pay_id): Path<String>) -> Response {
    match find(&cardpay, &pay_id) {
        Some(payment) => render(&cardpay, &payment, StatusCode::OK, None),
        None => unknown(),
    }
}

/// Sends the payer back to the merchant once the payment is paid; until then the page tells what the
/// transfers have come to.
async fn transfer(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(payment) = find(&cardpay, &pay_id) else {
        return unknown();
    };
    let form = match TransferForm::read(&cardpay, &payment, &body) {
        Ok(form) => form,
        Err(error) => {
            return render(
                &cardpay,
                &payment,
                StatusCode::UNPROCESSABLE_ENTITY,
                Some(error),
            );
        }
    };
    let Ok(deposit) = cardpay.transfer_to(form.to, payment.pay_id, form.amount, form.from) else {
        return unknown();
    };
    let is_paid = matches!(deposit.fate, Fate::Paid | Fate::PaidFromAnotherCard)
        && deposit.matched == Some(payment.pay_id);
    let back = cardpay.return_url(&payment).filter(|_| is_paid);
    let next = back.unwrap_or_else(|| cardpay.pay_path(payment.pay_id));
    Redirect::to(&next).into_response()
}

fn find(cardpay: &CardpaySandbox, pay_id: &str) -> Option<Payment> {
    cardpay.payment(pay_id.parse().ok()?)
}

fn render(
    cardpay: &CardpaySandbox,
    payment: &Payment,
    status: StatusCode,
    problem: Option<FormError>,
) -> Response {
    let view = PayPage::of(cardpay, payment, problem);
    page(status, &view, payment.callback.as_ref())
}

fn unknown() -> Response {
    page(StatusCode::NOT_FOUND, &UnknownPaymentPage, None)
}
