use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::lossless::read;
use super::wire::{FromJson, Wire};
use crate::{Currency, Money, Untrusted};

/// The largest exponent that is read: no amount needs more, and a longer one would ask for a lot of zeros.
const LARGEST_EXPONENT: i32 = 40;

/// A number exactly as the answer writes it, fractions included; it never passes through floating point.
///
/// It can stand in a [`Wire`] field of a struct that [`from_object`](super::from_object) reads.
///
/// ```
/// use paylink_core::json::{Number, Wire, from_object};
/// use paylink_core::{Currency, Money};
///
/// #[derive(serde::Deserialize)]
/// struct MediaType<'a> {
///     #[serde(default, borrow)]
///     amount: Wire<Number<'a>>,
/// }
///
/// let answer: MediaType<'_> = from_object(r#"{"amount":16.35}"#)?;
/// let amount = answer.amount.required("amount")?;
/// assert_eq!(amount.to_money("amount", Currency::Irr)?, Money::new("16.35", Currency::Irr)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    /// The number as it was written.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The amount that it is in this currency.
    ///
    /// # Errors
    ///
    /// If it is negative or has more digits than an amount keeps exactly; it names the field.
    pub fn to_money(self, field: &'static str, currency: Currency) -> Result<Money, Untrusted> {
        self.plain()
            .and_then(|plain| Money::new(&plain, currency).ok())
            .ok_or_else(|| Untrusted::unexpected_form(field, "is not an exact amount"))
    }

    /// The number without an exponent; some writers put large decimals as `1.0E7`.
    fn plain(self) -> Option<Cow<'a, str>> {
        let Some((mantissa, exponent)) = self.0.split_once(['e', 'E']) else {
            return Some(Cow::Borrowed(self.0));
        };
        let exponent: i32 = exponent.parse().ok()?;
        if exponent.abs() > LARGEST_EXPONENT || mantissa.starts_with('-') {
            return None;
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        let digits = format!("{whole}{fraction}");
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        let length = i32::try_from(digits.len()).ok()?;
        let (whole, fraction) = if point <= 0 {
            (String::new(), zeros(point.checked_neg()?) + &digits)
        } else if point >= length {
            (digits + &zeros(point.checked_sub(length)?), String::new())
        } else {
            let (whole, fraction) = digits.split_at_checked(usize::try_from(point).ok()?)?;
            (whole.to_owned(), fraction.to_owned())
        };
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            significant => significant,
        };
        Some(Cow::Owned(match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            significant => format!("{whole}.{significant}"),
        }))
    }
}

impl<'de: 'a, 'a> FromJson<'de> for Number<'a> {
    const EXPECTED: &'static str = "a number";

    fn from_field<D: Deserializer<'de>>(field: D) -> Result<Wire<Self>, D::Error> {
        let raw = <&'de RawValue>::deserialize(field)?.get();
        Ok(match raw.bytes().next() {
            Some(b'-' | b'0'..=b'9') => Wire::Is(Number(raw)),
            Some(b'n') => Wire::Null,
            Some(b't' | b'f') => Wire::Wrong("a truth value"),
            Some(b'[') => Wire::Wrong("an array"),
            Some(b'{') => Wire::Wrong("an object"),
            _ => Wire::Wrong("text"),
        })
    }
}

/// An exact decimal, written as a number or as text; it never passes through floating point.
///
/// A provider that documents one of the two and sends the other has lost no digit by it.
///
/// ```
/// use paylink_core::json::{Amount, Wire, from_object};
/// use paylink_core::{Currency, Money};
///
/// #[derive(serde::Deserialize)]
/// struct MediaType<'a> {
///     #[serde(default, borrow)]
///     amount: Wire<Amount<'a>>,
/// }
///
/// for text in [r#"{"amount":"250000"}"#, r#"{"amount":250000}"#, r#"{"amount":250000.00}"#] {
///     let answer: MediaType<'_> = from_object(text)?;
///     let amount = answer.amount.required("amount")?.to_money("amount", Currency::Irt)?;
///     assert_eq!(amount, Money::new("250000", Currency::Irt)?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amount<'a>(Written<'a>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Written<'a> {
    Number(Number<'a>),
    Text(Cow<'a, str>),
}

impl Amount<'_> {
    /// The amount that it is in this currency.
    ///
    /// # Errors
    ///
    /// If it is negative, has more digits than an amount keeps exactly, or is text that [`Money::new`] does not read; it
    /// names the field.
    pub fn to_money(&self, field: &'static str, currency: Currency) -> Result<Money, Untrusted> {
        match &self.0 {
            Written::Number(number) => number.to_money(field, currency),
            Written::Text(text) => Money::new(text, currency)
                .map_err(|_| Untrusted::unexpected_form(field, "is not an exact amount")),
        }
    }
}

