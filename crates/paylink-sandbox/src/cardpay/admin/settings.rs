use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Input, Problem, Routes};
use crate::cardpay::CardpaySandbox;
use crate::cardpay::settings::{CardMismatch, CodeForm, NotFoundStatus, ReturnQuery};

pub(super) fn add_to(routes: Routes<CardpaySandbox>) -> Routes<CardpaySandbox> {
    routes
        .schema::<CardpaySettings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// What can be chosen about CardPay while it runs; what is left out stays as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardpaySettings {
    not_found_status: Option<NotFoundStatus>,
    /// What becomes of a payment if the deposit comes from another card than the recorded one.
    another_card: Option<CardMismatch>,
    /// What becomes of a payment with a recorded card if the bank's message names no card.
    missing_card: Option<CardMismatch>,
    code_form: Option<CodeForm>,
    return_query: Option<ReturnQuery>,
    /// The field of `create` that carries the callback.
    callback_field: Option<String>,
    /// How long payments created from now on wait for their deposit.
    time_allowed_seconds: Option<u64>,
}

/// Reads how CardPay behaves where its document is silent or says two things.
#[utoipa::path(
    get, path = "/_sandbox/cardpay/settings",
    responses((status = 200, body = CardpaySettings))
)]
async fn read_settings(State(cardpay): State<CardpaySandbox>) -> Json<CardpaySettings> {
    let settings = cardpay.settings().clone();
    Json(CardpaySettings {
        not_found_status: Some(settings.not_found_status),
        another_card: Some(settings.another_card),
        missing_card: Some(settings.missing_card),
        code_form: Some(settings.code_form),
        return_query: Some(settings.return_query),
        callback_field: Some(settings.callback_field),
        time_allowed_seconds: Some(settings.time_allowed.as_secs()),
    })
}

/// Chooses how CardPay behaves where its document is silent or says two things.
#[utoipa::path(
    post, path = "/_sandbox/cardpay/settings", request_body = CardpaySettings,
    responses((status = 200, body = CardpaySettings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(cardpay): State<CardpaySandbox>,
    Input(wanted): Input<CardpaySettings>,
) -> Json<CardpaySettings> {
    wanted.apply(&cardpay);
    read_settings(State(cardpay)).await
}

impl CardpaySettings {
    fn apply(self, cardpay: &CardpaySandbox) {
        if let Some(status) = self.not_found_status {
            cardpay.set_not_found_status(status);
        }
        if let Some(mismatch) = self.another_card {
            cardpay.set_another_card(mismatch);
        }
        if let Some(mismatch) = self.missing_card {
            cardpay.set_missing_card(mismatch);
        }
        if let Some(form) = self.code_form {
            cardpay.set_code_form(form);
        }
        if let Some(query) = self.return_query {
            cardpay.set_return_query(query);
        }
        if let Some(name) = self.callback_field {
            cardpay.set_callback_field(name);
        }
        if let Some(seconds) = self.time_allowed_seconds {
            cardpay.set_time_allowed(Duration::from_secs(seconds));
        }
    }
}
