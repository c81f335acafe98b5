use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Input, Problem, Routes};
use crate::sizpay::SizpaySandbox;
use crate::sizpay::settings::{
    AnswerShape, JsonStyle, ResultCode, Settings, StatusList, StatusNames,
};

pub(super) fn add_to(routes: Routes<SizpaySandbox>) -> Routes<SizpaySandbox> {
    routes
        .schema::<SizpaySettings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// What can be chosen about SizPay while it runs; what is left out stays as it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SizpaySettings {
    /// The namespace of the SOAP service.
    namespace: Option<String>,
    answer_shape: Option<AnswerShape>,
    status_list: Option<StatusList>,
    status_names: Option<StatusNames>,
    result_code: Option<ResultCode>,
}

/// Reads how SizPay behaves where its documents are silent.
#[utoipa::path(
    get, path = "/_sandbox/sizpay/settings",
    responses((status = 200, body = SizpaySettings))
)]
async fn read_settings(State(sizpay): State<SizpaySandbox>) -> Json<SizpaySettings> {
    let Settings {
        namespace,
        answer_shape,
        json:
            JsonStyle {
                status_list,
                status_names,
                result_code,
            },
    } = sizpay.settings().clone();
    Json(SizpaySettings {
        namespace: Some(namespace.as_str().to_owned()),
        answer_shape: Some(answer_shape),
        status_list: Some(status_list),
        status_names: Some(status_names),
        result_code: Some(result_code),
    })
}

/// Chooses how SizPay behaves where its documents are silent.
#[utoipa::path(
    post, path = "/_sandbox/sizpay/settings", request_body = SizpaySettings,
    responses((status = 200, body = SizpaySettings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(sizpay): State<SizpaySandbox>,
    Input(wanted): Input<SizpaySettings>,
) -> Result<Json<SizpaySettings>, Problem> {
    if let Some(namespace) = wanted.namespace {
        sizpay
            .set_namespace(&namespace)
            .map_err(|why| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string()))?;
    }
    if let Some(answer_shape) = wanted.answer_shape {
        sizpay.set_answer_shape(answer_shape);
    }
    if let Some(status_list) = wanted.status_list {
        sizpay.set_status_list(status_list);
    }
    if let Some(status_names) = wanted.status_names {
        sizpay.set_status_names(status_names);
    }
    if let Some(result_code) = wanted.result_code {
        sizpay.set_result_code(result_code);
    }
    Ok(read_settings(State(sizpay)).await)
}
