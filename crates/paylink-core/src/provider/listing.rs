use serde::{Deserialize, Serialize};

use super::Payment;
use crate::{FieldKey, JalaliDate};

/// Which of the merchant's payments to list, a page at a time.
///
/// ```
/// use paylink_core::provider::ListPayments;
///
/// let first = ListPayments::new().with_day("1403/05/20".parse()?);
/// assert!(first.after().is_none());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[must_use = "a list is read by a provider"]
pub struct ListPayments {
    day: Option<JalaliDate>,
    after: Option<Cursor>,
}

impl ListPayments {
    /// The first page of all payments.
    pub fn new() -> ListPayments {
        ListPayments::default()
    }

    /// Lists those that were created on this day in Tehran; [`Input::ListDay`](super::Input::ListDay).
    pub fn with_day(mut self, day: JalaliDate) -> ListPayments {
        self.day = Some(day);
        self
    }

    /// Goes on where a page ended; ask for the same day as for that page.
    pub fn with_after(mut self, cursor: Cursor) -> ListPayments {
        self.after = Some(cursor);
        self
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> Option<JalaliDate> {
        self.day
    }

    /// Where to go on.
    #[must_use]
    pub fn after(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }
}

/// Where a page ended. It is the provider's own text: keep it as it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("after", "cursor");

    /// A place in this provider's list.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Cursor {
        Cursor(text.into())
    }

    /// The provider's text for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PaymentPage {
    payments: Vec<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

impl PaymentPage {
    /// These payments, and where the next page begins; `None` if this is the last one.
    #[must_use]
    pub fn new(payments: Vec<Payment>, next: Option<Cursor>) -> PaymentPage {
        PaymentPage { payments, next }
    }

    /// The payments.
    pub fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// Where the next page begins.
    #[must_use]
    pub fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }
}
