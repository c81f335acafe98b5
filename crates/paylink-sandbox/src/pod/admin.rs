//! What POD adds to the API under `/_sandbox`.

mod accounts;
mod failures;
mod invoices;
mod payer;
mod settings;
mod view;

use axum::http::StatusCode;

use super::PodSandbox;
use super::payer::PayerError;
use crate::admin::{Problem, Routes};

pub(super) fn routes(pod: PodSandbox) -> Routes {
    let routes = invoices::add_to(Routes::new());
    let routes = payer::add_to(routes);
    let routes = accounts::add_to(routes);
    let routes = failures::add_to(routes);
    settings::add_to(routes).with_state(pod)
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownInvoice | PayerError::UnknownUser | PayerError::UnknownCode => {
                StatusCode::NOT_FOUND
            }
            PayerError::Refused { .. } => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}
