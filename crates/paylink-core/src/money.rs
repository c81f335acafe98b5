//! Amounts of money, each with its unit.

mod arithmetic;
mod currency;
mod exact;
mod iranian;
mod rial;
mod serial;
mod toman;

#[cfg(test)]
mod tests;

use std::fmt;

use rust_decimal::Decimal;

pub use currency::Currency;
pub use rial::Rial;
pub use toman::Toman;

use crate::digits::{Fractions, plain_decimal};
use crate::{FieldKey, Invalid};

/// An exact decimal amount in a [`Currency`], never negative, never rounded.
///
/// It keeps every amount of up to 28 significant digits and 28 decimal places, and up to
/// 79,228,162,514,264,337,593,543,950,335. What does not fit is refused.
///
/// Two amounts are equal when number and currency are: `100.990` is `100.99`, and `1 USD` is not `1 USDT`. Amounts in
/// different currencies have no order. The toman is a currency here ([`Currency::Irt`]), the rial another
/// ([`Currency::Irr`]): [`Money::to_rial`] and [`Money::to_toman`] convert between them by value.
///
/// Serde writes `{"amount":"100.99","currency":"USD"}` and reads exactly that shape: the amount as text, no field
/// missing, unknown or twice.
///
/// ```
/// use paylink_core::{Currency, Money};
///
/// let price = Money::new("100.99", Currency::Usd)?;
/// assert_eq!(price.to_string(), "100.99 USD");
/// assert_eq!(price, Money::new("100.990", Currency::Usd)?);
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// The field under which an amount is refused, whatever its type.
    pub const KEY: FieldKey = FieldKey::new("amount", "amount");

    /// Reads an amount written as a plain decimal, such as `100.99` or `۱۰۰٫۹۹`: what programs and providers write.
    ///
    /// Digits may be Latin, Persian or Arabic, the decimal point `.` or `٫` with a digit on both sides. Zero is an amount.
    /// What a person typed is read by [`Money::parse`].
    ///
    /// # Errors
    ///
    /// Signs, exponents, thousands separators, spaces and leading zeros are refused, and so is what cannot be kept
    /// exactly; correct the text, nothing was guessed.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// assert_eq!(Money::new("۱۰۰٫۹۹", Currency::Usd)?, Money::new("100.99", Currency::Usd)?);
    /// for refused in ["-1", "1e3", "1,000", "1.", ".5", " 1", "007", "0.00000000000000000000000000001"] {
    ///     assert_eq!(Money::new(refused, Currency::Usd).unwrap_err().key(), "amount");
    /// }
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn new(amount: &str, currency: Currency) -> Result<Money, Invalid> {
        exact::read(amount).map(|amount| Money { amount, currency })
    }

    /// Reads an amount that a person typed, such as `250,000`, `۲۵۰٬۰۰۰` or `1,250.75`.
    ///
    /// As [`Money::new`], and thousands marks (`,`, `،` or `٬`, one kind at a time) may stand between groups of three.
    ///
    /// # Errors
    ///
    /// As [`Money::new`]. Ill-placed and mixed marks are refused, and what can be read in two ways: `1,000` in dollars,
    /// which elsewhere in the world is one dollar, and `250.000` in rial or toman, which to many is a quarter of a million.
    /// The remedy says how to write either; nothing was guessed.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// assert_eq!(Money::parse("۲۵۰٬۰۰۰", Currency::Irt)?, Money::new("250000", Currency::Irt)?);
    /// assert_eq!(Money::parse("1,000.50", Currency::Usd)?, Money::new("1000.50", Currency::Usd)?);
    /// let error = Money::parse("1,000", Currency::Usd).unwrap_err();
    /// assert_eq!(error.to_string(), "amount \"1,000\" can be read in two ways: write 1000 or 1.000");
    /// assert!(Money::parse("250.000", Currency::Irt).is_err());
    /// assert!(Money::parse("12,5", Currency::Usd).is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str, currency: Currency) -> Result<Money, Invalid> {
        let fractions = match currency {
            Currency::Irr | Currency::Irt => Fractions::Rare,
            Currency::Usd | Currency::Usdt => Fractions::Usual,
        };
        let plain = plain_decimal(Money::KEY, text, fractions)?;
        let shown_as_typed = |invalid: Invalid| {
            if plain == text {
                invalid
            } else {
                invalid.value(text)
            }
        };
        Money::new(&plain, currency).map_err(shown_as_typed)
    }

    /// The number as a plain decimal in Latin digits, with the decimal places it was written with.
    ///
    /// Zeros at the end are dropped only where there is no room for them.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// assert_eq!(Money::new("۱٫۰۰", Currency::Usd)?.amount(), "1.00");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn amount(&self) -> String {
        self.amount.to_string()
    }

    /// The unit of the amount.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// assert_eq!(Money::new("1", Currency::Irt)?.currency(), Currency::Irt);
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether the amount is more than zero.
    ///
    /// ```
    /// use paylink_core::{Currency, Money};
    ///
    /// assert!(Money::new("0.01", Currency::Usd)?.is_positive());
    /// assert!(!Money::new("0.00", Currency::Usd)?.is_positive());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        !self.amount.is_zero()
    }

    /// Whether the numbers are equal, whatever the currencies.
    pub(crate) fn same_amount(&self, other: &Money) -> bool {
        self.amount == other.amount
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}
