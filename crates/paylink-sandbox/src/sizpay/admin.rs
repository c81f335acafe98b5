//! What SizPay adds to the API under `/_sandbox`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SizpaySandbox;
use super::link::Link;
use super::payer::PayerError;
use crate::admin::{Input, Problem, Routes};
use crate::sizpay::merchant::{
    AnswerShape, JsonStyle, ResultCode, Settings, StatusList, StatusNames,
};

pub(super) fn routes(sizpay: SizpaySandbox) -> Routes {
    add_to(Routes::new())
        .schema::<Link>()
        .add::<__path_list_links, _, _>(list_links)
        .add::<__path_read_link, _, _>(read_link)
        .add::<__path_pay_link, _, _>(pay_link)
        .add::<__path_decline_link, _, _>(decline_link)
        .with_state(sizpay)
}

/// Lists all SizPay pay links of all merchants, oldest first.
#[utoipa::path(get, path = "/_sandbox/sizpay/links", responses((status = 200, body = Vec<Link>)))]
async fn list_links(State(sizpay): State<SizpaySandbox>) -> Json<Vec<Link>> {
    Json(sizpay.links())
}

/// Shows one SizPay pay link.
#[utoipa::path(
    get, path = "/_sandbox/sizpay/links/{send_id}", params(("send_id" = u64, Path)),
    responses((status = 200, body = Link), (status = 404, body = Problem))
)]
async fn read_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    let link = sizpay.link(send_id).ok_or(PayerError::UnknownLink)?;
    Ok(Json(link))
}

/// Pays a SizPay pay link as the payer.
#[utoipa::path(
    post, path = "/_sandbox/sizpay/links/{send_id}/pay", params(("send_id" = u64, Path)),
    responses(
        (status = 200, body = Link),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or disabled before"),
    )
)]
async fn pay_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    Ok(Json(sizpay.pay(send_id)?))
}

/// Declines to pay a SizPay pay link as the payer; it can still be paid.
#[utoipa::path(
    post, path = "/_sandbox/sizpay/links/{send_id}/decline", params(("send_id" = u64, Path)),
    responses(
        (status = 200, body = Link),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or disabled before"),
    )
)]
async fn decline_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    Ok(Json(sizpay.decline(send_id)?))
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownLink => StatusCode::NOT_FOUND,
            PayerError::AlreadyPaid | PayerError::Disabled => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}

fn add_to(routes: Routes<SizpaySandbox>) -> Routes<SizpaySandbox> {
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
