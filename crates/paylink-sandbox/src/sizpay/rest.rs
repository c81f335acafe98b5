//! The REST service, version 1.007.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use serde_json::json;

use super::answer::{Answer, JsonAnswer};
use super::fields::Fields;
use super::{NAME, NAMES, SizpaySandbox, noted, operations};
use crate::headers::MediaType;
use crate::journal::{Arrival, Received};

/// What precedes the method's name, relative to the provider's root.
pub(super) const PATH: &str = "/api/PayLinkSend/";

pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    let path = format!("{PATH}{{method}}");
    Router::new()
        .route(&path, post(receive).fallback(wrong_verb))
        .with_state(sizpay)
}

/// A method of the document: its name, the operation that it is, and what it answers.
#[derive(Debug)]
struct Method(
    &'static str,
    &'static str,
    fn(&SizpaySandbox, &Fields) -> Answer,
);

static METHODS: [Method; 4] = [
    Method("PayLinkSend", "send-link", send),
    Method("PayLinkDisable", "disable", disable),
    Method("PayLinkReSend", "resend", resend),
    Method("PayLinkPayStatus", "status", pay_status),
];

fn send(sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
    Answer::sent_with_url(&operations::send(sizpay, fields))
}

fn disable(sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
    Answer::done(&operations::disable(sizpay, fields))
}

fn resend(sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
    Answer::done(&operations::resend(sizpay, fields))
}

fn pay_status(sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
    Answer::pay_status(operations::pay_status_of_day(sizpay, fields))
}

/// A request that ASP.NET refuses before SizPay sees it.
#[derive(Debug, Clone, Copy)]
struct NotUnderstood(StatusCode, &'static str);

async fn receive(
    State(sizpay): State<SizpaySandbox>,
    Path(method): Path<String>,
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let method = METHODS.iter().find(|known| known.0 == method);
    let fields = read(&headers, &body);
    let parameters = fields.as_ref().map(noted).unwrap_or_default();
    let operation = method.map(|Method(_, operation, _)| *operation);
    let arrival = Arrival::new(NAME, operation, parameters, received, &NAMES);
    let world = sizpay.0.world.clone();
    let execute = move || match (method, fields) {
        (Some(Method(.., execute)), Ok(fields)) => {
            let answer = execute(&sizpay, &fields);
            Json(JsonAnswer::new(&answer, &sizpay.settings())).into_response()
        }
        (Some(_), Err(refusal)) => refusal.into_response(),
        (None, _) => {
            let message = "No HTTP resource was found that matches the request URI.";
            NotUnderstood(StatusCode::NOT_FOUND, message).into_response()
        }
    };
    world.exchange(arrival, execute).await
}

async fn wrong_verb() -> Response {
    let message = "The requested resource supports POST alone.";
    NotUnderstood(StatusCode::METHOD_NOT_ALLOWED, message).into_response()
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Fields, NotUnderstood> {
    if !MediaType::of(headers).is("application/json") {
        let message = "The request entity's media type is not supported for this resource.";
        return Err(NotUnderstood(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let message = "The request body is not one JSON object.";
    serde_json::from_slice(body).map_err(|_| NotUnderstood(StatusCode::BAD_REQUEST, message))
}

/// As ASP.NET writes an error of its own: without a `ResCod`.
impl IntoResponse for NotUnderstood {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        (status, Json(json!({"Message": message}))).into_response()
    }
}
