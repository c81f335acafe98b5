use std::fmt::Display;

use super::Settlement;
use super::mismatch::{ComparedField, Difference, Mismatch};
use super::proof::{CheckResult, FieldCheck, Proof};
use crate::Money;

/// Holds what a provider reported against what the merchant's record says, field by field.
///
/// Adapters of providers use it; it is the only way to a [`Proof`]. Every [`ComparedField`] has to be compared, or declared as
/// one that the provider never reports: one that was forgotten is a mismatch, not a pass.
///
/// ```
/// use paylink_core::{ComparedField, Comparison, Currency, Money};
///
/// let expected = Money::new("10", Currency::Usd)?;
/// let reported = Money::new("9", Currency::Usd)?;
/// let mismatch = Comparison::new("example")
///     .money(&expected, &reported)
///     .equal(ComparedField::Order, "1000", "1000")
///     .equal(ComparedField::Merchant, &1003, &1003)
///     .equal(ComparedField::Reference, "a", "a")
///     .finish()
///     .unwrap_err();
/// assert!(mismatch.has(ComparedField::Amount) && !mismatch.has(ComparedField::Order));
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Debug)]
pub struct Comparison {
    provider: &'static str,
    amount: Option<Money>,
    checks: Vec<FieldCheck>,
    differences: Vec<Difference>,
}

impl Comparison {
    /// Begins a comparison for this provider's payments.
    #[must_use]
    pub fn new(provider: &'static str) -> Comparison {
        Comparison {
            provider,
            amount: None,
            checks: Vec::with_capacity(ComparedField::ALL.len()),
            differences: Vec::new(),
        }
    }

    /// Compares amount and currency.
    #[must_use]
    pub fn money(mut self, expected: &Money, reported: &Money) -> Comparison {
        self.amount = Some(*expected);
        self.equal(
            ComparedField::Currency,
            &expected.currency(),
            &reported.currency(),
        )
        .compare(
            ComparedField::Amount,
            expected.same_amount(reported),
            &expected.amount(),
            &reported.amount(),
        )
    }

