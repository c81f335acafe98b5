use serde::Serialize;

use super::mismatch::ComparedField;
use crate::Money;

/// Proof that a payment was made, and was the one that the merchant's record describes.
///
/// It comes out of settling alone: no hint of a browser or a webhook can be turned into one, and it cannot be read back
/// from a store. Write it into the order's record as evidence.
///
/// ```compile_fail
/// let proof = paylink_core::Proof { provider: "zipay" };
/// ```
#[derive(Debug, Serialize)]
pub struct Proof {
    provider: &'static str,
    amount: Money,
    checks: Vec<FieldCheck>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

impl Proof {
    pub(super) fn new(
        provider: &'static str,
        amount: Money,
        checks: Vec<FieldCheck>,
        receipt: Option<String>,
    ) -> Proof {
        Proof {
            provider,
            amount,
            checks,
            receipt,
        }
    }

    crate::getters! { self;
        /// Who has confirmed it.
        provider: &'static str = self.provider;
        /// How much was paid.
        amount: &Money = &self.amount;
        /// What was compared, field by field.
        checks: &[FieldCheck] = &self.checks;
    }

    /// The merchant's order number.
    #[must_use]
    pub fn order(&self) -> &str {
        self.value_of(ComparedField::Order)
    }

    /// The provider's id of the payment.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.value_of(ComparedField::Reference)
    }

    /// The number under which the payment itself was made, where the provider reports one.
    #[must_use]
    pub fn receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    fn value_of(&self, field: ComparedField) -> &str {
        self.checks
            .iter()
            .find(|check| check.field == field)
            .map_or("", |check| &check.expected)
    }
}

/// One field that was compared.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldCheck {
    field: ComparedField,
    expected: String,
    checked: CheckResult,
}

impl FieldCheck {
    pub(super) fn new(field: ComparedField, expected: String, checked: CheckResult) -> FieldCheck {
        FieldCheck {
            field,
            expected,
            checked,
        }
    }

    crate::getters! { self;
        /// Which field.
        field: ComparedField = self.field;
        /// What the merchant's record says.
        expected: &str = &self.expected;
        /// Whether the provider reported the same, or never reports it.
        result: CheckResult = self.checked;
    }
}

/// How a field was checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// The provider reported the same.
    Equal,
    /// The provider never reports it, as its adapter declares.
    NotReported,
}
