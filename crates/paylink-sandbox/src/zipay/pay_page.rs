//! The page where a person pays or declines an invoice.

mod view;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::ZipaySandbox;
use super::invoice::Invoice;
use super::payer::PayerError;
use crate::page::page;
use view::{PayPage, UnknownInvoicePage};

/// Serves the pay page, relative to the provider's root.
pub(super) fn routes(zipay: ZipaySandbox) -> Router {
    Router::new()
        .route("/invoice_v1/{trackid}", get(show))
        .route("/invoice_v1/{trackid}/pay", post(pay))
        .route("/invoice_v1/{trackid}/decline", post(decline))
        .with_state(zipay)
}

async fn show(State(zipay): State<ZipaySandbox>, Path(trackid): Path<String>) -> Response {
    match zipay.open_page(&trackid) {
        Some(invoice) => render(&zipay, &invoice, StatusCode::OK, None),
        None => unknown(),
    }
}

async fn pay(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    body: Bytes,
) -> Response {
    let typed = form_urlencoded::parse(&body).find(|(name, _)| name == "national_id");
    let national_id = typed.map(|(_, value)| value).unwrap_or_default();
    let outcome = zipay.pay_as(&trackid, &national_id);
    conclude(&zipay, &trackid, outcome)
}

async fn decline(State(zipay): State<ZipaySandbox>, Path(trackid): Path<String>) -> Response {
    let outcome = zipay.decline(&trackid);
    conclude(&zipay, &trackid, outcome)
}

/// Sends the payer back to the merchant, or shows the page again with the reason why not.
fn conclude(zipay: &ZipaySandbox, trackid: &str, outcome: Result<Invoice, PayerError>) -> Response {
    match outcome {
        Ok(invoice) => Redirect::to(&invoice.return_url()).into_response(),
        // A second click, or an old page: the page shows how things stand.
        Err(PayerError::NotPayable(_)) => Redirect::to(&zipay.pay_path(trackid)).into_response(),
        Err(PayerError::UnknownInvoice) => unknown(),
        Err(PayerError::AnotherPerson) => match zipay.open_page(trackid) {
            Some(invoice) => {
                let problem =
                    "این کد ملی با کد ملی تعیین‌شده برای این فاکتور یکی نیست. مبلغی پرداخت نشد.";
                render(
                    zipay,
                    &invoice,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    Some(problem),
                )
            }
            None => unknown(),
        },
    }
}

fn render(
    zipay: &ZipaySandbox,
    invoice: &Invoice,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage::of(zipay, invoice, problem);
    page(status, &view, Some(&invoice.callback))
}

fn unknown() -> Response {
    page(StatusCode::NOT_FOUND, &UnknownInvoicePage, None)
}
