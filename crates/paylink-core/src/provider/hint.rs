use serde::{Deserialize, Serialize};

use super::Payment;
use crate::{FieldKey, JalaliDate};

/// What a payer's browser or a webhook claims: which payment it is about, and nothing more.
///
/// Anybody can send one. It is worth settling the order it names; it proves nothing, and no
/// [`PaymentRecord`](super::PaymentRecord) can be made of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hint {
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    ids: Ids,
}

impl Hint {
    /// A hint of this provider that names nothing yet. Adapters of providers make it.
    #[must_use]
    pub fn new(provider: &'static str) -> Hint {
        Hint {
            provider,
            reference: None,
            ids: Ids::default(),
        }
    }

    /// Adds the order that it claims to be about.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Hint {
        self.reference = Some(reference.into());
        self
    }

    /// Adds an id that it names, under the name that the payment's record has for it.
    #[must_use]
    pub fn with_id(mut self, name: &str, value: impl Into<String>) -> Hint {
        self.ids.add(name, value);
        self
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The order that it claims to be about. Look it up in the merchant's own books.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The ids that it names, each with its name.
    pub fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ids.iter()
    }
}

/// Ids of a provider, each under the provider's name for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ids(Vec<Id>);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Id {
    name: String,
    value: String,
}

impl Ids {
    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push(Id {
            name: name.to_owned(),
            value: value.into(),
        });
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(one, value)| (one == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|id| (id.name.as_str(), id.value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

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
