//! What ZiPay adds to the API under `/_sandbox`.

mod settings;
mod view;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;

use super::ZipaySandbox;
use super::payer::PayerError;
use crate::admin::{Problem, Routes};
use view::InvoiceView;

pub(super) fn routes(zipay: ZipaySandbox) -> Routes {
    settings::add_to(Routes::new())
        .schema::<InvoiceView>()
        .add::<__path_list_invoices, _, _>(list_invoices)
        .add::<__path_read_invoice, _, _>(read_invoice)
        .add::<__path_pay_invoice, _, _>(pay_invoice)
        .add::<__path_decline_invoice, _, _>(decline_invoice)
        .with_state(zipay)
}

/// Lists all ZiPay invoices of all merchants, oldest first.
#[utoipa::path(
    get, path = "/_sandbox/zipay/invoices",
    responses((status = 200, body = Vec<InvoiceView>))
)]
async fn list_invoices(State(zipay): State<ZipaySandbox>) -> Json<Vec<InvoiceView>> {
    Json(zipay.invoices().iter().map(InvoiceView::from).collect())
}

/// Shows one ZiPay invoice.
#[utoipa::path(
    get, path = "/_sandbox/zipay/invoices/{trackid}", params(("trackid" = String, Path)),
    responses((status = 200, body = InvoiceView), (status = 404, body = Problem))
)]
async fn read_invoice(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    let invoice = zipay.invoice(&trackid).ok_or(PayerError::UnknownInvoice)?;
    Ok(Json((&invoice).into()))
}

/// Pays a ZiPay invoice as the payer, with the national id it asks for, and sends its webhook.
#[utoipa::path(
    post, path = "/_sandbox/zipay/invoices/{trackid}/pay", params(("trackid" = String, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or declined before"),
    )
)]
async fn pay_invoice(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    Ok(Json((&zipay.pay(&trackid)?).into()))
}

/// Declines a ZiPay invoice as the payer.
#[utoipa::path(
    post, path = "/_sandbox/zipay/invoices/{trackid}/decline", params(("trackid" = String, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or declined before"),
    )
)]
async fn decline_invoice(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    Ok(Json((&zipay.decline(&trackid)?).into()))
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownInvoice => StatusCode::NOT_FOUND,
            PayerError::NotPayable(_) => StatusCode::CONFLICT,
            PayerError::AnotherPerson => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}
