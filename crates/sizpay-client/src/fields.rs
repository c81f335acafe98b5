//! The kinds of fields in SizPay's answers, each readable from JSON and from the text of an XML element.

use paylink_core::digits;
use paylink_core::json::FromJson;

use crate::{InvoiceNumber, PayState, SendId};

/// The most characters of a payment's number that are taken for one.
const LONGEST_REFERENCE: usize = 64;

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

/// The id of a link that a list names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct IdField(pub(crate) SendId);

impl FromJson<'_> for IdField {
    const EXPECTED: &'static str = "the id of a link";

    fn from_text(text: &str) -> Option<IdField> {
        IdField::from_u64(whole(text)?.try_into().ok()?)
    }

    fn from_u64(value: u64) -> Option<IdField> {
        SendId::new(value).ok().map(IdField)
    }
}

/// The invoice number of a link that a list names; `None` if it is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NumberField(pub(crate) Option<InvoiceNumber>);

impl FromJson<'_> for NumberField {
    const EXPECTED: &'static str = "an invoice number";

    fn from_text(text: &str) -> Option<NumberField> {
        match text.trim() {
            "" => Some(NumberField(None)),
            number => number.parse().ok().map(Some).map(NumberField),
        }
    }

    fn from_u64(value: u64) -> Option<NumberField> {
        NumberField::from_text(&value.to_string())
    }

    fn from_negative(value: i64) -> Option<NumberField> {
        NumberField::from_text(&value.to_string())
    }
}

/// The documented 0 and 1, as a number, as text or as a truth value; anything else is a state that nobody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StateField(pub(crate) PayState);

impl FromJson<'_> for StateField {
    const EXPECTED: &'static str = "a number, text or a truth value";

    fn from_text(text: &str) -> Option<StateField> {
        Some(StateField(PayState::of(text)))
    }

    fn from_u64(value: u64) -> Option<StateField> {
        Some(StateField(match value {
            0 => PayState::Unpaid,
            1 => PayState::Paid,
            other => PayState::of(&other.to_string()),
        }))
    }

    fn from_negative(value: i64) -> Option<StateField> {
        StateField::from_text(&value.to_string())
    }

    fn from_bool(value: bool) -> Option<StateField> {
        Some(StateField(if value {
            PayState::Paid
        } else {
            PayState::Unpaid
        }))
    }
}

/// The number under which a payment was made; `None` where it says that there is none: empty, zero, false.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ReferenceField(pub(crate) Option<String>);

impl FromJson<'_> for ReferenceField {
    const EXPECTED: &'static str = "a reference number";

    fn from_text(text: &str) -> Option<ReferenceField> {
        let text = text.trim();
        if text.bytes().all(|byte| byte == b'0') {
            return Some(ReferenceField(None));
        }
        let plain =
            !text.chars().any(char::is_control) && text.chars().count() <= LONGEST_REFERENCE;
        plain.then(|| ReferenceField(Some(text.to_owned())))
    }

    fn from_u64(value: u64) -> Option<ReferenceField> {
        ReferenceField::from_text(&value.to_string())
    }

    fn from_negative(value: i64) -> Option<ReferenceField> {
        ReferenceField::from_text(&value.to_string())
    }

    fn from_bool(value: bool) -> Option<ReferenceField> {
        (!value).then_some(ReferenceField(None))
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
    use super::*;

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

    #[test]
    fn a_link_s_id_is_above_zero() {
        assert_eq!(IdField::from_text(" ۲۶۰۴۱ ").unwrap().0.get(), 26041);
        assert_eq!(IdField::from_u64(1).unwrap().0.get(), 1);
        for text in ["0", "-1", "", "x", "1.0", "9223372036854775808"] {
            assert_eq!(IdField::from_text(text), None, "{text:?}");
        }
        assert_eq!(IdField::from_u64(0), None);
        assert_eq!(IdField::from_u64(1 << 63), None);
    }

    #[test]
    fn a_reference_number_is_kept_to_the_letter_or_said_to_be_none() {
        for none in ["", " ", "0", "000"] {
            assert_eq!(
                ReferenceField::from_text(none),
                Some(ReferenceField(None)),
                "{none:?}"
            );
        }
        let number = |text: &str| ReferenceField::from_text(text)?.0;
        assert_eq!(number(" 0077 ").as_deref(), Some("0077"));
        assert_eq!(number(&"7".repeat(64)), Some("7".repeat(64)));
        assert_eq!(ReferenceField::from_text(&"7".repeat(65)), None);
        assert_eq!(ReferenceField::from_text("7\n7"), None);
        assert_eq!(ReferenceField::from_bool(false), Some(ReferenceField(None)));
        assert_eq!(ReferenceField::from_bool(true), None);
    }
}
