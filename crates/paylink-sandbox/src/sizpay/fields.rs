//! The fields of requests, whichever of the wires they came over, and what is refused about them.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jalali_calendar::JalaliDate;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::link::{PayerError, RESENDS_AT_MOST};
use crate::page::persian;

/// The longest invoice number: SizPay's documents set no limit, and a number has to end somewhere.
const LONGEST_NUMBER: usize = 100;

/// The longest customer name and description, in characters.
const LONGEST_TEXT: usize = 50;

/// A request's fields in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, Value)>);

/// A field that holds no text, or no integer, where one is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrongType;

impl Fields {
    pub(super) fn new(fields: Vec<(String, Value)>) -> Self {
        Self(fields)
    }

    /// Returns a text; a field that is missing or null is an empty one.
    pub(super) fn text(&self, name: &str) -> Result<&str, WrongType> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(WrongType),
        }
    }

    /// Returns an integer; a field that is missing or null is 0, as an unset `long` is.
    pub(super) fn integer(&self, name: &str) -> Result<i64, WrongType> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(0),
            Some(value) => value.as_i64().ok_or(WrongType),
        }
    }

    /// Lists names and values as the journal shows them.
    pub(super) fn as_text(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (name.as_str(), text)
        })
    }

    /// Returns an amount of rial.
    pub(super) fn amount(&self) -> Result<u64, Refusal> {
        let amount = self.integer("Amount").ok().map(u64::try_from);
        let amount = amount.and_then(Result::ok).filter(|amount| *amount > 0);
        amount.ok_or(Refusal::Amount)
    }

    pub(super) fn mobile(&self) -> Result<&str, Refusal> {
        self.text_if("MobileNo", is_mobile).ok_or(Refusal::Mobile)
    }

    pub(super) fn invoice_number(&self) -> Result<&str, Refusal> {
        let fits = |number: &str| {
            !number.is_empty() && !number.contains(',') && is_writable(number, LONGEST_NUMBER)
        };
        let number = self.text_if("InvoiceNo", fits);
        number.ok_or(Refusal::InvoiceNumber)
    }

    pub(super) fn customer_name(&self) -> Result<&str, Refusal> {
        let name = self.text_if("CustomerName", |name| is_writable(name, LONGEST_TEXT));
        name.ok_or(Refusal::CustomerName)
    }

    pub(super) fn description(&self) -> Result<&str, Refusal> {
        let text = self.text_if("Description", |text| is_writable(text, LONGEST_TEXT));
        text.ok_or(Refusal::Description)
    }

    pub(super) fn date(&self, name: &str) -> Result<JalaliDate, Refusal> {
        self.text(name).ok().and_then(read_day).ok_or(Refusal::Date)
    }

    fn text_if(&self, name: &str, fits: impl FnOnce(&str) -> bool) -> Option<&str> {
        self.text(name).ok().filter(|text| fits(text))
    }

    /// Returns a field; of two with one name the last counts.
    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().rfind(|(given, _)| given == name);
        found.map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// Returns whether every XML document can hold this character.
pub(super) fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// `09` and nine more digits.
fn is_mobile(number: &str) -> bool {
    number.len() == 11
        && number.starts_with("09")
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_writable(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && text.chars().all(is_xml_character)
}

/// Reads `yyyy/mm/dd` in Latin digits, and nothing else.
fn read_day(text: &str) -> Option<JalaliDate> {
    let number = |part: &str, digits: usize| {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u32>().ok()).flatten()
    };
    let mut parts = text.split('/');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    JalaliDate::new(i32::try_from(year).ok()?, month, day).ok()
}

/// Why SizPay does not do what was asked.
///
/// Only 1, success, is a documented `ResCod`: the other numbers and all messages are the sandbox's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Keys,
    LinkName,
    Amount,
    Mobile,
    InvoiceNumber,
    CustomerName,
    Description,
    Selection,
    Date,
    Filter,
    NotFound,
    Paid,
    Disabled,
    TooSoon { wait: Duration },
    TooOften,
}

