use std::borrow::Cow;
use std::collections::VecDeque;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::settings::{PersianText, Settings, WordedRefusals};

/// Why POD refuses: its code and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) message: Cow<'static, str>,
}

/// Refusals of which POD documents the text and no code have this one, which POD is not known to use.
const TEXT_ALONE: u16 = 1000;

/// Parameters that POD cannot have accepted; neither code nor text is documented.
const INVALID: u16 = 1001;

/// Something that is not there; neither code nor text is documented.
const UNKNOWN: u16 = 1002;

impl Refusal {
    /// The code that stands in an answer, if one does.
    pub(super) fn code_in(&self, worded: WordedRefusals) -> Option<u16> {
        match worded {
            WordedRefusals::Zero if self.code == TEXT_ALONE => Some(0),
            WordedRefusals::Absent if self.code == TEXT_ALONE => None,
            _ => Some(self.code),
        }
    }

    pub(super) const PERMISSION_DENIED: Self = Self::new(4, "مجوز انجام این عملیات را ندارید");
    pub(super) const TOKEN_MISSING: Self = Self::new(21, "توکن کسب‌وکاری وارد نشده است");
    pub(super) const ALREADY_PAID: Self = Self::new(24, "فاکتور قبلا پرداخت شده است");
    pub(super) const CANCELED: Self = Self::new(32, "فاکتور کنسل شده است");
    pub(super) const CLOSED: Self = Self::new(45, "فاکتور بسته شده است");
    pub(super) const NOT_PAID: Self = Self::new(55, "قبض پرداخت نشده است");
    pub(super) const AWAITS_VERIFICATION: Self = Self::new(58, "قبض منتظر تایید پرداخت می باشد");
    pub(super) const AT_GATEWAY: Self = Self::new(72, "قبض منتظر درگاه برای ادامه تراکنش می باشد");
    pub(super) const NOT_YOURS: Self = Self::new(99, "فاکتور برای شما صادر نشده است");
    pub(super) const WALLET_MISSING: Self = Self::new(193, "کد حساب دیجیتال را وارد نکرده اید");

    pub(super) const CREDITOR_NOT_PAID: Self =
        Self::new(TEXT_ALONE, "فاکتور بستانکار پرداخت نشده است");
    pub(super) const ALREADY_BLOCKED: Self =
        Self::new(TEXT_ALONE, "فاکتور بستانکار آماده برای مسدودی می باشد");
    pub(super) const NOTHING_TO_BLOCK: Self =
        Self::new(TEXT_ALONE, "اعتبار کافی جهت انجام عملیات مسدودی را ندارید");
    pub(super) const NOT_ENOUGH: Self =
        Self::new(TEXT_ALONE, "اعتبار کافی جهت پرداخت فاکتور را ندارید");
    pub(super) const NOT_PAYABLE: Self = Self::new(TEXT_ALONE, "اجازه پرداخت این فاکتور را ندارید");
    pub(super) const GUARANTEED: Self = Self::new(
        TEXT_ALONE,
        "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد",
    );
    pub(super) const TOO_LITTLE_FOR_A_CARD: Self = Self::new(
        TEXT_ALONE,
        "مبلغ فاکتور برای پرداخت با کارت باید بیش از ۱۰۰۰۰ ریال باشد",
    );

    pub(super) const BAD_ISSUER: Self = Self::new(INVALID, "صادرکننده توکن نادرست است");
    pub(super) const BAD_FORM: Self = Self::new(INVALID, "قالب درخواست نادرست است");
    pub(super) const BAD_ONE_TIME_TOKEN: Self = Self::new(INVALID, "توکن یک بار مصرف نادرست است");
    pub(super) const TAKEN_BILL_NUMBER: Self = Self::new(INVALID, "شماره قبض تکراری است");
    pub(super) const NO_MOBILE: Self = Self::new(INVALID, "کاربر شماره موبایل تایید شده ندارد");
    pub(super) const BAD_CODE: Self = Self::new(INVALID, "کد وارد شده نادرست است");

    pub(super) const NO_SERVICE: Self = Self::new(UNKNOWN, "سرویس یافت نشد");
    pub(super) const NO_INVOICE: Self = Self::new(UNKNOWN, "فاکتور یافت نشد");
    pub(super) const NO_USER: Self = Self::new(UNKNOWN, "کاربر یافت نشد");
    pub(super) const NO_PURCHASE: Self = Self::new(UNKNOWN, "تراکنش پایانه یافت نشد");

    pub(super) const SERVICE_TIMEOUT: Self = Self::new(227, "تایم اوت سرویس اصلی");
    pub(super) const RELAY_FAILED: Self = Self::new(
        378,
        "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است",
    );
    pub(super) const INTERNAL: Self = Self::new(999, "خطای داخلی");

