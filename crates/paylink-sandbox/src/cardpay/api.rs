use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;

use super::code::Code;
use super::fields::Fields;
use super::operations::{Call, Operation};
use super::{CardpaySandbox, NAME, answer};
use crate::journal::{Arrival, Parameter};

/// Serves the script's API, relative to the provider's root.
pub(super) fn routes(cardpay: CardpaySandbox) -> Router {
    Router::new()
        .route("/api/{*endpoint}", any(receive))
        .with_state(cardpay)
}

async fn receive(
    State(cardpay): State<CardpaySandbox>,
    Path(path): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let operation = Operation::named(&path);
    let fields = match method {
        Method::GET => Fields::of_query(query.as_deref()),
        _ => Fields::of_body(&headers, &body),
    };
    let arrival = Arrival {
        provider: NAME,
        operation: operation.map_or("unknown", Operation::name),
        parameters: noted(&cardpay, &headers, &fields),
    };
    let world = cardpay.0.world.clone();
    let execute = move || {
        execute(&cardpay, operation, &method, &headers, &fields)
            .unwrap_or_else(|code| answer::code(code, &cardpay.settings()))
    };
    world.exchange(arrival, execute).await
}

/// Names the token and cards without their values, and shows the values of other documented fields
/// alone.
fn noted(cardpay: &CardpaySandbox, headers: &HeaderMap, fields: &Fields) -> Vec<Parameter> {
    let callback_field = cardpay.settings().callback_field.clone();
    let token = headers
        .contains_key("token")
        .then(|| Parameter::credential("token"));
    let shown = fields.iter().map(|(name, value)| match name {
        "price" | "fid" | "phone" | "pay_id" => Parameter::shown(name, value),
        _ if name == callback_field => Parameter::shown(name, value),
        _ => Parameter::credential(name),
    });
    token.into_iter().chain(shown).collect()
}

fn execute(
    cardpay: &CardpaySandbox,
    operation: Option<Operation>,
    method: &Method,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response, Code> {
    let operation = operation.ok_or(Code::NoSuchEndpoint)?;
    if *method != operation.method() {
        return Err(Code::WrongMethod);
    }
    let mut tokens = headers.get_all("token").iter();
    let is_known = tokens.next().is_some_and(|token| token == cardpay.token());
    if !is_known || tokens.next().is_some() {
        return Err(Code::Forbidden);
    }
    operation.execute(&Call { cardpay, fields })
}
