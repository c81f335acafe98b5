//! Request parameters, read and written as PHP does.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use rust_decimal::Decimal;
use url::Url;

use super::api::Refusal;
use super::invoice::{Currency, Status};

/// What `http_build_query` leaves bare beside letters and digits; the blank becomes `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b' ');

/// PHP reads no more parameters than this (`max_input_vars`).
const MOST: usize = 1000;

/// The parameters of a request in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(Vec<u8>, Vec<u8>)>);

impl Params {
    /// Reads a form body as `$_POST` holds it: of two values for one name the last counts, in the
    /// place of the first, what has no name is left out, and characters that PHP takes out of names
    /// become `_`.
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut params = Self::default();
        let pairs = body.split(|byte| *byte == b'&');
        for pair in pairs.filter(|pair| !pair.is_empty()).take(MOST) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().map(decode).unwrap_or_default();
            let value = halves.next().map(decode).unwrap_or_default();
            if !name.is_empty() {
                params.set(mangle(name), value);
            }
        }
        params
    }

    /// Writes the parameters as `http_build_query` does.
    pub(super) fn encode(&self) -> String {
        let pairs = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Returns a parameter that is there and not empty: PHP frameworks take an empty one for none.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(given, _)| given == name.as_bytes())?;
        Some(found.1.as_slice()).filter(|value| !value.is_empty())
    }

    /// Lists names and values as text; bytes that are not UTF-8 are replaced.
    pub(super) fn as_text(&self) -> impl Iterator<Item = (String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.0
            .iter()
            .map(move |(name, value)| (text(name), text(value)))
    }

    fn set(&mut self, name: Vec<u8>, value: Vec<u8>) {
        match self.0.iter_mut().find(|(given, _)| *given == name) {
            Some((_, given)) => *given = value,
            None => self.0.push((name, value)),
        }
    }
}

fn decode(text: &[u8]) -> Vec<u8> {
    let blanks: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&blanks).collect()
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string().replace(' ', "+")
}

fn mangle(mut name: Vec<u8>) -> Vec<u8> {
    for byte in &mut name {
        if matches!(byte, b' ' | b'.' | b'[') {
            *byte = b'_';
        }
    }
    name
}

impl Params {
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.optional(name)?
            .ok_or_else(|| invalid(name, "is required"))
    }

    pub(super) fn optional(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        self.get(name)
            .map(|value| str::from_utf8(value).map_err(|_| invalid(name, "is not valid UTF-8")))
            .transpose()
    }

    pub(super) fn integer(&self, name: &'static str) -> Result<Option<u64>, Refusal> {
        self.optional(name)?
            .map(|text| integer(name, text))
            .transpose()
    }

    pub(super) fn required_integer(&self, name: &'static str) -> Result<u64, Refusal> {
        integer(name, self.required(name)?)
    }

    /// Returns a positive decimal, as it was written.
    pub(super) fn amount(&self) -> Result<&str, Refusal> {
        let text = self.required("amount")?;
        if is_positive_decimal(text) {
            Ok(text)
        } else {
            Err(invalid("amount", "must be a positive decimal number"))
        }
    }

    pub(super) fn currency(&self) -> Result<Currency, Refusal> {
        let code = self.required("currency")?;
        Currency::from_wire(code).ok_or_else(|| invalid("currency", "must be USD, USDT or IRT"))
    }

    pub(super) fn invoice_number(&self) -> Result<&str, Refusal> {
        let number = self.required("invoice_number")?;
        if number.chars().count() > 200 {
            return Err(invalid(
                "invoice_number",
                "must have at most 200 characters",
            ));
        }
        Ok(number)
    }

    pub(super) fn national_id(&self) -> Result<Option<&str>, Refusal> {
        let national_id = self.optional("national_id")?;
        if national_id.is_some_and(|text| !is_national_id(text) && !is_foreigners_id(text)) {
            return Err(invalid("national_id", "is not a valid national id"));
        }
        Ok(national_id)
    }

    pub(super) fn required_url(&self, name: &'static str) -> Result<Url, Refusal> {
        web_url(name, self.required(name)?)
    }

    pub(super) fn url(&self, name: &'static str) -> Result<Option<Url>, Refusal> {
        self.optional(name)?
            .map(|text| web_url(name, text))
            .transpose()
    }

    pub(super) fn status(&self) -> Result<Option<Status>, Refusal> {
        let known = |text| {
            Status::from_wire(text).ok_or_else(|| invalid("status", "is not a known status"))
        };
        self.optional("status")?.map(known).transpose()
    }
}

pub(super) fn invalid(name: &'static str, why: &'static str) -> Refusal {
    Refusal::invalid(format!("{name} {why}"))
}

