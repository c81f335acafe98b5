//! The script's API: its fields, its codes and how it writes answers.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::card::CardNumber;
use super::operations::{Call, Operation};
use super::settings::{CodeForm, NotFoundStatus, Settings};
use super::{CardpaySandbox, NAME};
use crate::headers::{FORM, MediaType, only};
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
    operation: Option<&Operation>,
    method: &Method,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Response, Code> {
    let operation = operation.ok_or(Code::NoSuchEndpoint)?;
    if method != operation.method() {
        return Err(Code::WrongMethod);
    }
    if only(headers, "token").is_none_or(|token| token != cardpay.token()) {
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
        let rial = self
            .get("price")
            .and_then(integer)
            .ok_or(Code::PriceNotNumeric)?;
        u64::try_from(rial)
            .ok()
            .filter(|rial| *rial >= LOWEST_PRICE)
            .ok_or(Code::PriceTooLow)
    }

    /// Returns the merchant's invoice number. The table has no code for one that is not a number.
    pub(super) fn invoice_number(&self) -> Result<u64, Code> {
        let number = self.get("fid").and_then(integer);
        number
            .and_then(|number| u64::try_from(number).ok())
            .ok_or(Code::InvoiceNumberMissing)
    }

    pub(super) fn card(&self) -> Result<Option<CardNumber>, Code> {
        let read = |text| CardNumber::parse(text).ok_or(Code::CardMalformed);
        self.get("card").map(read).transpose()
    }

    pub(super) fn required_card(&self) -> Result<CardNumber, Code> {
        self.card()?.ok_or(Code::CardMalformed)
    }

    pub(super) fn pay_id(&self) -> Result<u64, Code> {
        let id = integer(self.get("pay_id").ok_or(Code::PayIdMissing)?);
        id.and_then(|id| u64::try_from(id).ok())
            .ok_or(Code::PayIdUnknown)
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
        assert_eq!(form("price=10000").price(), Ok(10_000));
        assert_eq!(
            form("price=9223372036854775807").price(),
            Ok(9_223_372_036_854_775_807)
        );
        for low in ["9999", "0", "-10000"] {
            assert_eq!(
                form(&format!("price={low}")).price(),
                Err(Code::PriceTooLow),
                "{low}"
            );
        }
        #[rustfmt::skip]
        let cases = [
            "", "-", "+10000", "10000.0", "1e5", "10,000", "ten", "%DB%B1%DB%B0%DB%B0%DB%B0%DB%B0",
            "9223372036854775808",
        ];
        for bad in cases {
            assert_eq!(
                form(&format!("price={bad}")).price(),
                Err(Code::PriceNotNumeric),
                "{bad}"
            );
        }
    }

    #[test]
    fn json_says_the_same_as_a_form() {
        let json = Fields::of_json(br#"{"price":10000,"fid":"7","card":null,"phone":""}"#);
        assert_eq!(json.price(), Ok(10_000));
        assert_eq!(json.invoice_number(), Ok(7));
        assert_eq!(json.card(), Ok(None));
        assert_eq!(json.get("phone"), None);
        for bad in [
            r#"{"price":[10000]}"#,
            r#"{"price":true}"#,
            r#"{"price":10000.0}"#,
            "[1]",
            "{",
            "",
        ] {
            assert_eq!(
                Fields::of_json(bad.as_bytes()).price(),
                Err(Code::PriceNotNumeric),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_last_of_two_values_counts() {
        assert_eq!(form("fid=1&fid=2").invoice_number(), Ok(2));
        assert_eq!(
            form("fid=1&fid=").invoice_number(),
            Err(Code::InvoiceNumberMissing)
        );
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