    /// Declares that the provider never reports amount and currency: the proof then rests on what was asked for when the
    /// payment was created.
    ///
    /// ```
    /// use paylink_core::{CheckResult, ComparedField, Comparison, Money, Rial, Settlement};
    ///
    /// let agreement = Comparison::new("example")
    ///     .money_not_reported(&Money::from(Rial::new(10_000)))
    ///     .equal(ComparedField::Order, "1000", "1000")
    ///     .not_reported(ComparedField::Merchant, "shop")
    ///     .equal(ComparedField::Reference, "a", "a")
    ///     .finish()
    ///     .map_err(|mismatch| mismatch.to_string())?;
    /// let settlement: Settlement<()> = agreement.with_receipt("880012345678").already_settled();
    /// let proof = settlement.proof().ok_or("no proof")?;
    /// assert_eq!(proof.receipt(), Some("880012345678"));
    /// let amount = proof.checks().iter().find(|check| check.field() == ComparedField::Amount).ok_or("no check")?;
    /// assert_eq!((amount.expected(), amount.result()), ("10000", CheckResult::NotReported));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn money_not_reported(mut self, expected: &Money) -> Comparison {
        self.amount = Some(*expected);
        self.not_reported(ComparedField::Currency, &expected.currency())
            .not_reported(ComparedField::Amount, &expected.amount())
    }

    /// Compares the amount of a provider that never reports the currency: it is taken to be the expected one, and the
    /// proof says so.
    ///
    /// ```
    /// use paylink_core::{ComparedField, Comparison, Currency, Money};
    ///
    /// let compared = |reported: &str| {
    ///     Comparison::new("example")
    ///         .amount_only(&Money::new("16.35", Currency::Irr)?, &Money::new(reported, Currency::Irr)?)
    ///         .equal(ComparedField::Order, "1000", "1000")
    ///         .equal(ComparedField::Merchant, "a", "a")
    ///         .equal(ComparedField::Reference, "b", "b")
    ///         .finish()
    ///         .map_err(|mismatch| assert!(mismatch.has(ComparedField::Amount) && !mismatch.has(ComparedField::Currency)))
    ///         .or(Err(paylink_core::Invalid::new(paylink_core::Money::KEY, "differs")))
    /// };
    /// assert!(compared("16.350").is_ok());
    /// assert!(compared("16").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn amount_only(mut self, expected: &Money, reported: &Money) -> Comparison {
        self.amount = Some(*expected);
        self.not_reported(ComparedField::Currency, &expected.currency())
            .compare(
                ComparedField::Amount,
                expected.same_amount(reported),
                &expected.amount(),
                &reported.amount(),
            )
    }

    /// Compares one field; equal is what `PartialEq` says.
    #[must_use]
    pub fn equal<T: PartialEq + Display + ?Sized>(
        self,
        field: ComparedField,
        expected: &T,
        reported: &T,
    ) -> Comparison {
        self.compare(field, expected == reported, expected, reported)
    }

    /// Declares that the provider never reports this field, so that it cannot be compared.
    #[must_use]
    pub fn not_reported(
        mut self,
        field: ComparedField,
        expected: &(impl Display + ?Sized),
    ) -> Comparison {
        self.checks.push(FieldCheck::new(
            field,
            expected.to_string(),
            CheckResult::NotReported,
        ));
        self
    }

    /// Ends the comparison.
    ///
    /// # Errors
    ///
    /// Every difference found, and every field that was neither compared nor declared. Do not deliver.
    pub fn finish(mut self) -> Result<Agreement, Mismatch> {
        for field in ComparedField::ALL {
            let seen = self.checks.iter().any(|check| check.field() == field)
                || self
                    .differences
                    .iter()
                    .any(|difference| difference.field() == field);
            if !seen {
                self.differences
                    .push(Difference::new(field, &"a comparison", &"none"));
            }
        }
        match (Mismatch::of(self.differences), self.amount) {
            (Some(mismatch), _) => Err(mismatch),
            (None, Some(amount)) => Ok(Agreement {
                provider: self.provider,
                amount,
                checks: self.checks,
                receipt: None,
            }),
            (None, None) => Err(Mismatch::new(ComparedField::Amount, &"an amount", &"none")),
        }
    }

    fn compare(
        mut self,
        field: ComparedField,
        equal: bool,
        expected: &(impl Display + ?Sized),
        reported: &(impl Display + ?Sized),
    ) -> Comparison {
        if equal {
            self.checks.push(FieldCheck::new(
                field,
                expected.to_string(),
                CheckResult::Equal,
            ));
        } else {
            self.differences
                .push(Difference::new(field, expected, reported));
        }
        self
    }
}

/// The payment is the one that the merchant's record describes. Whether it is paid is the adapter's to say.
#[derive(Debug)]
pub struct Agreement {
    provider: &'static str,
    amount: Money,
    checks: Vec<FieldCheck>,
    receipt: Option<String>,
}

impl Agreement {
    /// Keeps the number under which the payment itself was made, for the proof.
    #[must_use]
    pub fn with_receipt(mut self, number: &str) -> Agreement {
        self.receipt = Some(crate::text::excerpt(number, 64));
        self
    }

    /// The provider confirmed the payment just now.
    pub fn settled<V>(self) -> Settlement<V> {
        Settlement::Settled(self.prove())
    }

    /// The provider says that the payment was confirmed before.
    pub fn already_settled<V>(self) -> Settlement<V> {
        Settlement::AlreadySettled(self.prove())
    }

    fn prove(self) -> Proof {
        Proof::new(self.provider, self.amount, self.checks, self.receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckResult, Currency};

    #[test]
    fn money_that_is_never_reported_is_declared_and_stated_in_the_proof() {
        let amount = Money::new("11385", Currency::Irr).unwrap();
        let agreement = Comparison::new("example")
            .money_not_reported(&amount)
            .equal(ComparedField::Order, "1000", "1000")
            .not_reported(ComparedField::Merchant, "shop")
            .not_reported(ComparedField::Reference, &19)
            .finish()
            .unwrap();
        let settlement: Settlement<()> = agreement.settled();
        let proof = settlement.proof().unwrap();
        assert_eq!(proof.amount(), &amount);
        for check in proof.checks() {
            let reported = check.field() == ComparedField::Order;
            assert_eq!(check.result() == CheckResult::Equal, reported, "{check:?}");
        }
        assert_eq!(proof.checks().len(), ComparedField::ALL.len());
    }
}
