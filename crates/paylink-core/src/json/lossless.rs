use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::value::RawValue;

use super::wire::FromJson;
use super::wire::Wire;

/// Reads a field in its documented form, or in another one that holds the same and nothing less.
///
/// Scripts write numbers as text and text as numbers, whatever their documents say. Where not a digit can be lost by
/// it, the field is read all the same: `"200"` as 200, `1000` as `"1000"`, `1`, `"1"` and `"true"` as true. What
/// could have lost something, such as `1000.0`, `1e3` or `"0019"`, stays of a wrong type. Whatever is compared is compared
/// to the letter afterwards.
///
/// It is named field by field, since not every field may be read so: a national id that was written as a number has
/// lost its leading zeros. An amount has a type of its own: [`Amount`](super::Amount).
///
/// # Errors
///
/// Whatever is not JSON.
///
/// ```
/// use paylink_core::json::{Wire, from_object, lossless};
///
/// #[derive(serde::Deserialize)]
/// struct MediaType {
///     #[serde(default, deserialize_with = "lossless")]
///     success: Wire<bool>,
///     #[serde(default, deserialize_with = "lossless")]
///     code: Wire<u64>,
///     #[serde(default, deserialize_with = "lossless")]
///     order: Wire<String>,
/// }
///
/// let answer: MediaType = from_object(r#"{"success":1,"code":"200","order":1000}"#)?;
/// assert!(answer.success.required("success")?);
/// assert_eq!(answer.code.required("code")?, 200);
/// assert_eq!(answer.order.required("order")?, "1000");
///
/// let answer: MediaType = from_object(r#"{"order":1000.0}"#)?;
/// assert_eq!(answer.order, Wire::Wrong("a fraction"));
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn lossless<'de, T: Lossless<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Wire<T>, D::Error> {
    let raw = <&'de RawValue>::deserialize(field)?;
    Ok(match read(raw)? {
        Wire::Wrong(found) => in_another_form(raw.get()).map_or(Wire::Wrong(found), Wire::Is),
        documented => documented,
    })
}

/// A type of field that [`lossless`] reads from another form than its own.
pub trait Lossless<'de>: FromJson<'de> {
    /// Reads a number from its text in the answer.
    fn from_number(_: &'de str) -> Option<Self> {
        None
    }

    /// Reads text that holds no escapes.
    fn from_quoted(_: &'de str) -> Option<Self> {
        None
    }
}

impl Lossless<'_> for u64 {
    fn from_quoted(text: &str) -> Option<u64> {
        whole(text).and_then(|digits| digits.parse().ok())
    }
}

impl Lossless<'_> for i64 {
    fn from_quoted(text: &str) -> Option<i64> {
        whole(text).and_then(|digits| digits.parse().ok())
    }
}

impl Lossless<'_> for bool {
    fn from_number(number: &str) -> Option<bool> {
        match number {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }
    }

    fn from_quoted(text: &str) -> Option<bool> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            digit => bool::from_number(digit),
        }
    }
}

impl Lossless<'_> for String {
    fn from_number(number: &str) -> Option<String> {
        whole(number).map(str::to_owned)
    }
}

impl<'de: 'a, 'a> Lossless<'de> for Cow<'a, str> {
    fn from_number(number: &'de str) -> Option<Self> {
        whole(number).map(Cow::Borrowed)
    }
}

/// Reads a field in its documented form.
pub(super) fn read<'de, T: FromJson<'de>, E: Error>(raw: &'de RawValue) -> Result<Wire<T>, E> {
    // The message would repeat the value; the reader of the whole answer adds line and column.
    serde_json::from_str(raw.get()).map_err(|_| E::custom("is not of the documented form"))
}

/// A whole number in the one spelling that it has: no leading zeros, plus sign, point, exponent or minus before zero.
fn whole(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let spelled_once = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    spelled_once.then_some(text)
}

