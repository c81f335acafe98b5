use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::envelope::Refusal;
use super::merchant::Merchant;
use super::merchant::{self, BadSignature};
use super::operations::{Call, Operation};
use super::params::Params;
use super::{NAME, ZipaySandbox};
use crate::journal::{Arrival, Parameter};
use crate::server::PeerAddress;

/// Serves ZiPay's API, relative to the provider's root.
pub(super) fn routes(zipay: ZipaySandbox) -> Router {
    Router::new()
        .route("/api/", get(caller_address))
        .route("/api/{operation}", post(receive).fallback(wrong_method))
        .with_state(zipay)
}

async fn caller_address(Extension(PeerAddress(address)): Extension<PeerAddress>) -> String {
    address.ip().to_string()
}

async fn wrong_method() -> Refusal {
    Refusal::method_not_allowed()
}

async fn receive(
    State(zipay): State<ZipaySandbox>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let operation = Operation::named(&path);
    let params = Params::decode(&body);
    let arrival = Arrival {
        provider: NAME,
        operation: operation.map_or("unknown", Operation::name),
        parameters: noted(&headers, &params),
    };
    let world = zipay.0.world.clone();
    let execute = move || {
        answer(&zipay, operation, &headers, &body, &params).unwrap_or_else(Refusal::into_response)
    };
    world.exchange(arrival, execute).await
}

/// Names credentials without their values, and shows the values of documented parameters alone.
fn noted(headers: &HeaderMap, params: &Params) -> Vec<Parameter> {
    let credentials = ["api_key", "api_sign"]
        .into_iter()
        .filter(|name| headers.contains_key(*name));
    let shown = params.as_text().map(|(name, value)| {
        if Operation::documents(&name) {
            Parameter::shown(name, value)
        } else {
            Parameter::credential(name)
        }
    });
    credentials
        .map(Parameter::credential)
        .chain(shown)
        .collect()
}

fn answer(
    zipay: &ZipaySandbox,
    operation: Option<Operation>,
    headers: &HeaderMap,
    body: &[u8],
    params: &Params,
) -> Result<Response, Refusal> {
    let operation = operation.ok_or(Refusal::not_found("There is no such method."))?;
    let merchant = authenticate(zipay, headers)?;
    if !body.is_empty() && !is_form(headers) {
        return Err(Refusal::invalid(
            "The body must be application/x-www-form-urlencoded.",
        ));
    }
    let presented =
        only(headers, "api_sign").ok_or(Refusal::unauthorized("api_sign is missing."))?;
    let rebuilt = params.encode();
    merchant::check(
        merchant.secret_key(),
        presented.as_bytes(),
        body,
        rebuilt.as_bytes(),
    )
    .map_err(|bad| match bad {
        BadSignature::Mismatch => Refusal::unauthorized("api_sign does not match the request."),
        BadSignature::NotAsPhpWrites => Refusal::unauthorized(
            "api_sign does not match the parameters as http_build_query writes them.",
        ),
    })?;
    operation.execute(&Call {
        zipay,
        merchant,
        params,
    })
}

fn authenticate<'a>(zipay: &'a ZipaySandbox, headers: &HeaderMap) -> Result<&'a Merchant, Refusal> {
    let presented = only(headers, "api_key").ok_or(Refusal::unauthorized("api_key is missing."))?;
    [zipay.merchant(), zipay.other_merchant()]
        .into_iter()
        .find(|merchant| presented == merchant.api_key())
        .ok_or(Refusal::unauthorized("api_key is not known."))
}

/// Returns a header that was sent exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    media_type
        .and_then(|text| text.split(';').next())
        .is_some_and(|text| {
            text.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}
