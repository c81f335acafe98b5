//! Amounts of money, each with its unit.

mod currency;
mod exact;
mod rial;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

pub use currency::Currency;
pub use rial::{Rial, Toman};
use rust_decimal::Decimal;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digits::{Fractions, plain_decimal};
use crate::{FieldKey, Invalid, from_text};

/// An exact decimal amount in a [`Currency`], never negative, never rounded.
///
/// It keeps every amount of up to 28 significant digits and 28 decimal places, and up to
/// 79,228,162,514,264,337,593,543,950,335. What does not fit is refused.
///
/// Two amounts are equal when number and currency are: `100.990` is `100.99`, and `1 USD` is not `1 USDT`. Amounts in
/// different currencies have no order. The toman is a currency here ([`Currency::Irt`]), the rial another
/// ([`Currency::Irr`]): [`Rial`] and [`Toman`] are made of either by `TryFrom`, by value.
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
                invalid.with_value(text)
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
        Invalid::new(Money::KEY, problem).with_value(&self.to_string())
    }
}

/// Orders amounts in the same currency; others have no order.
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Money) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

/// An amount in rial, as `IRR`.
///
/// ```
/// use paylink_core::{Money, Rial};
///
/// assert_eq!(Money::from(Rial::new(150_000)).to_string(), "150000 IRR");
/// ```
impl From<Rial> for Money {
    fn from(amount: Rial) -> Money {
        Money {
            amount: Decimal::from(amount.get()),
            currency: Currency::Irr,
        }
    }
}

/// An amount in toman, as `IRT`.
///
/// ```
/// use paylink_core::{Money, Toman};
///
/// assert_eq!(Money::from(Toman::new(15_000)).to_string(), "15000 IRT");
/// ```
impl From<Toman> for Money {
    fn from(amount: Toman) -> Money {
        Money {
            amount: Decimal::from(amount.get()),
            currency: Currency::Irt,
        }
    }
}

/// The amount in rial, of `IRR` or `IRT`.
///
/// # Errors
///
/// Another currency, a fraction of a rial, or more than [`Rial`] holds; nothing is rounded or exchanged.
///
/// ```
/// use paylink_core::{Currency, Money, Rial};
///
/// assert_eq!(Rial::try_from(Money::new("15000.5", Currency::Irt)?)?, Rial::new(150_005));
/// assert!(Rial::try_from(Money::new("1", Currency::Usd)?).is_err());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
impl TryFrom<Money> for Rial {
    type Error = Invalid;

    fn try_from(money: Money) -> Result<Rial, Invalid> {
        let rial = match money.currency {
            Currency::Irr => exact::whole(money.amount, 1, 1),
            Currency::Irt => exact::whole(money.amount, 10, 1),
            Currency::Usd | Currency::Usdt => return Err(money.not_iranian()),
        };
        rial.map(Rial::new).ok_or_else(|| money.not_whole("rial"))
    }
}

/// The amount in toman, of `IRT` or `IRR`.
///
/// # Errors
///
/// Another currency, a fraction of a toman, or more than [`Toman`] holds; nothing is rounded or exchanged.
///
/// ```
/// use paylink_core::{Currency, Money, Toman};
///
/// assert_eq!(Toman::try_from(Money::new("150000", Currency::Irr)?)?, Toman::new(15_000));
/// assert!(Toman::try_from(Money::new("150005", Currency::Irr)?).is_err());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
impl TryFrom<Money> for Toman {
    type Error = Invalid;

    fn try_from(money: Money) -> Result<Toman, Invalid> {
        let toman = match money.currency {
            Currency::Irt => exact::whole(money.amount, 1, 1),
            Currency::Irr => exact::whole(money.amount, 1, 10),
            Currency::Usd | Currency::Usdt => return Err(money.not_iranian()),
        };
        toman
            .map(Toman::new)
            .ok_or_else(|| money.not_whole("toman"))
    }
}

impl Money {
    fn not_iranian(&self) -> Invalid {
        Invalid::new(Money::KEY, "is neither in toman nor in rial")
            .with_value(&self.to_string())
            .with_remedy("only IRT and IRR are converted to each other, nothing is exchanged")
    }

    fn not_whole(&self, unit: &str) -> Invalid {
        Invalid::new(
            Money::KEY,
            format!("is not a whole number of {unit}, or too large a one"),
        )
        .with_value(&self.to_string())
        .with_remedy("amounts are never rounded")
    }
}

const AMOUNT: &str = "amount";
const CURRENCY: &str = "currency";

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut money = serializer.serialize_struct("Money", 2)?;
        money.serialize_field(AMOUNT, &self.amount())?;
        money.serialize_field(CURRENCY, &self.currency())?;
        money.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        deserializer.deserialize_struct("Money", &[AMOUNT, CURRENCY], MoneyVisitor)
    }
}

/// Written by hand because a derived one would take an array for the two fields.
struct MoneyVisitor;

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with amount and currency")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let mut amount = None;
        let mut currency = None;
        while let Some(field) = map.next_key()? {
            match field {
                ComparedField::Amount if amount.is_some() => {
                    return Err(A::Error::duplicate_field(AMOUNT));
                }
                ComparedField::Amount => amount = Some(map.next_value::<Amount>()?.0),
                ComparedField::Currency if currency.is_some() => {
                    return Err(A::Error::duplicate_field(CURRENCY));
                }
                ComparedField::Currency => currency = Some(map.next_value()?),
            }
        }
        Ok(Money {
            amount: amount.ok_or_else(|| A::Error::missing_field(AMOUNT))?,
            currency: currency.ok_or_else(|| A::Error::missing_field(CURRENCY))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum ComparedField {
    Amount,
    Currency,
}

struct Amount(Decimal);

impl FromStr for Amount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Amount, Invalid> {
        exact::read(text).map(Amount)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        from_text::deserialize(deserializer)
    }
}
