use axum::response::Response;

use super::Call;
use crate::zipay::envelope::Refusal;

/// Shows an invoice.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Refusal> {
    call.on_invoice(|_, _| Ok(()))
}
