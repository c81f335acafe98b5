use std::fmt;

use serde::{Serialize, Serializer};

use crate::fields::Scalar;

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

    /// Reads the documented 0 and 1, as a number, as text or as a truth value.
    pub(crate) fn of(status: Scalar) -> PayState {
        let text = status.into_text();
        match text.as_str() {
            "0" => PayState::Unpaid,
            "1" => PayState::Paid,
            other if other.eq_ignore_ascii_case("false") => PayState::Unpaid,
            other if other.eq_ignore_ascii_case("true") => PayState::Paid,
            other => PayState::Other(paylink_core::text::excerpt(other, 40).into()),
        }
    }

    pub(crate) fn unreadable(why: &str) -> PayState {
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
    use super::PayState;
    use crate::fields::Scalar;

    #[test]
    fn only_zero_and_one_decide() {
        let text = |text: &str| PayState::of(Scalar::Text(text.to_owned()));
        assert_eq!(PayState::of(Scalar::Number(1)), PayState::Paid);
        assert_eq!(PayState::of(Scalar::Number(0)), PayState::Unpaid);
        assert_eq!(PayState::of(Scalar::Bool(true)), PayState::Paid);
        assert_eq!(PayState::of(Scalar::Bool(false)), PayState::Unpaid);
        assert_eq!(text(" 1 "), PayState::Paid);
        assert_eq!(text("True"), PayState::Paid);
        for other in ["2", "-1", "", "01", "paid", "yes"] {
            assert!(matches!(text(other), PayState::Other(_)), "{other:?}");
        }
    }
}
