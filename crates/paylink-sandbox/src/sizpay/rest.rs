//! The REST service, version 1.007.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use serde_json::json;

use super::answer::{Answer, JsonAnswer};
use super::fields::Fields;
use super::{NAME, SizpaySandbox, noted, operations};
use crate::headers::MediaType;
use crate::journal::Arrival;

/// What precedes the method's name, relative to the provider's root.
pub(super) const PATH: &str = "/api/PayLinkSend/";

pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    Router::new()
        .route(
            &format!("{PATH}{{method}}"),
            post(receive).fallback(wrong_verb),
        )
        .with_state(sizpay)
}

/// The methods of the document.
#[derive(Debug, Clone, Copy)]
enum Method {
    Send,
    Disable,
    ReSend,
    PayStatus,
}

impl Method {
    fn named(name: &str) -> Option<Self> {
        [Self::Send, Self::Disable, Self::ReSend, Self::PayStatus]
            .into_iter()
            .find(|method| method.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Send => "PayLinkSend",
            Self::Disable => "PayLinkDisable",
            Self::ReSend => "PayLinkReSend",
            Self::PayStatus => "PayLinkPayStatus",
        }
    }

    fn execute(self, sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
        match self {
            Self::Send => Answer::sent_with_url(&operations::send(sizpay, fields)),
            Self::Disable => Answer::done(&operations::disable(sizpay, fields)),
            Self::ReSend => Answer::done(&operations::resend(sizpay, fields)),
            Self::PayStatus => Answer::pay_status(operations::pay_status_of_day(sizpay, fields)),
        }
    }
}

/// A request that ASP.NET refuses before SizPay sees it.
#[derive(Debug, Clone, Copy)]
struct NotUnderstood(StatusCode, &'static str);

async fn receive(
    State(sizpay): State<SizpaySandbox>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let method = Method::named(&method);
    let fields = read(&headers, &body);
    let arrival = Arrival {
        provider: NAME,
        operation: method.map_or("unknown", Method::name),
        parameters: fields.as_ref().map(noted).unwrap_or_default(),
    };
    let world = sizpay.0.world.clone();
    let execute = move || match (method, fields) {
        (Some(method), Ok(fields)) => {
            let answer = method.execute(&sizpay, &fields);
            Json(JsonAnswer::new(&answer, &sizpay.settings())).into_response()
        }
        (Some(_), Err(refusal)) => refusal.into_response(),
        (None, _) => NotUnderstood(
            StatusCode::NOT_FOUND,
            "No HTTP resource was found that matches the request URI.",
        )
        .into_response(),
    };
    world.exchange(arrival, execute).await
}

async fn wrong_verb() -> Response {
    let message = "The requested resource supports POST alone.";
    NotUnderstood(StatusCode::METHOD_NOT_ALLOWED, message).into_response()
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Fields, NotUnderstood> {
    if !MediaType::of(headers).is("application/json") {
        return Err(NotUnderstood(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The request entity's media type is not supported for this resource.",
        ));
    }
    serde_json::from_slice(body).map_err(|_| {
        NotUnderstood(
            StatusCode::BAD_REQUEST,
            "The request body is not one JSON object.",
        )
    })
}

/// As ASP.NET writes an error of its own: without a `ResCod`.
impl IntoResponse for NotUnderstood {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        (status, Json(json!({"Message": message}))).into_response()
    }
}
