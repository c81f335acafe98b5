use std::time::SystemTime;

use paylink_core::provider::OrderReference;
use paylink_core::{Checked, Money, Proof};
use serde::{Deserialize, Serialize};

use super::moment::Moment;

/// That an order is paid and its goods are due, with what proved it.
///
/// The desk makes it once for an order. As JSON it goes into the outbox and comes back equal; it holds no secret, and no
/// proof can be made of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "goods that are due have to go out"]
pub struct Delivery {
    order: String,
    account: String,
    provider: String,
    reference: OrderReference,
    amount: Money,
    provider_reference: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// What the provider reported as the order has it.
    compared: Vec<String>,
    /// What the provider never reports.
    not_reported: Vec<String>,
    at_ms: Moment,
}

impl Delivery {
    pub(super) fn proved(
        order: &str,
        account: &str,
        reference: &OrderReference,
        proof: &Proof,
        now: SystemTime,
    ) -> Delivery {
        let fields = |how| {
            let checks = proof
                .checks()
                .iter()
                .filter(move |check| check.checked() == how);
            checks
                .map(|check| check.field().as_str().to_owned())
                .collect()
        };
        Delivery {
            order: order.to_owned(),
            account: account.to_owned(),
            provider: proof.provider().to_owned(),
            reference: reference.clone(),
            amount: *proof.amount(),
            provider_reference: proof.reference().to_owned(),
            receipt: proof.receipt().map(str::to_owned),
            compared: fields(Checked::Equal),
            not_reported: fields(Checked::NotReported),
            at_ms: Moment::of(now),
        }
    }

    /// What tells this delivery from every other one of the store, however often it is tried: use it to recognise goods that
    /// were sent before. An order has one delivery, so it is the order's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.order
    }

    /// The order, as the store names it.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The account through which it was paid.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The provider that confirmed it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The reference under which it was paid.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// How much was paid, in what the provider counts in.
    #[must_use]
    pub fn amount(&self) -> &Money {
        &self.amount
    }

    /// The provider's id of the payment.
    #[must_use]
    pub fn provider_reference(&self) -> &str {
        &self.provider_reference
    }

    /// The number under which the payment itself was made, where the provider reports one.
    #[must_use]
    pub fn receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    /// The fields that were compared and equal.
    pub fn compared(&self) -> impl Iterator<Item = &str> {
        self.compared.iter().map(String::as_str)
    }

    /// The fields that the provider never reports.
    pub fn not_reported(&self) -> impl Iterator<Item = &str> {
        self.not_reported.iter().map(String::as_str)
    }

    /// When the order was handed out.
    #[must_use]
    pub fn at(&self) -> SystemTime {
        self.at_ms.time()
    }
}

/// A delivery that a worker has taken from the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a delivery that was taken has to be closed or put off"]
pub struct DueDelivery {
    delivery: Delivery,
    tries: u32,
}

impl DueDelivery {
    /// A row of the outbox, taken so often, this time included.
    pub fn new(delivery: Delivery, tries: u32) -> DueDelivery {
        DueDelivery { delivery, tries }
    }

    /// What is due.
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// How often it was taken, this time included.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.tries
    }
}
