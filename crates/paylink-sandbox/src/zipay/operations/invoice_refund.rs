use axum::response::Response;

use super::Call;
use crate::zipay::envelope::Refusal;
use crate::zipay::life::WrongState;

/// Gives the money of a completed invoice back.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Refusal> {
    call.on_invoice(|invoice, now| {
        invoice.refund(now).map_err(|WrongState(status)| {
            Refusal::invalid(format!(
                "Only a completed invoice can be refunded; this one is {}.",
                status.as_str()
            ))
        })
    })
}
