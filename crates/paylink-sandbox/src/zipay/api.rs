//! ZiPay's API: who calls, and the envelopes of answers and refusals.

use std::borrow::Cow;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Serialize;

use super::invoice::{Currency, Invoice, Status};
use super::merchant::{self, BadSignature, Merchant};
use super::operations::{Call, Operation};
use super::params::Params;
use super::{NAME, ZipaySandbox};
use crate::calendar::{day_first, unix_seconds, utc};
use crate::headers::{FORM, MediaType, only};
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
pub(super) struct Envelope<T> {
    result: T,
    success: bool,
    status: u16,
}

impl<T: Serialize> Envelope<T> {
    pub(super) fn of(result: T) -> Self {
        Self {
            result,
            success: true,
            status: 200,
        }
    }
}

impl<T: Serialize> IntoResponse for Envelope<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
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
    pub(super) fn unauthorized(message: &'static str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            message: message.into(),
        }
    }

    /// There is no such thing, or it is another merchant's.
    pub(super) fn not_found(message: &'static str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }

    /// The parameters or the state of the invoice do not allow it.
    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: message.into(),
        }
    }

    /// The method is not the documented one.
    pub(super) fn method_not_allowed() -> Self {
        let message = "Only POST is allowed.".into();
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            message,
        }
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

/// An invoice as ZiPay's answers show it, fields in the documented order.
#[derive(Debug, Serialize)]
pub(super) struct InvoiceAnswer {
    trackid: String,
    status: Status,
    amount: String,
    coin: Coin,
    invoice_number: String,
    time: u64,
    date: String,
    pay_date: Option<String>,
    datew3c: String,
    pay_datew3c: Option<String>,
    merchant_terminal_number: u64,
    invoice_transaction_id: u64,
    national_id: String,
    payer_firstname: &'static str,
    payer_lastname: &'static str,
    payer_email: Option<&'static str>,
    payer_account_number: Option<u64>,
}

/// A currency as ZiPay's answers show it. Only the dollar's is documented.
#[derive(Debug, Serialize)]
struct Coin {
    name: &'static str,
    currency: &'static str,
    symbol: &'static str,
}

impl From<&Invoice> for InvoiceAnswer {
    fn from(invoice: &Invoice) -> Self {
        let payment = invoice.payment.as_ref();
        let paid_at = payment.map(|payment| payment.at);
        Self {
            trackid: invoice.trackid.clone(),
            status: invoice.status,
            amount: invoice.amount.clone(),
            coin: invoice.currency.into(),
            invoice_number: invoice.invoice_number.clone(),
            time: unix_seconds(invoice.created_at),
            date: day_first(invoice.created_at),
            pay_date: paid_at.map(day_first),
            datew3c: utc(invoice.created_at),
            pay_datew3c: paid_at.map(utc),
            merchant_terminal_number: invoice.terminal,
            invoice_transaction_id: invoice.transaction_id,
            national_id: invoice.national_id.clone().unwrap_or_default(),
            payer_firstname: FIRST_NAME,
            payer_lastname: LAST_NAME,
            payer_email: payment.map(|_| EMAIL),
            payer_account_number: payment.map(|payment| payment.account_number),
        }
    }
}

impl From<Currency> for Coin {
    fn from(currency: Currency) -> Self {
        let (name, symbol) = match currency {
            Currency::Usd => ("United States dollar", "$"),
            Currency::Usdt => ("Tether", "₮"),
            Currency::Irt => ("Iranian toman", "تومان"),
        };
        Self {
            name,
            currency: currency.code(),
            symbol,
        }
    }
}
