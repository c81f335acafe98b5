use serde::Serialize;

use crate::provider::ids::Ids;

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
