//! The fields of requests, and what is refused about them.

use axum::http::{HeaderMap, header};
use serde_json::Value;
use url::Url;

use super::api::Code;
use super::card::CardNumber;

/// The least that the document allows, in rial.
const LOWEST_PRICE: u64 = 10_000;

/// The fields of a request in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form or a JSON object, as the content type says. Anything else has no fields, as in
    /// PHP.
    pub(super) fn of_body(headers: &HeaderMap, body: &[u8]) -> Self {
        match media_type(headers).as_deref() {
            Some("application/x-www-form-urlencoded") => Self::of_form(body),
            Some("application/json") => Self::of_json(body),
            _ => Self::default(),
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

fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = text.split(';').next()?;
    Some(essence.trim().to_ascii_lowercase())
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
