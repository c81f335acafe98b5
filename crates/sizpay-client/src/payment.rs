use std::fmt;

use serde::Serialize;

use crate::{InvoiceNumber, PayState, SendId};

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
