//! The ASMX service: SOAP 1.1 and 1.2, its description, and ASP.NET's JSON.

mod call;
mod description;
mod fault;
mod method;
mod script;
mod script_error;
mod soap;
mod writer;
mod xml;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::media_type::MediaType;
use super::{NAME, SizpaySandbox, noted};
use crate::journal::Arrival;
use call::Call;
use soap::Soap;

/// Where the service is, relative to the provider's root.
pub(super) const PATH: &str = "/KimiaPayLinkSend.asmx";

pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    let script = post(script::receive).fallback(script::wrong_verb);
    Router::new()
        .route(PATH, get(describe).post(receive))
        .route(&format!("{PATH}/{{method}}"), script)
        .with_state(sizpay)
}

async fn describe(State(sizpay): State<SizpaySandbox>, RawQuery(query): RawQuery) -> Response {
    if query.is_some_and(|query| query.eq_ignore_ascii_case("wsdl")) {
        description::wsdl(&sizpay)
    } else {
        description::page(&sizpay)
    }
}

async fn receive(State(sizpay): State<SizpaySandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let media_type = MediaType::of(&headers);
    let soap = Soap::of(media_type);
    let settings = sizpay.settings().clone();
    let call = soap.map(|soap| Call::read(soap, &headers, &body, &settings.namespace));
    let understood = call.as_ref().and_then(|call| call.as_ref().ok());
    let arrival = Arrival {
        provider: NAME,
        operation: understood.map_or("unknown", |call| call.method.name()),
        parameters: understood
            .map(|call| noted(&call.fields))
            .unwrap_or_default(),
    };
    let world = sizpay.0.world.clone();
    let execute = move || match (soap, call) {
        (Some(soap), Some(Ok(call))) => {
            let answer = call.method.execute(&sizpay, &call.fields);
            soap.respond(
                StatusCode::OK,
                &writer::answer(call.method, &answer, &settings),
            )
        }
        (Some(soap), Some(Err(fault))) => fault.respond(soap),
        _ => not_soap(),
    };
    world.exchange(arrival, execute).await
}

/// What ASP.NET says to a body that is in no format it knows.
fn not_soap() -> Response {
    let text = "Request format is invalid.\n";
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, plain, text).into_response()
}
