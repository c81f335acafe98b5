//! ZiPay's API: who calls, and the envelopes of answers and refusals.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Serialize;

use super::invoice::{Currency, Invoice, Status};
use super::merchant::{self, BadSignature, Merchant};
use super::operations::{Call, NAMES, Operation};
use super::params::Params;
use super::{NAME, ZipaySandbox};
use crate::calendar::{day_first, unix_seconds, utc};
use crate::headers::{FORM, MediaType, only};
use crate::journal::{Arrival, Parameter, Received};
use crate::server::PeerAddress;
use crate::view::view;

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
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Only POST is allowed.")
}

async fn receive(
    State(zipay): State<ZipaySandbox>,
    Path(path): Path<String>,
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let operation = Operation::at(&path);
    let params = Params::decode(&body);
    let parameters = noted(&headers, &params);
    let name = operation.map(Operation::name);
    let arrival = Arrival::new(NAME, name, parameters, received, &NAMES);
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
    let shown = params
        .as_text()
        .map(|(name, value)| Parameter::shown_if(Operation::documents(&name), name, value));
    credentials
        .map(Parameter::credential)
        .chain(shown)
        .collect()
}

fn answer(
    zipay: &ZipaySandbox,
    operation: Option<&Operation>,
    headers: &HeaderMap,
    body: &[u8],
    params: &Params,
) -> Result<Response, Refusal> {
    let operation = operation.ok_or(Refusal::not_found("There is no such method."))?;
    let merchant = authenticate(zipay, headers)?;
    if !body.is_empty() && !MediaType::of(headers).is(FORM) {
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

/// What every answer about one thing is wrapped in.
#[derive(Debug, Serialize)]
struct Envelope<T> {
    result: T,
    success: bool,
    status: u16,
}

/// Answers with one thing.
pub(super) fn answer_with(result: impl Serialize) -> Response {
    let envelope = Envelope {
        result,
        success: true,
        status: 200,
    };
    Json(envelope).into_response()
}

/// Why ZiPay refuses. The form is not documented; the status is sent as the HTTP status too.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
}

#[derive(Debug, Serialize)]
struct RefusalBody {
    success: bool,
    status: u16,
    message: Cow<'static, str>,
}

impl Refusal {
    /// The caller is not who it claims to be.
    fn unauthorized(message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// There is no such thing, or it is another merchant's.
    pub(super) fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// The parameters or the state of the invoice do not allow it.
    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { status, message }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        let body = RefusalBody {
            success: false,
            status: status.as_u16(),
            message,
        };
        (status, Json(body)).into_response()
    }
}

/// The payer of every payment made here. The names are the placeholders of ZiPay's own samples.
const FIRST_NAME: &str = "نام پرداخت کننده";
const LAST_NAME: &str = "نام خانوادگی پرداخت کننده";
const EMAIL: &str = "payer@example.com";

view! {
    /// An invoice as ZiPay's answers show it, fields in the documented order.
    #[derive(Debug, Serialize)]
    pub(super) struct InvoiceAnswer of (invoice: &Invoice) {
        trackid: String = invoice.trackid.clone(),
        status: Status = invoice.status,
        amount: String = invoice.amount.clone(),
        coin: Coin = Coin::of(invoice.currency),
        invoice_number: String = invoice.invoice_number.clone(),
        time: u64 = unix_seconds(invoice.created_at),
        date: String = day_first(invoice.created_at),
        pay_date: Option<String> = paid_at.map(day_first),
        datew3c: String = utc(invoice.created_at),
        pay_datew3c: Option<String> = paid_at.map(utc),
        merchant_terminal_number: u64 = invoice.terminal,
        invoice_transaction_id: u64 = invoice.transaction_id,
        national_id: String = invoice.national_id.clone().unwrap_or_default(),
        payer_firstname: &'static str = FIRST_NAME,
        payer_lastname: &'static str = LAST_NAME,
        payer_email: Option<&'static str> = payment.map(|_| EMAIL),
        payer_account_number: Option<u64> = payment.map(|payment| payment.account_number),
    } with {
        let payment = invoice.payment.as_ref();
        let paid_at = payment.map(|payment| payment.at);
    }
}

view! {
    /// A currency as ZiPay's answers show it. Only the dollar's is documented.
    #[derive(Debug, Serialize)]
    struct Coin of (it: Currency) {
        name: &'static str = name,
        currency: &'static str = it.code(),
        symbol: &'static str = symbol,
    } with {
        let (name, symbol) = match it {
            Currency::Usd => ("United States dollar", "$"),
            Currency::Usdt => ("Tether", "₮"),
            Currency::Irt => ("Iranian toman", "تومان"),
        };
    }
}