fn in_another_form<'de, T: Lossless<'de>>(raw: &'de str) -> Option<T> {
    match raw.bytes().next()? {
        b'"' => {
            let text = raw.strip_prefix('"')?.strip_suffix('"')?;
            // Nobody escapes digits, and without escapes the text is what stands there.
            (!text.contains('\\')).then(|| T::from_quoted(text))?
        }
        b'-' | b'0'..=b'9' => T::from_number(raw),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::from_object;

    #[derive(Deserialize)]
    struct MediaType<'a> {
        #[serde(default, deserialize_with = "lossless")]
        unsigned: Wire<u64>,
        #[serde(default, deserialize_with = "lossless")]
        signed: Wire<i64>,
        #[serde(default, deserialize_with = "lossless")]
        truth: Wire<bool>,
        #[serde(default, deserialize_with = "lossless")]
        owned: Wire<String>,
        #[serde(default, borrow, deserialize_with = "lossless")]
        text: Wire<Cow<'a, str>>,
    }

    fn answer(field: &str, value: &str, check: impl FnOnce(MediaType<'_>)) {
        let text = format!(r#"{{"{field}":{value}}}"#);
        check(from_object(&text).unwrap());
    }

    fn unsigned(value: &str) -> Wire<u64> {
        let mut read = Wire::Absent;
        answer("unsigned", value, |answer| read = answer.unsigned);
        read
    }

    fn signed(value: &str) -> Wire<i64> {
        let mut read = Wire::Absent;
        answer("signed", value, |answer| read = answer.signed);
        read
    }

    fn truth(value: &str) -> Wire<bool> {
        let mut read = Wire::Absent;
        answer("truth", value, |answer| read = answer.truth);
        read
    }

    fn text(value: &str) -> Wire<String> {
        let mut read = Wire::Absent;
        answer("owned", value, |answer| read = answer.owned);
        answer("text", value, |answer| match (&read, answer.text) {
            (Wire::Is(owned), Wire::Is(text)) => assert_eq!(*owned, text),
            (Wire::Wrong(owned), Wire::Wrong(text)) => assert_eq!(*owned, text),
            (owned, text) => assert_eq!((owned, text), (&Wire::Null, Wire::Null)),
        });
        read
    }

    proptest! {
        #[test]
        fn whole_numbers_are_read_from_their_text_and_back(number: u64, negative in i64::MIN..0) {
            prop_assert_eq!(unsigned(&format!("\"{number}\"")), Wire::Is(number));
            prop_assert_eq!(unsigned(&number.to_string()), Wire::Is(number));
            prop_assert_eq!(text(&number.to_string()), Wire::Is(number.to_string()));
            prop_assert_eq!(signed(&format!("\"{negative}\"")), Wire::Is(negative));
            prop_assert_eq!(text(&negative.to_string()), Wire::Is(negative.to_string()));
            prop_assert_eq!(unsigned(&format!("\"{negative}\"")), Wire::Wrong("text"));
        }

        #[test]
        fn text_stays_as_it_is(written: String) {
            let json = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(text(&json), Wire::Is(written));
        }

        #[test]
        fn what_is_read_from_text_is_spelled_in_one_way(written in "[-+0-9.e ]{1,6}") {
            if let Wire::Is(number) = unsigned(&format!("\"{written}\"")) {
                prop_assert_eq!(number.to_string(), written);
            }
        }
    }

    #[test]
    fn truth_has_four_forms() {
        for written in ["true", "1", r#""1""#, r#""true""#] {
            assert_eq!(truth(written), Wire::Is(true), "{written}");
        }
        for written in ["false", "0", r#""0""#, r#""false""#] {
            assert_eq!(truth(written), Wire::Is(false), "{written}");
        }
        for (written, found) in [
            ("2", "a number"),
            ("-1", "a number"),
            ("1.0", "a fraction"),
            (r#""""#, "text"),
            (r#""True""#, "text"),
            (r#""yes""#, "text"),
            (r#"" 1""#, "text"),
            ("[true]", "an array"),
            (r#"{"truth":true}"#, "an object"),
        ] {
            assert_eq!(truth(written), Wire::Wrong(found), "{written}");
        }
        assert_eq!(truth("null"), Wire::Null);
    }

    #[test]
    fn what_could_have_lost_something_is_not_read() {
        for written in [
            r#""0019""#,
            r#""+19""#,
            r#""-0""#,
            r#""-""#,
            r#"" 19""#,
            r#""19 ""#,
            r#""19.0""#,
            r#""1e3""#,
            r#""۱۹""#,
            r#""\u0031""#,
            r#""""#,
            r#""18446744073709551616""#,
        ] {
            assert_eq!(unsigned(written), Wire::Wrong("text"), "{written}");
            assert_eq!(signed(written), Wire::Wrong("text"), "{written}");
        }
        for (written, found) in [
            ("1000.0", "a fraction"),
            ("1e3", "a fraction"),
            ("-0", "a fraction"),
            ("true", "a truth value"),
            ("[1000]", "an array"),
            (r#"{"n":1000}"#, "an object"),
        ] {
            assert_eq!(text(written), Wire::Wrong(found), "{written}");
        }
        assert_eq!(unsigned("1e3"), Wire::Wrong("a fraction"));
        assert_eq!(unsigned("true"), Wire::Wrong("a truth value"));
    }

    #[test]
    fn a_long_number_keeps_every_digit_as_text() {
        let long = "123456789012345678901234567890";
        assert_eq!(text(long), Wire::Is(long.to_owned()));
        assert_eq!(unsigned(long), Wire::Wrong("a fraction"));
    }

    #[test]
    fn absent_and_null_stay_what_they_are() {
        answer("other", "1", |answer| {
            assert_eq!(answer.unsigned, Wire::Absent);
            assert_eq!(answer.text, Wire::Absent);
        });
        assert_eq!(unsigned("null"), Wire::Null);
        assert_eq!(text("null"), Wire::Null);
    }

    #[test]
    fn broken_text_is_refused_without_repeating_it() {
        let broken = r#"{"text":"\ud800 6037701689095443"}"#;
        let error = from_object::<MediaType<'_>>(broken)
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("is not"), "{error}");
        assert!(!error.contains("6037"), "{error}");
    }
}
