use axum::extract::{Path, State};
use axum::response::Json;

use super::view::InvoiceView;
use crate::admin::{Problem, Routes};
use crate::pod::PodSandbox;
use crate::pod::payer::PayerError;

pub(super) fn add_to(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<InvoiceView>()
        .add::<__path_list_invoices, _, _>(list_invoices)
        .add::<__path_read_invoice, _, _>(read_invoice)
}

/// Lists all POD invoices of all businesses, oldest first.
#[utoipa::path(
    get, path = "/_sandbox/pod/invoices", operation_id = "list_pod_invoices",
    responses((status = 200, body = Vec<InvoiceView>))
)]
async fn list_invoices(State(pod): State<PodSandbox>) -> Json<Vec<InvoiceView>> {
    Json(pod.invoices().iter().map(InvoiceView::from).collect())
}

/// Shows one POD invoice.
#[utoipa::path(
    get, path = "/_sandbox/pod/invoices/{id}", operation_id = "read_pod_invoice",
    params(("id" = u64, Path)),
    responses((status = 200, body = InvoiceView), (status = 404, body = Problem))
)]
async fn read_invoice(
    State(pod): State<PodSandbox>,
    Path(id): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    let invoice = pod
        .invoice(number(&id)?)
        .ok_or(PayerError::UnknownInvoice)?;
    Ok(Json((&invoice).into()))
}

/// Reads an identifier in a path; what is no number names nothing.
pub(super) fn number(text: &str) -> Result<u64, PayerError> {
    text.parse().map_err(|_| PayerError::UnknownInvoice)
}
