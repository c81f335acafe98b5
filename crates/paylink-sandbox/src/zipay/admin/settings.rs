use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Input, Problem, Routes};
use crate::zipay::ZipaySandbox;
use crate::zipay::settings::{SecondVerify, Settings, WebhookEncoding};

pub(super) fn add_to(routes: Routes<ZipaySandbox>) -> Routes<ZipaySandbox> {
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
