use serde::Serialize;

use super::PaymentState;
use crate::Money;
use crate::ids::Ids;

/// What a provider has about a payment, as far as it says. It is a view, not a proof: settling makes proofs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[must_use = "a view says where a payment stands"]
pub struct Payment {
    provider: &'static str,
    state: PaymentState,
    provider_state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    ids: Ids,
}

impl Payment {
    /// A payment in this state, which the provider calls `provider_state`. Adapters of providers make it.
    pub fn new(provider: &'static str, state: PaymentState, provider_state: &str) -> Payment {
        Payment {
            provider,
            state,
            provider_state: crate::text::excerpt(provider_state, 40),
            reference: None,
            amount: None,
            receipt: None,
            ids: Ids::default(),
        }
    }

    /// Adds the merchant's reference, as the provider reports it.
    pub fn reference(mut self, reference: Option<&str>) -> Payment {
        self.reference = reference.map(|text| crate::text::excerpt(text, 200));
        self
    }

    /// Adds the amount, as the provider reports it.
    pub fn amount(mut self, amount: Option<Money>) -> Payment {
        self.amount = amount;
        self
    }

    /// Adds the number under which the payment itself was made.
    pub fn receipt(mut self, number: Option<&str>) -> Payment {
        self.receipt = number.map(|text| crate::text::excerpt(text, 64));
        self
    }

    /// Adds one of the provider's ids, under the provider's name for it.
    pub fn id(mut self, name: &str, value: impl Into<String>) -> Payment {
        self.ids.add(name, value);
        self
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &PaymentState {
        &self.state
    }

    /// The provider's own word for it.
    #[must_use]
    pub fn provider_state(&self) -> &str {
        &self.provider_state
    }

    /// The merchant's reference, where the provider reports it.
    #[must_use]
    pub fn reported_reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The amount, where the provider reports it.
    #[must_use]
    pub fn reported_amount(&self) -> Option<&Money> {
        self.amount.as_ref()
    }

    /// The number under which the payment itself was made, where the provider reports it.
    #[must_use]
    pub fn reported_receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    /// The provider's ids, each with its name.
    pub fn known_ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ids.iter()
    }
}