    pub(super) fn missing(parameter: &str) -> Self {
        Self {
            code: INVALID,
            message: format!("پارامتر {parameter} وارد نشده است").into(),
        }
    }

    pub(super) fn invalid(parameter: &str) -> Self {
        Self {
            code: INVALID,
            message: format!("مقدار پارامتر {parameter} نادرست است").into(),
        }
    }

    const fn new(code: u16, message: &'static str) -> Self {
        Self {
            code,
            message: Cow::Borrowed(message),
        }
    }
}

/// How POD itself can fail: it answers in its envelope, and the answer does not tell whether the
/// service was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
#[non_exhaustive]
pub enum Failure {
    /// Code 227: the service behind the platform did not answer in time.
    ServiceTimeout,
    /// Code 378: the service's answer did not reach the platform.
    RelayFailed,
    /// Code 999: an internal error.
    Internal,
}

impl Failure {
    const ALL: [Self; 3] = [Self::ServiceTimeout, Self::RelayFailed, Self::Internal];

    /// Reads a code.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// Returns the code that stands in the answer.
    #[must_use]
    pub fn code(self) -> u16 {
        self.refusal().code
    }

    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::ServiceTimeout => Refusal::SERVICE_TIMEOUT,
            Self::RelayFailed => Refusal::RELAY_FAILED,
            Self::Internal => Refusal::INTERNAL,
        }
    }
}

impl TryFrom<u16> for Failure {
    type Error = &'static str;

    fn try_from(code: u16) -> Result<Self, &'static str> {
        Self::from_code(code).ok_or("`code` must be 227, 378 or 999")
    }
}

impl From<Failure> for u16 {
    fn from(failure: Failure) -> Self {
        failure.code()
    }
}

/// A failure in POD's own envelope that the next request for an operation is to meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodFailure)]
pub(super) struct PendingFailure {
    #[schema(example = "pay-any-invoice")]
    pub(super) operation: String,
    /// How POD fails.
    #[schema(schema_with = failure_codes)]
    pub(super) code: Failure,
    /// Whether the service is executed all the same.
    pub(super) executed: bool,
}

fn failure_codes() -> Object {
    let codes = Failure::ALL.map(Failure::code);
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some(codes))
        .description(Some(
            "227 the service timed out, 378 its answer was lost, 999 an internal error.",
        ))
        .build()
}

/// The failures that are to come, in the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Failures(VecDeque<PendingFailure>);

impl Failures {
    pub(super) fn plan(&mut self, pending: PendingFailure) {
        self.0.push_back(pending);
    }

    pub(super) fn pending(&self) -> Vec<PendingFailure> {
        self.0.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the failure for a request that was let in.
    pub(super) fn take(&mut self, operation: &str) -> Option<PendingFailure> {
        let mut pending = self.0.iter();
        let place = pending.position(|pending| pending.operation == operation)?;
        self.0.remove(place)
    }
}

/// What a service has done.
#[derive(Debug)]
pub(super) struct Answer {
    result: Option<Box<RawValue>>,
    count: usize,
}

impl Answer {
    /// Nothing but the one-time token every answer has.
    pub(super) const EMPTY: Self = Self {
        result: None,
        count: 0,
    };

    pub(super) fn of<T: Serialize>(result: &T) -> Result<Self, Refusal> {
        Self::counting(0, result)
    }

    /// A page of a list that has `count` entries in all.
    pub(super) fn counting<T: Serialize>(count: usize, result: &T) -> Result<Self, Refusal> {
        let result = to_raw_value(result).map_err(|_| Refusal::INTERNAL)?;
        Ok(Self {
            result: Some(result),
            count,
        })
    }
}

/// What every answer is wrapped in, fields in the order of the vendor's samples.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    has_error: bool,
    message_id: u8,
    reference_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ott: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
}

/// Writes an answer or a refusal; both come with HTTP 200.
pub(super) fn write(
    outcome: &Result<Answer, Refusal>,
    reference_number: &str,
    ott: Option<&str>,
    settings: &Settings,
) -> Response {
    let envelope = match outcome {
        Ok(answer) => Envelope {
            has_error: false,
            message_id: 0,
            reference_number,
            error_code: Some(0),
            message: None,
            count: answer.count,
            ott,
            result: answer.result.as_deref(),
        },
        Err(refusal) => Envelope {
            has_error: true,
            message_id: 0,
            reference_number,
            error_code: refusal.code_in(settings.worded_refusals),
            message: Some(&refusal.message),
            count: 0,
            ott,
            result: None,
        },
    };
    let plain = serde_json::to_string(&envelope).unwrap_or_default();
    let body = match settings.persian_text {
        PersianText::Plain => plain,
        PersianText::Escaped => escape(&plain),
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Writes what is not ASCII as HTML character references. In JSON that is found in strings alone.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len() * 2);
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("&#x{:X};", u32::from(character)));
        }
    }
    escaped
}