fn integer(name: &'static str, text: &str) -> Result<u64, Refusal> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| invalid(name, "must be an integer"))
}

fn is_positive_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && Decimal::from_str_exact(text).is_ok_and(|amount| amount > Decimal::ZERO)
}

fn web_url(name: &'static str, text: &str) -> Result<Url, Refusal> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| invalid(name, "must be an http or https URL"))
}

/// Ten digits, the last of which checks the others; ten equal digits pass the sum but belong to no one.
fn is_national_id(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let (Some((check, nine)), 10, 10) = (digits.split_last(), digits.len(), text.len()) else {
        return false;
    };
    if nine.iter().all(|digit| digit == check) {
        return false;
    }
    let sum: u32 = nine
        .iter()
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let rest = sum % 11;
    *check == if rest < 2 { rest } else { 11 - rest }
}

/// The twelve digits of a foreigner's code; no check of its digits is published.
fn is_foreigners_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line was made with PHP 8.2: `http_build_query(['v' => $value])`.
    #[test]
    fn writes_what_php_writes() {
        for (value, php) in [
            ("a b", "v=a+b"),
            ("a+b", "v=a%2Bb"),
            ("a*b~c", "v=a%2Ab%7Ec"),
            ("-_.", "v=-_."),
            ("!'()", "v=%21%27%28%29"),
            ("&=%\"\n", "v=%26%3D%25%22%0A"),
            ("تومان ۱۲", "v=%D8%AA%D9%88%D9%85%D8%A7%D9%86+%DB%B1%DB%B2"),
            ("🙂", "v=%F0%9F%99%82"),
            ("", "v="),
        ] {
            assert_eq!(Params(vec![(b"v".to_vec(), value.into())]).encode(), php);
            assert_eq!(Params::decode(php.as_bytes()).encode(), php);
        }
    }

    #[test]
    fn other_encodings_of_the_same_text_do_not_survive() {
        for body in [
            "v=a%20b", "v=a*b", "v=a%7eb", "v=~", "v", "v=1&", "&v=1", "v=1&&w=2", "v=1&v=2",
            "a.b=1", "a[]=1", "a=%4", "=1",
        ] {
            assert_ne!(Params::decode(body.as_bytes()).encode(), body);
        }
    }

    #[test]
    fn only_so_many_parameters_are_read() {
        let body = |count: usize| {
            let params: Vec<_> = (0..count).map(|n| format!("p{n}=1")).collect();
            params.join("&")
        };
        assert_eq!(Params::decode(body(1000).as_bytes()).encode(), body(1000));
        assert_eq!(Params::decode(body(1001).as_bytes()).encode(), body(1000));
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        let params = Params::decode(b"a=1&b=2&a=3&c=");
        assert_eq!(params.encode(), "a=3&b=2&c=");
        assert_eq!(params.get("a"), Some(b"3".as_slice()));
        assert_eq!(params.get("c"), None);
    }

    /// Asserts which of these texts, which stand between bars, are read.
    fn reads(good: &str, bad: &str, is_read: impl Fn(&str) -> bool) {
        for text in good.split('|') {
            assert!(is_read(text), "{text}");
        }
        for text in bad.split('|') {
            assert!(!is_read(text), "{text}");
        }
    }

    #[test]
    fn amounts_are_positive_decimals_of_any_precision() {
        let good = "1|100.99|0.01|007|1.00000000000000000001|9999999999999999999999999999";
        let bad =
            "|0|0.00|-1|+1|1e3|.5|5.|1,000|12,5x|۱۲|1 |1.2.3|NaN|0.00000000000000000000000000001";
        reads(good, bad, is_positive_decimal);
    }

    #[test]
    fn foreigners_have_twelve_digits() {
        let bad = "0013542419|10023456789|1002345678901|10023456789x|۱۰۰۲۳۴|";
        reads("100234567890", bad, is_foreigners_id);
    }

    #[test]
    fn national_ids_carry_their_check() {
        let good = "0013542419|0499370899|0790419904|0684159414";
        let bad = "0013542418|0684159415|1111111111|001354241|00135424190|۰۰۱۳۵۴۲۴۱۹||abcdefghij|0013542419 ";
        reads(good, bad, is_national_id);
    }

    #[test]
    fn urls_are_for_the_web() {
        let good = "http://example.org/back|https://shop.example/?a=1|http://127.0.0.1:8080";
        let bad =
            "shop.example|javascript:alert(1)|ftp://example.org/|http://|/back|data:text/html,x";
        reads(good, bad, |text| web_url("callback", text).is_ok());
    }
}
