//! What ZiPay adds to the API under `/_sandbox`.

use std::time::SystemTime;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ZipaySandbox;
use super::payer::PayerError;
use crate::admin::{Input, Problem, Routes};
use crate::calendar;
use crate::zipay::currency::Currency;
use crate::zipay::invoice::Status;
use crate::zipay::invoice::{Event, EventKind, Invoice};
use crate::zipay::merchant::{SecondVerify, Settings, WebhookEncoding};

pub(super) fn routes(zipay: ZipaySandbox) -> Routes {
    add_to(Routes::new())
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

fn add_to(routes: Routes<ZipaySandbox>) -> Routes<ZipaySandbox> {
    routes
        .schema::<ZipaySettings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// What can be chosen about ZiPay while it runs; what is left out stays as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ZipaySettings {
    second_verify: Option<SecondVerify>,
    webhook_encoding: Option<WebhookEncoding>,
}

/// Reads how ZiPay behaves where its document is silent.
#[utoipa::path(
    get, path = "/_sandbox/zipay/settings",
    responses((status = 200, body = ZipaySettings))
)]
async fn read_settings(State(zipay): State<ZipaySandbox>) -> Json<ZipaySettings> {
    let Settings {
        second_verify,
        webhook_encoding,
    } = *zipay.settings();
    Json(ZipaySettings {
        second_verify: Some(second_verify),
        webhook_encoding: Some(webhook_encoding),
    })
}

/// Chooses how ZiPay behaves where its document is silent.
#[utoipa::path(
    post, path = "/_sandbox/zipay/settings", request_body = ZipaySettings,
    responses((status = 200, body = ZipaySettings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(zipay): State<ZipaySandbox>,
    Input(wanted): Input<ZipaySettings>,
) -> Json<ZipaySettings> {
    if let Some(second_verify) = wanted.second_verify {
        zipay.set_second_verify(second_verify);
    }
    if let Some(webhook_encoding) = wanted.webhook_encoding {
        zipay.set_webhook_encoding(webhook_encoding);
    }
    read_settings(State(zipay)).await
}

/// A ZiPay invoice as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZipayInvoice)]
struct InvoiceView {
    trackid: String,
    invoice_number: String,
    terminal: u64,
    /// The decimal amount, as the merchant wrote it.
    amount: String,
    currency: Currency,
    status: Status,
    national_id: Option<String>,
    /// How often a verify moved the money to the merchant.
    times_verified: usize,
    /// Where the payer's browser goes back to.
    return_url: String,
    history: Vec<EventView>,
}

/// Something that happened to a ZiPay invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZipayEvent)]
struct EventView {
    /// The sandbox time at which it happened.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: SystemTime,
    kind: EventKind,
}

impl From<&Invoice> for InvoiceView {
    fn from(invoice: &Invoice) -> Self {
        Self {
            trackid: invoice.trackid.clone(),
            invoice_number: invoice.invoice_number.clone(),
            terminal: invoice.terminal,
            amount: invoice.amount.clone(),
            currency: invoice.currency,
            status: invoice.status,
            national_id: invoice.national_id.clone(),
            times_verified: invoice.times_verified(),
            return_url: invoice.return_url(),
            history: invoice.history.iter().map(EventView::from).collect(),
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
