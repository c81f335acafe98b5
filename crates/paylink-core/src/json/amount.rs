use std::borrow::Cow;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::leaf::FromJson;
use super::lossless::read;
use super::number::Number;
use super::wire::Wire;
use crate::{Currency, Money, Untrusted};

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
