use std::fmt;

use serde::{Serialize, Serializer};

/// Whether a link was paid.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PayState {
    /// Not paid (0).
    Unpaid,
    /// Paid (1).
    Paid,
    /// Neither of the two, or unreadable, or in contradiction with itself; success as little as failure.
    Other(Box<str>),
}

impl PayState {
    /// The state in one word, or SizPay's own text for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            PayState::Unpaid => "unpaid",
            PayState::Paid => "paid",
            PayState::Other(text) => text,
        }
    }

    /// Reads the documented 0 and 1 from text, or a truth value.
    pub(crate) fn of(status: &str) -> PayState {
        match status.trim() {
            "0" => PayState::Unpaid,
            "1" => PayState::Paid,
            other if other.eq_ignore_ascii_case("false") => PayState::Unpaid,
            other if other.eq_ignore_ascii_case("true") => PayState::Paid,
            other => PayState::Other(paylink_core::text::excerpt(other, 40).into()),
        }
    }

    pub(crate) fn undecided(why: &str) -> PayState {
        PayState::Other(why.into())
    }
}

impl fmt::Display for PayState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for PayState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::json::FromJson;

    use super::PayState;
    use crate::fields::StateField;

    #[test]
    fn only_zero_and_one_decide() {
        let number = |number: u64| StateField::from_u64(number).unwrap().0;
        assert_eq!(number(1), PayState::Paid);
        assert_eq!(number(0), PayState::Unpaid);
        assert_eq!(number(2), PayState::Other("2".into()));
        assert_eq!(StateField::from_bool(true).unwrap().0, PayState::Paid);
        assert_eq!(StateField::from_bool(false).unwrap().0, PayState::Unpaid);
        let negative = StateField::from_negative(-1).unwrap().0;
        assert_eq!(negative, PayState::Other("-1".into()));
        assert_eq!(PayState::of(" 1 "), PayState::Paid);
        assert_eq!(PayState::of("True"), PayState::Paid);
        assert_eq!(PayState::of("FALSE"), PayState::Unpaid);
        for other in ["2", "-1", "", "01", "paid", "yes"] {
            assert!(
                matches!(PayState::of(other), PayState::Other(_)),
                "{other:?}"
            );
        }
    }
}
