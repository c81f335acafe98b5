//! The script's API: its fields, its codes and how it writes answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::card::CardNumber;
use super::operations::{Call, NAMES, Operation};
use super::settings::{CodeForm, NotFoundStatus, Settings};
use super::{CardpaySandbox, NAME};
use crate::headers::{FORM, MediaType, only};
use crate::journal::{Arrival, Parameter, Received};

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
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let operation = Operation::at(&path);
    let fields = match method {
        Method::GET => Fields::of_query(query.as_deref()),
        _ => Fields::of_body(&headers, &body),
    };
    let parameters = noted(&cardpay, &headers, &fields);
    let name = operation.map(Operation::name);
    let arrival = Arrival::new(NAME, name, parameters, received, &NAMES);
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
    let known = ["price", "fid", "phone", "pay_id", &callback_field];
    let shown = fields
        .iter()
        .map(|(name, value)| Parameter::shown_if(known.contains(&name), name, value));
    token.into_iter().chain(shown).collect()
}

fn execute(
    cardpay: &CardpaySandbox,
    operation: Option<&Operation>,
    method: &Method,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response, Code> {
    let operation = operation.ok_or(Code::NO_SUCH_ENDPOINT)?;
    if method != operation.method() {
        return Err(Code::WRONG_METHOD);
    }
    if only(headers, "token").is_none_or(|token| token != cardpay.token()) {
        return Err(Code::FORBIDDEN);
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
    let Code(documented, number, msg) = code;
    let body = CodeAnswer {
        status: code.is_success(),
        code: WireCode::of(number, settings.code_form),
        msg,
    };
    let status = match settings.not_found_status {
        NotFoundStatus::Ok if code == Code::NO_SUCH_ENDPOINT => StatusCode::OK,
        NotFoundStatus::Ok | NotFoundStatus::NotFound => documented,
    };
    json(status, &body, settings)
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

/// An answer of the script's table of codes: the HTTP status that the document gives for it, the code,
/// and a sentence for `msg`, of which only that of a complete payment is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(StatusCode, i16, &'static str);

/// A code as the wire writes it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum WireCode {
    Number(i16),
    Text(String),
}

/// What the document refuses with this status is refused for the fields of the request.
const REFUSED: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

impl Code {
    pub(super) const NO_SUCH_ENDPOINT: Self = Self(StatusCode::NOT_FOUND, 404, "Not found.");
    pub(super) const WRONG_METHOD: Self =
        Self(StatusCode::METHOD_NOT_ALLOWED, 405, "Method not allowed.");
    pub(super) const FORBIDDEN: Self =
        Self(StatusCode::FORBIDDEN, 403, "Token is missing or not valid.");
    pub(super) const PRICE_NOT_NUMERIC: Self = Self(REFUSED, 0, "Price is not numeric.");
    pub(super) const CARD_MALFORMED: Self =
        Self(REFUSED, -3, "Card number is missing or not valid.");
    pub(super) const CARD_RECORDED_BEFORE: Self =
        Self(REFUSED, -2, "Card number is already recorded.");
    pub(super) const FINAL: Self = Self(REFUSED, -1, "Payment is final.");
    pub(super) const PRICE_TOO_LOW: Self = Self(REFUSED, 1, "Price is less than 10000 rial.");
    pub(super) const INVOICE_NUMBER_MISSING: Self = Self(REFUSED, 2, "Invoice number is missing.");
    pub(super) const INVOICE_NUMBER_USED: Self =
        Self(REFUSED, 3, "Invoice number is already used.");
    pub(super) const PAY_ID_MISSING: Self = Self(REFUSED, 4, "pay_id is missing.");
    pub(super) const PAY_ID_UNKNOWN: Self = Self(REFUSED, 5, "pay_id is not valid.");
    pub(super) const EXPIRED: Self = Self(REFUSED, 6, "Payment is expired.");
    pub(super) const NOT_PAID_YET: Self = Self(StatusCode::OK, 7, "Payment is waiting.");
    pub(super) const FIRST_VERIFICATION: Self = Self(StatusCode::OK, 201, "Payment is complete.");
    pub(super) const VERIFIED_BEFORE: Self = Self(StatusCode::OK, 200, "Payment is complete.");
    pub(super) const ANOTHER_CARD: Self = Self(
        StatusCode::OK,
        199,
        "Payment is complete, but from another card.",
    );
    /// The card is recorded: the document shows no answer for this.
    pub(super) const CARD_RECORDED: Self = Self(StatusCode::OK, 200, "Card number is recorded.");

    /// What `status` says beside the code. The document shows it for successes alone.
    fn is_success(self) -> bool {
        self.0 == StatusCode::OK && self != Self::NOT_PAID_YET
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

/// The least that the document allows, in rial.
const LOWEST_PRICE: u64 = 10_000;

/// The fields of a request in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form or a JSON object, as the content type says. Anything else has no fields, as in
    /// PHP.
    pub(super) fn of_body(headers: &HeaderMap, body: &[u8]) -> Self {
        let media_type = MediaType::of(headers);
        if media_type.is(FORM) {
            Self::of_form(body)
        } else if media_type.is("application/json") {
            Self::of_json(body)
        } else {
            Self::default()
        }
    }

    /// Reads a query string.
    pub(super) fn of_query(query: Option<&str>) -> Self {
        Self::of_form(query.unwrap_or_default().as_bytes())
    }

    fn of_form(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    fn of_json(body: &[u8]) -> Self {
        let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let field = |(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name, text)),
            other => Some((name, other.to_string())),
        };
        Self(members.into_iter().filter_map(field).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns a field that is there and not empty; of several with one name the last counts.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.iter().filter(|(given, _)| *given == name).last();
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// Returns the price in rial.
    pub(super) fn price(&self) -> Result<u64, Code> {
        let rial = self.get("price").and_then(integer);
        let rial = u64::try_from(rial.ok_or(Code::PRICE_NOT_NUMERIC)?);
        rial.ok()
            .filter(|rial| *rial >= LOWEST_PRICE)
            .ok_or(Code::PRICE_TOO_LOW)
    }

    /// Returns the merchant's invoice number. The table has no code for one that is not a number.
    pub(super) fn invoice_number(&self) -> Result<u64, Code> {
        let number = self.get("fid").and_then(integer).map(u64::try_from);
        number
            .and_then(Result::ok)
            .ok_or(Code::INVOICE_NUMBER_MISSING)
    }

    pub(super) fn card(&self) -> Result<Option<CardNumber>, Code> {
        let read = |text| CardNumber::parse(text).ok_or(Code::CARD_MALFORMED);
        self.get("card").map(read).transpose()
    }

    pub(super) fn required_card(&self) -> Result<CardNumber, Code> {
        self.card()?.ok_or(Code::CARD_MALFORMED)
    }

    pub(super) fn pay_id(&self) -> Result<u64, Code> {
        let id = integer(self.get("pay_id").ok_or(Code::PAY_ID_MISSING)?);
        id.and_then(|id| u64::try_from(id).ok())
            .ok_or(Code::PAY_ID_UNKNOWN)
    }

    /// Returns the callback. There is no code for one that is no web address: it counts as not sent.
    pub(super) fn callback(&self, name: &str) -> Option<Url> {
        let url = Url::parse(self.get(name)?).ok()?;
        matches!(url.scheme(), "http" | "https").then_some(url)
    }
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Fields {
        Fields::of_form(text.as_bytes())
    }

    #[test]
    fn a_price_is_a_whole_number_of_rial() {
        let price = |text: &str| form(&format!("price={text}")).price();
        assert_eq!(price("10000"), Ok(10_000));
        assert_eq!(price("9223372036854775807"), Ok(9_223_372_036_854_775_807));
        for low in ["9999", "0", "-10000"] {
            assert_eq!(price(low), Err(Code::PRICE_TOO_LOW), "{low}");
        }
        let numbers = "- +10000 10000.0 1e5 10,000 ten %DB%B1%DB%B0%DB%B0%DB%B0%DB%B0";
        for bad in numbers.split(' ').chain(["", "9223372036854775808"]) {
            assert_eq!(price(bad), Err(Code::PRICE_NOT_NUMERIC), "{bad}");
        }
    }

    #[test]
    fn json_says_the_same_as_a_form() {
        let json = Fields::of_json(br#"{"price":10000,"fid":"7","card":null,"phone":""}"#);
        assert_eq!((json.price(), json.invoice_number()), (Ok(10_000), Ok(7)));
        assert_eq!((json.card(), json.get("phone")), (Ok(None), None));
        let bodies = r#"{"price":[10000]} {"price":true} {"price":10000.0} [1] {"#;
        for bad in bodies.split(' ').chain([""]) {
            let price = Fields::of_json(bad.as_bytes()).price();
            assert_eq!(price, Err(Code::PRICE_NOT_NUMERIC), "{bad}");
        }
    }

    #[test]
    fn the_last_of_two_values_counts() {
        assert_eq!(form("fid=1&fid=2").invoice_number(), Ok(2));
        let empty = form("fid=1&fid=").invoice_number();
        assert_eq!(empty, Err(Code::INVOICE_NUMBER_MISSING));
    }

    #[test]
    fn a_callback_is_a_web_address() {
        let callback = |url: &str| form(&format!("back={url}")).callback("back");
        assert!(callback("https://shop.example/back").is_some());
        for bad in ["", "/back", "javascript:alert(1)", "shop.example"] {
            assert_eq!(callback(bad), None, "{bad}");
        }
    }
}
