//! What SizPay adds to the API under `/_sandbox`.

use axum::http::StatusCode;

use super::link::PayerError;
use super::{NAME, SizpaySandbox};
use crate::admin::{Described, Problem, Routes};

const CONFLICT: &str = "`already-paid` or `disabled`: it was paid or disabled before.";

pub(super) fn routes(sizpay: SizpaySandbox) -> Described {
    Routes::new(NAME, sizpay)
        .list(
            "/links",
            "Lists all SizPay pay links of all merchants, oldest first.",
            SizpaySandbox::links,
        )
        .find(
            "/links/{send_id}",
            "Shows one SizPay pay link.",
            |sizpay, send_id: u64| Ok(sizpay.link(send_id).ok_or(PayerError::UnknownLink)?),
        )
        .act(
            "/links/{send_id}/pay",
            "Pays a SizPay pay link as the payer.",
            |sizpay, send_id: u64| Ok(sizpay.pay(send_id)?),
        )
        .refuses(StatusCode::CONFLICT, CONFLICT)
        .act(
            "/links/{send_id}/decline",
            "Declines to pay a SizPay pay link as the payer; it can still be paid.",
            |sizpay, send_id: u64| Ok(sizpay.decline(send_id)?),
        )
        .refuses(StatusCode::CONFLICT, CONFLICT)
        .settings("SizPay", SizpaySandbox::settings, |sizpay, wanted| {
            sizpay.change_settings(|settings| *settings = wanted);
            Ok(())
        })
        .done()
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let (status, code) = match error {
            PayerError::UnknownLink => (StatusCode::NOT_FOUND, "unknown-link"),
            PayerError::AlreadyPaid => (StatusCode::CONFLICT, "already-paid"),
            PayerError::Disabled => (StatusCode::CONFLICT, "disabled"),
        };
        Self::new(status, error.to_string()).coded(code)
    }
}
