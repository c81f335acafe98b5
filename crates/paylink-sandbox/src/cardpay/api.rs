use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;
use super::operations::{Call, Operation};
use super::settings::{CodeForm, NotFoundStatus, Settings};
use super::{CardpaySandbox, NAME};
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
            .unwrap_or_else(|refused| code(refused, &cardpay.settings()))
    };
    world.exchange(arrival, execute).await
}

/// Names the token and cards without their values, and shows the values of other documented fields
/// alone.
fn noted(cardpay: &CardpaySandbox, headers: &HeaderMap, fields: &Fields) -> Vec<Parameter> {
    let callback_field = cardpay.settings().callback_field;
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

/// An answer that is about a code alone.
#[derive(Debug, Serialize)]
struct CodeAnswer {
    status: bool,
    code: WireCode,
    msg: &'static str,
}

/// Answers with a code of the table.
pub(super) fn code(code: Code, settings: &Settings) -> Response {
    let body = CodeAnswer {
        status: code.is_success(),
        code: WireCode::of(code.number(), settings.code_form),
        msg: code.message(),
    };
    json(code.http(settings.not_found_status), &body, settings)
}

/// Answers with JSON as PHP's `json_encode` writes it: a slash is escaped, as in the documented link.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T, settings: &Settings) -> Response {
    let written = match settings.code_form {
        CodeForm::Number | CodeForm::Text => serde_json::to_string(body),
        CodeForm::EverythingText => {
            serde_json::to_value(body).map(|body| as_text(body).to_string())
        }
    };
    match written {
        Ok(text) => {
            let text = text.replace('/', r"\/");
            (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The answer with its numbers as text and its truth values as 1 and 0.
fn as_text(value: Value) -> Value {
    match value {
        Value::Bool(truth) => u8::from(truth).into(),
        Value::Number(number) => number.to_string().into(),
        Value::Array(values) => values.into_iter().map(as_text).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, as_text(value)))
            .collect(),
        Value::Null | Value::String(_) => value,
    }
}

/// The answers of the script's table of codes, and the two calls it reports to have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    NoSuchEndpoint,
    WrongMethod,
    Forbidden,
    PriceNotNumeric,
    CardMalformed,
    CardRecordedBefore,
    Final,
    PriceTooLow,
    InvoiceNumberMissing,
    InvoiceNumberUsed,
    PayIdMissing,
    PayIdUnknown,
    Expired,
    NotPaidYet,
    FirstVerification,
    VerifiedBefore,
    AnotherCard,
    /// The card is recorded: the document shows no answer for this.
    CardRecorded,
}

/// A code as the wire writes it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum WireCode {
    Number(i16),
    Text(String),
}

impl Code {
    /// The HTTP status that the document gives for this code.
    pub(super) fn http(self, not_found: NotFoundStatus) -> StatusCode {
        match self {
            Self::NoSuchEndpoint => match not_found {
                NotFoundStatus::NotFound => StatusCode::NOT_FOUND,
                NotFoundStatus::Ok => StatusCode::OK,
            },
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::PriceNotNumeric
            | Self::CardMalformed
            | Self::CardRecordedBefore
            | Self::Final
            | Self::PriceTooLow
            | Self::InvoiceNumberMissing
            | Self::InvoiceNumberUsed
            | Self::PayIdMissing
            | Self::PayIdUnknown
            | Self::Expired => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotPaidYet
            | Self::FirstVerification
            | Self::VerifiedBefore
            | Self::AnotherCard
            | Self::CardRecorded => StatusCode::OK,
        }
    }

    pub(super) fn number(self) -> i16 {
        match self {
            Self::NoSuchEndpoint => 404,
            Self::WrongMethod => 405,
            Self::Forbidden => 403,
            Self::PriceNotNumeric => 0,
            Self::CardMalformed => -3,
            Self::CardRecordedBefore => -2,
            Self::Final => -1,
            Self::PriceTooLow => 1,
            Self::InvoiceNumberMissing => 2,
            Self::InvoiceNumberUsed => 3,
            Self::PayIdMissing => 4,
            Self::PayIdUnknown => 5,
            Self::Expired => 6,
            Self::NotPaidYet => 7,
            Self::FirstVerification => 201,
            Self::VerifiedBefore | Self::CardRecorded => 200,
            Self::AnotherCard => 199,
        }
    }

    /// What `status` says beside the code. The document shows it for successes alone.
    pub(super) fn is_success(self) -> bool {
        matches!(
            self,
            Self::FirstVerification | Self::VerifiedBefore | Self::AnotherCard | Self::CardRecorded
        )
    }

    /// A sentence for `msg`. Only that of a complete payment is documented.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NoSuchEndpoint => "Not found.",
            Self::WrongMethod => "Method not allowed.",
            Self::Forbidden => "Token is missing or not valid.",
            Self::PriceNotNumeric => "Price is not numeric.",
            Self::CardMalformed => "Card number is missing or not valid.",
            Self::CardRecordedBefore => "Card number is already recorded.",
            Self::Final => "Payment is final.",
            Self::PriceTooLow => "Price is less than 10000 rial.",
            Self::InvoiceNumberMissing => "Invoice number is missing.",
            Self::InvoiceNumberUsed => "Invoice number is already used.",
            Self::PayIdMissing => "pay_id is missing.",
            Self::PayIdUnknown => "pay_id is not valid.",
            Self::Expired => "Payment is expired.",
            Self::NotPaidYet => "Payment is waiting.",
            Self::FirstVerification | Self::VerifiedBefore => "Payment is complete.",
            Self::AnotherCard => "Payment is complete, but from another card.",
            Self::CardRecorded => "Card number is recorded.",
        }
    }
}

impl WireCode {
    pub(super) fn of(number: i16, form: CodeForm) -> Self {
        match form {
            CodeForm::Number => Self::Number(number),
            CodeForm::Text | CodeForm::EverythingText => Self::Text(number.to_string()),
        }
    }
}
