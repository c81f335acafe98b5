mod item;
mod wire;

use std::fmt;

use paylink_core::Money;
use serde::Serialize;

pub use item::InvoiceItem;
pub(crate) use wire::WireInvoice;

use crate::{InvoiceId, State};

/// An invoice as POD reports it.
///
/// The id is always there. The flags and amounts decide about money: POD may leave one out, and then it is `None` and
/// never a default, while one of a wrong type makes the answer refused. The others are for display: one that came in
/// another form is `None`, and its name stands in `unreadable`.
///
/// Amounts are exact and in rial, whole or not; [`Money::to_rial`] gives the whole ones. `Debug` leaves personal data out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Invoice {
    /// POD's id.
    pub id: InvoiceId,
    /// The sum of the items.
    pub total_amount: Option<Money>,
    /// What the payer has to pay: the total with its tax. Settling compares it.
    pub payable_amount: Option<Money>,
    /// The tax within the payable amount.
    pub tax: Option<Money>,
    /// The merchant's own number.
    pub bill_number: Option<String>,
    /// POD's code, by which anybody may pay the invoice.
    pub unique_number: Option<String>,
    /// Whether it is paid; a three-step invoice is not called paid before it is verified.
    pub paid: Option<bool>,
    /// Whether a payer is at the bank's gateway.
    pub waiting: Option<bool>,
    /// Whether it was cancelled.
    pub cancelled: Option<bool>,
    /// Whether it was closed.
    pub closed: Option<bool>,
    /// Whether the merchant has to verify the payment within the hour.
    pub verification_needed: Option<bool>,
    /// Whether the payment is guaranteed for a later day, or arranged with another invoice.
    pub will_be_paid: Option<bool>,
    /// Whether the money of this paid invoice is meant for another one.
    pub will_be_blocked: Option<bool>,
    /// When it will be paid, in milliseconds since 1970.
    pub will_be_paid_at_ms: Option<u64>,
    /// POD's id of the business that issued it.
    pub business: Option<u64>,
    /// The code of the guild it was issued in.
    pub guild: Option<String>,
    /// POD's number of the payment.
    pub payment_bill_number: Option<String>,
    /// When it was issued, in milliseconds since 1970.
    pub issued_at_ms: Option<u64>,
    /// When it was paid, in milliseconds since 1970; `None` if it was not.
    pub paid_at_ms: Option<u64>,
    /// The reference number of the payment, from the bank.
    pub payment_reference: Option<String>,
    /// The payer's card, with six and four digits at most.
    pub masked_card_number: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What the merchant stored with it.
    pub metadata: Option<String>,
    /// POD's id of the user that it was issued to.
    pub user: Option<u64>,
    /// The name of the user that it was issued to; personal data.
    pub user_name: Option<String>,
    /// The items, as far as they could be read.
    pub items: Vec<InvoiceItem>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Invoice {
    /// What the flags say together.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(self)
    }

    /// Whether it names a business in a form that could not be read: that is another one than the merchant's.
    pub(crate) fn hides_its_business(&self) -> bool {
        let mut unreadable = self.unreadable.iter();
        unreadable.any(|field| matches!(*field, wire::BUSINESS | wire::BUSINESS_ID))
    }
}

impl fmt::Debug for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoice")
            .field("id", &self.id)
            .field("state", &self.state())
            .field("payable_amount", &self.payable_amount)
            .field("bill_number", &self.bill_number)
            .field("verification_needed", &self.verification_needed)
            .field("closed", &self.closed)
            .field("issued_at_ms", &self.issued_at_ms)
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}
