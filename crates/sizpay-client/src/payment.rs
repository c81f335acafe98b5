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
    /// Which of the two ids the answer itself names.
    #[serde(skip)]
    pub(crate) names: Names,
}

/// Which ids an answer names, and which are known from the question alone.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Names {
    pub(crate) send_id: bool,
    pub(crate) invoice_number: bool,
}

impl Payment {
    /// Whether the answer itself says which link it is.
    pub(crate) fn is_named(&self) -> bool {
        self.names.send_id || self.names.invoice_number
    }

    /// Whether it is there beyond doubt. An answer without a list says "unpaid" of a link that was never sent, too.
    pub(crate) fn certainly_exists(&self) -> bool {
        self.raw.is_some() || self.state == PayState::Paid
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