impl Refusal {
    /// Returns the `ResCod` and the `Message`.
    pub(super) fn told(self) -> (i64, Cow<'static, str>) {
        let (code, message) = match self {
            Self::Keys => (-1, "نام کاربری یا رمز درگاه درست نیست."),
            Self::LinkName => (-2, "شناسهٔ لینک پرداخت پیدا نشد."),
            Self::Amount => (-3, "مبلغ باید عددی صحیح به ریال و بزرگ‌تر از صفر باشد."),
            Self::Mobile => (
                -4,
                "شمارهٔ تلفن همراه باید ۱۱ رقم لاتین باشد و با 09 آغاز شود.",
            ),
            Self::InvoiceNumber => (
                -5,
                "شمارهٔ فاکتور باید ۱ تا ۱۰۰ کاراکتر باشد و ویرگول (,) نداشته باشد.",
            ),
            Self::CustomerName => (-6, "نام مشتری باید متنی با حداکثر ۵۰ کاراکتر باشد."),
            Self::Description => (-7, "توضیحات باید متنی با حداکثر ۵۰ کاراکتر باشد."),
            Self::Selection => (
                -8,
                "باید یا شناسهٔ ارسال لینک فرستاده شود یا شمارهٔ فاکتور، و نه هر دو.",
            ),
            Self::Date => (
                -9,
                "تاریخ باید شمسی، با ارقام لاتین و به شکل 1399/11/21 باشد.",
            ),
            Self::Filter => (-10, "نوع فیلتر یا فهرست آن درست نیست."),
            Self::NotFound => (-11, "لینک پرداختی با این مشخصات پیدا نشد."),
            Self::Paid => (-12, "این لینک پرداخت شده است."),
            Self::Disabled => (-13, "این لینک غیرفعال شده است."),
            Self::TooSoon { wait } => return (-14, too_soon(wait).into()),
            Self::TooOften => return (-15, too_often().into()),
        };
        (code, message.into())
    }
}

fn too_soon(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000).to_string();
    format!(
        "فاصلهٔ ارسال مجدد پیامک حداقل ۲ دقیقه است؛ {} ثانیهٔ دیگر دوباره تلاش کنید.",
        persian::digits(&seconds)
    )
}

fn too_often() -> String {
    format!(
        "پیامک این لینک {} بار دوباره ارسال شده است و بیش از این ممکن نیست.",
        persian::digits(&RESENDS_AT_MOST.to_string())
    )
}

impl From<PayerError> for Refusal {
    fn from(error: PayerError) -> Self {
        match error {
            PayerError::UnknownLink => Self::NotFound,
            PayerError::AlreadyPaid => Self::Paid,
            PayerError::Disabled => Self::Disabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_are_eleven_latin_digits() {
        assert!(is_mobile("09122272730"));
        let others =
            "0912227273 091222727300 9122272730 +989122272 08122272730 0912227273a ۰۹۱۲۲۲۷۲۷۳۰";
        for number in others.split(' ').chain(["", " 0912227273"]) {
            assert!(!is_mobile(number), "{number}");
        }
    }

    #[test]
    fn days_are_jalali_and_exactly_written() {
        let day = read_day("1399/11/21").unwrap();
        assert_eq!((day.year(), day.month(), day.day()), (1399, 11, 21));
        assert!(read_day("1403/12/30").is_some(), "1403 is a leap year");
        let others = "1404/12/30 1399/13/01 1399/00/10 1399/7/1 1399-11-21 1399/11/21/1 +399/11/21 ۱۳۹۹/۱۱/۲۱";
        for text in others.split(' ').chain(["", "1399/11/21 "]) {
            assert!(read_day(text).is_none(), "{text}");
        }
    }

    #[test]
    fn texts_are_counted_in_characters_and_must_fit_into_xml() {
        assert!(is_writable(&"م".repeat(50), 50));
        assert!(!is_writable(&"م".repeat(51), 50));
        assert!(is_writable("a\r\n\t]]> & 🙂\u{200c}", 50));
        for character in ['\0', '\u{1}', '\u{1b}', '\u{fffe}', '\u{ffff}'] {
            assert!(!is_writable(&character.to_string(), 50), "{character:?}");
        }
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_never_too_short() {
        for (millis, told) in [
            (119_001, "۱۲۰ ثانیه"),
            (119_000, "۱۱۹ ثانیه"),
            (1, " ۱ ثانیه"),
        ] {
            let wait = Duration::from_millis(millis);
            let (_, message) = Refusal::TooSoon { wait }.told();
            assert!(message.contains(told), "{message}");
        }
    }
}
