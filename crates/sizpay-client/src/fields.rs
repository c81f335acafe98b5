//! The kinds of fields in SizPay's answers, each readable from JSON and from the text of an XML element.

use paylink_core::digits;
use paylink_core::json::FromJson;

/// A field that the text of an XML element can stand for.
#[cfg(feature = "soap")]
pub(crate) trait FromXml: Sized {
    /// Reads the text; `None` if it is not of this kind.
    fn from_xml(text: &str) -> Option<Self>;
}

/// `ResCod`: a whole number, as a number or as text. A sibling service of SizPay's sends it as either.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ResCod(pub(crate) i64);

impl FromJson<'_> for ResCod {
    const EXPECTED: &'static str = "a whole number";

    fn from_text(text: &str) -> Option<ResCod> {
        whole(text).map(ResCod)
    }

    fn from_u64(value: u64) -> Option<ResCod> {
        i64::try_from(value).ok().map(ResCod)
    }

    fn from_negative(value: i64) -> Option<ResCod> {
        Some(ResCod(value))
    }
}

#[cfg(feature = "soap")]
impl FromXml for ResCod {
    fn from_xml(text: &str) -> Option<ResCod> {
        whole(text).map(ResCod)
    }
}

#[cfg(feature = "soap")]
impl FromXml for u64 {
    fn from_xml(text: &str) -> Option<u64> {
        whole(text)?.try_into().ok()
    }
}

#[cfg(feature = "soap")]
impl FromXml for String {
    fn from_xml(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

/// A value whose form the documents leave open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Scalar {
    Number(i64),
    Text(String),
    Bool(bool),
}

impl Scalar {
    /// The value as text, without white space around it.
    pub(crate) fn into_text(self) -> String {
        match self {
            Scalar::Number(number) => number.to_string(),
            Scalar::Text(text) => text.trim().to_owned(),
            Scalar::Bool(value) => value.to_string(),
        }
    }
}

impl FromJson<'_> for Scalar {
    const EXPECTED: &'static str = "a number, text or a truth value";

    fn from_text(text: &str) -> Option<Scalar> {
        Some(Scalar::Text(text.to_owned()))
    }

    fn from_u64(value: u64) -> Option<Scalar> {
        Some(i64::try_from(value).map_or_else(|_| Scalar::Text(value.to_string()), Scalar::Number))
    }

    fn from_negative(value: i64) -> Option<Scalar> {
        Some(Scalar::Number(value))
    }

    fn from_bool(value: bool) -> Option<Scalar> {
        Some(Scalar::Bool(value))
    }
}

#[cfg(feature = "soap")]
impl FromXml for Scalar {
    fn from_xml(text: &str) -> Option<Scalar> {
        Scalar::from_text(text)
    }
}

/// A whole number in digits of any script, with white space around it as XML schema allows.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let latin = digits::latin(text.trim());
    let unsigned = latin.strip_prefix('-').unwrap_or(&latin);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| latin.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn whole_numbers_and_nothing_else() {
        for (text, number) in [("1", 1), (" 1\n", 1), ("01", 1), ("-105", -105), ("۱", 1)] {
            assert_eq!(whole(text), Some(number), "{text:?}");
        }
        for text in [
            "",
            "-",
            "+1",
            "1.0",
            "1 0",
            "true",
            "0x1",
            "9223372036854775808",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }
}