impl<'de: 'a, 'a> FromJson<'de> for Amount<'a> {
    const EXPECTED: &'static str = "an amount";

    fn from_field<D: Deserializer<'de>>(field: D) -> Result<Wire<Self>, D::Error> {
        let raw = <&'de RawValue>::deserialize(field)?;
        Ok(match read(raw)? {
            Wire::Is(number) => Wire::Is(Amount(Written::Number(number))),
            _ => match read(raw)? {
                Wire::Is(text) => Wire::Is(Amount(Written::Text(text))),
                Wire::Absent => Wire::Absent,
                Wire::Null => Wire::Null,
                Wire::Wrong(found) => Wire::Wrong(found),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::from_object;

    #[derive(Deserialize)]
    struct MediaType<'a> {
        #[serde(default, borrow)]
        amount: Wire<Number<'a>>,
    }

    fn amount(json: &str) -> Result<String, String> {
        let text = format!(r#"{{"amount":{json}}}"#);
        let answer: MediaType<'_> = from_object(&text).map_err(|error| error.to_string())?;
        let number = answer.amount.required("amount");
        number
            .and_then(|number| number.to_money("amount", Currency::Irr))
            .map(|money| money.amount())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_digit_is_kept() {
        for (written, read) in [
            ("0", "0"),
            ("16.35", "16.35"),
            ("0.1", "0.1"),
            ("9007199254740993", "9007199254740993"),
            ("9007199254740993.01", "9007199254740993.01"),
            ("1090.0", "1090.0"),
            ("1.0E7", "10000000"),
            ("1.635e1", "16.35"),
            ("1.09E+7", "10900000"),
            ("5E-1", "0.5"),
            ("12.5E-3", "0.0125"),
            ("0E0", "0"),
            ("0E40", "0"),
            ("0E-40", "0"),
        ] {
            assert_eq!(amount(written).as_deref(), Ok(read), "{written}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for (written, problem) in [
            ("-1", "amount is not an exact amount"),
            ("-1E3", "amount is not an exact amount"),
            ("1E999999999", "amount is not an exact amount"),
            ("1E41", "amount is not an exact amount"),
            ("1E-41", "amount is not an exact amount"),
            ("null", "amount is null"),
            ("true", "amount is a truth value, not a number"),
            ("\"1\"", "amount is text, not a number"),
            ("[1]", "amount is an array, not a number"),
            (r#"{"amount":1}"#, "amount is an object, not a number"),
        ] {
            let told = amount(written).unwrap_err();
            let changed = problem != "amount is null";
            assert!(told.starts_with(problem), "{written}: {told}");
            assert_eq!(told.contains("the provider changed its form"), changed);
        }
        for broken in ["01", "1.", ".5", "+1", "NaN", "1e", "0x1"] {
            assert!(amount(broken).unwrap_err().contains("not JSON"), "{broken}");
        }
        assert_eq!(
            from_object::<MediaType<'_>>("{}").unwrap().amount,
            Wire::Absent
        );
    }
}

#[cfg(test)]
mod amount_tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::from_object;

    #[derive(Deserialize)]
    struct MediaType<'a> {
        #[serde(default, borrow)]
        amount: Wire<Amount<'a>>,
    }

    fn amount(json: &str) -> Result<Money, String> {
        let text = format!(r#"{{"amount":{json}}}"#);
        let answer: MediaType<'_> = from_object(&text).map_err(|error| error.to_string())?;
        let amount = answer.amount.required("amount");
        amount
            .and_then(|amount| amount.to_money("amount", Currency::Irt))
            .map_err(|error| error.to_string())
    }

    proptest! {
        #[test]
        fn a_number_and_its_text_are_the_same_amount(number in 0_u64.., places in 0_usize..8) {
            let written = match places {
                0 => number.to_string(),
                places => format!("{number}.{:0>places$}", 7),
            };
            let expected = Money::new(&written, Currency::Irt).unwrap();
            prop_assert_eq!(amount(&written), Ok(expected));
            prop_assert_eq!(amount(&format!("\"{written}\"")), Ok(expected));
        }
    }

    #[test]
    fn text_is_read_in_any_digits_and_escaped_or_not() {
        let expected = Money::new("100.99", Currency::Irt).unwrap();
        for written in [
            r#""۱۰۰٫۹۹""#,
            r#""\u06f1\u06f0\u06f0\u066b\u06f9\u06f9""#,
            "1.0099e2",
        ] {
            assert_eq!(amount(written), Ok(expected), "{written}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let changed = "the provider changed its form; report it with this message";
        for written in [
            r#""1,000""#,
            r#""1e3""#,
            r#""-1""#,
            "-1",
            r#""""#,
            "0.12345678901234567890123456789",
        ] {
            let expected = format!("amount is not an exact amount: {changed}");
            assert_eq!(amount(written).unwrap_err(), expected, "{written}");
        }
        for (written, found) in [
            ("true", "a truth value"),
            ("[1]", "an array"),
            (r#"{"amount":1}"#, "an object"),
        ] {
            let expected = format!("amount is {found}, not an amount: {changed}");
            assert_eq!(amount(written).unwrap_err(), expected);
        }
        assert_eq!(amount("null").unwrap_err(), "amount is null");
        let absent = from_object::<MediaType<'_>>("{}").unwrap();
        assert_eq!(absent.amount, Wire::Absent);
    }
}
