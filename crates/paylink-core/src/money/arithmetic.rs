use std::cmp::Ordering;

use super::{Money, exact};
use crate::Invalid;

/// Arithmetic within one currency; every result is exact or refused.
impl Money {
    /// Adds an amount in the same currency.
    ///
    /// # Errors
    ///
    /// Another currency (convert first), or a sum with more digits than can be kept exactly.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// let sum = Money::new("100.99", Currency::Usd)?.checked_add(Money::new("0.01", Currency::Usd)?)?;
    /// assert_eq!(sum.to_string(), "101.00 USD");
    /// assert!(sum.checked_add(Money::new("1", Currency::Usdt)?).is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn checked_add(self, other: Money) -> Result<Money, Invalid> {
        self.require_currency_of(other)?;
        match exact::add(self.amount, other.amount) {
            Some(amount) => Ok(Money { amount, ..self }),
            None => Err(self.refused(format!("plus {other} cannot be kept exactly"))),
        }
    }

    /// Subtracts an amount in the same currency.
    ///
    /// # Errors
    ///
    /// Another currency (convert first), a larger amount, or a difference with more digits than can be kept exactly.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// let price = Money::new("100.99", Currency::Usd)?;
    /// let paid = Money::new("100", Currency::Usd)?;
    /// assert_eq!(price.checked_sub(paid)?.to_string(), "0.99 USD");
    /// assert!(paid.checked_sub(price).is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn checked_sub(self, other: Money) -> Result<Money, Invalid> {
        self.require_currency_of(other)?;
        if self.amount < other.amount {
            return Err(self.refused(format!("is less than {other}")));
        }
        match exact::subtract(self.amount, other.amount) {
            Some(amount) => Ok(Money { amount, ..self }),
            None => Err(self.refused(format!("minus {other} cannot be kept exactly"))),
        }
    }

    fn require_currency_of(self, other: Money) -> Result<(), Invalid> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(self.refused(format!("is in another currency than {other}")))
        }
    }

    fn refused(self, problem: String) -> Invalid {
        Invalid::new(Money::KEY, problem).value(&self.to_string())
    }
}

/// Orders amounts in the same currency; others have no order.
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Money) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}
