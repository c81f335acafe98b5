use paylink_core::{Field, Mismatch};

use crate::form::Form;
use crate::{BillNumber, Invoice, InvoiceId};

/// What names an invoice: POD's id, or the merchant's own number.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum InvoiceKey {
    /// By POD's id.
    Id(InvoiceId),
    /// By the merchant's own number.
    BillNumber(BillNumber),
}

impl InvoiceKey {
    pub(crate) fn write(&self, form: Form) -> Form {
        match self {
            InvoiceKey::Id(id) => form.pair("id", id),
            InvoiceKey::BillNumber(number) => form.pair("billNumber", number),
        }
    }

    /// Whether a filter that looks for a part of the name lets an invoice through that has another one.
    pub(crate) fn may_let_through(&self, invoice: &Invoice) -> bool {
        match self {
            InvoiceKey::Id(_) => false,
            InvoiceKey::BillNumber(number) => {
                let reported = invoice.bill_number.as_deref();
                reported.is_some_and(|reported| reported.contains(number.as_str()))
            }
        }
    }

    /// How an invoice differs from the one that is named; `None` if it is the one.
    pub(crate) fn difference(&self, invoice: &Invoice) -> Option<Mismatch> {
        match self {
            InvoiceKey::Id(id) => {
                (invoice.id != *id).then(|| Mismatch::one(Field::Reference, id, &invoice.id))
            }
            InvoiceKey::BillNumber(number) => {
                let reported = invoice.bill_number.as_deref().unwrap_or("none");
                (reported != number.as_str()).then(|| Mismatch::one(Field::Order, number, reported))
            }
        }
    }
}

impl From<InvoiceId> for InvoiceKey {
    fn from(id: InvoiceId) -> InvoiceKey {
        InvoiceKey::Id(id)
    }
}

impl From<BillNumber> for InvoiceKey {
    fn from(number: BillNumber) -> InvoiceKey {
        InvoiceKey::BillNumber(number)
    }
}
