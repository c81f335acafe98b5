//! The fields of requests, and what is refused about them.

use rust_decimal::Decimal;
use url::Url;

use super::currency::Currency;
use super::envelope::Refusal;
use super::invoice::Status;
use super::params::Params;

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

/// Ten digits, the last of which checks the others; ten equal digits pass the sum but are no one's.
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

/// The twelve digits of a foreigner's code; nobody has published how they would check one another.
fn is_foreigners_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_positive_decimals_of_any_precision() {
        for amount in [
            "1",
            "100.99",
            "0.01",
            "007",
            "1.00000000000000000001",
            "9999999999999999999999999999",
        ] {
            assert!(is_positive_decimal(amount), "{amount}");
        }
        #[rustfmt::skip]
        let cases = [
            "", "0", "0.00", "-1", "+1", "1e3", ".5", "5.", "1,000", "12,5x", "۱۲", "1 ", "1.2.3",
            "NaN", "0.00000000000000000000000000001",
        ];
        for amount in cases {
            assert!(!is_positive_decimal(amount), "{amount}");
        }
    }

    #[test]
    fn foreigners_have_twelve_digits() {
        assert!(is_foreigners_id("100234567890"));
        for id in [
            "0013542419",
            "10023456789",
            "1002345678901",
            "10023456789x",
            "۱۰۰۲۳۴",
            "",
        ] {
            assert!(!is_foreigners_id(id), "{id}");
        }
    }

    #[test]
    fn national_ids_carry_their_check() {
        for id in ["0013542419", "0499370899", "0790419904", "0684159414"] {
            assert!(is_national_id(id), "{id}");
        }
        #[rustfmt::skip]
        let cases = [
            "0013542418", "0684159415", "1111111111", "001354241", "00135424190", "۰۰۱۳۵۴۲۴۱۹", "",
            "abcdefghij", "0013542419 ",
        ];
        for id in cases {
            assert!(!is_national_id(id), "{id}");
        }
    }

    #[test]
    fn urls_are_for_the_web() {
        for url in [
            "http://example.org/back",
            "https://shop.example/?a=1",
            "http://127.0.0.1:8080",
        ] {
            assert!(web_url("callback", url).is_ok(), "{url}");
        }
        for url in [
            "shop.example",
            "javascript:alert(1)",
            "ftp://example.org/",
            "http://",
            "/back",
            "data:text/html,x",
        ] {
            assert!(web_url("callback", url).is_err(), "{url}");
        }
    }
}
