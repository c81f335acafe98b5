use std::fmt;

use serde::{Serialize, Serializer};

use crate::{InvoiceNumber, SendId};

/// What SizPay reports about one sent link.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Payment {
    /// SizPay's id of the sent link. Where the answer names none and only one was asked about, it is that one.
    pub send_id: Option<SendId>,
    /// The merchant's number. Where the answer names none and only one was asked about, it is that one.
    pub invoice_number: Option<InvoiceNumber>,
    /// Whether it was paid.
    pub state: PayState,
    /// The number under which the payment was made, once it was.
    pub reference: Option<String>,
    /// The element of SizPay's list as it came; `None` where the answer held no list. It may hold personal data.
    pub raw: Option<String>,
    /// How the answer itself names the link.
    #[serde(skip)]
    pub(crate) names: Names,
}

/// Which of the two ids an answer itself gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Names {
    pub(crate) send_id: Named,
    pub(crate) invoice_number: Named,
}

/// What an answer says of an id. What is there and cannot be read is never the same as what is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Named {
    /// Nothing: it is left out, or null.
    #[default]
    Not,
    /// It gives one.
    Is,
    /// It says that there is none.
    Empty,
    /// It gives something that is none; the text says what kind of thing.
    Unreadable(&'static str),
}

impl Named {
    /// What stands in the id's place, for a mismatch; `None` if it is left out, or is an id.
    pub(crate) fn instead(self) -> Option<String> {
        match self {
            Named::Not | Named::Is => None,
            Named::Empty => Some("empty".to_owned()),
            Named::Unreadable(found) => Some(format!("unreadable: {found}")),
        }
    }
}

impl Payment {
    /// Whether the answer itself says which link it is.
    pub(crate) fn is_named(&self) -> bool {
        self.names.send_id == Named::Is || self.names.invoice_number == Named::Is
    }

    /// Whether the answer itself gives the send id of the link.
    pub(crate) fn gives_send_id(&self) -> bool {
        self.names.send_id == Named::Is
    }

    /// Whether it is there beyond doubt. An answer that names no link says "unpaid" of one that was never sent, too.
    pub(crate) fn certainly_exists(&self) -> bool {
        self.is_named() || self.state == PayState::Paid
    }

    /// Whether it says the same as another, however it is written.
    pub(crate) fn says_the_same_as(&self, other: &Payment) -> bool {
        (
            self.send_id,
            &self.invoice_number,
            &self.state,
            &self.reference,
        ) == (
            other.send_id,
            &other.invoice_number,
            &other.state,
            &other.reference,
        ) && self.names == other.names
    }
}

impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payment")
            .field("send_id", &self.send_id)
            .field("invoice_number", &self.invoice_number)
            .field("state", &self.state)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

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

    use super::*;
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
            let state = PayState::of(other);
            assert!(matches!(state, PayState::Other(_)), "{other:?}");
        }
    }
}
