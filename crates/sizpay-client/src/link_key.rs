use paylink_core::{Handle, JalaliDate};

use crate::descriptor::SEND_ID;
use crate::parameters::Parameters;
use crate::{InvoiceNumber, SendId};

/// By what a sent link is named: one of the two, never both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum LinkKey {
    SendId(SendId),
    InvoiceNumber(InvoiceNumber),
}

/// A sent link, named the way that REST wants it: by one of its keys and the day on which it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SentLinkKey {
    key: LinkKey,
    sent_on: JalaliDate,
}

impl SentLinkKey {
    pub(crate) fn by_send_id(send_id: SendId, sent_on: JalaliDate) -> SentLinkKey {
        SentLinkKey {
            key: LinkKey::SendId(send_id),
            sent_on,
        }
    }

    pub(crate) fn by_invoice_number(number: InvoiceNumber, sent_on: JalaliDate) -> SentLinkKey {
        SentLinkKey {
            key: LinkKey::InvoiceNumber(number),
            sent_on,
        }
    }

    /// Adds the three fields of the document's sections 2 to 5: the key that is not used is 0 or empty.
    pub(crate) fn write<'a>(&'a self, parameters: Parameters<'a>) -> Parameters<'a> {
        let (id, number) = match &self.key {
            LinkKey::SendId(id) => (id.get(), ""),
            LinkKey::InvoiceNumber(number) => (0, number.as_str()),
        };
        parameters
            .number(SEND_ID, id)
            .text("PayLinkFactorNo", number)
            .text("PayLinkFactorDate", self.sent_on.to_string())
    }

    pub(crate) fn describe(&self, handle: Handle) -> Handle {
        let handle = handle.id("PayLinkFactorDate", self.sent_on.to_string());
        match &self.key {
            LinkKey::SendId(id) => handle.id(SEND_ID, id.to_string()),
            LinkKey::InvoiceNumber(number) => handle.reference(number.as_str()),
        }
    }
}
