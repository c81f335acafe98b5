use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Money;
use crate::{Invalid, digits};

/// Declares an amount that is counted in whole units.
macro_rules! whole_amounts {
    ($($(#[$doc:meta])+ $name:ident, $unit:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            #[doc = concat!("Takes an amount in ", $unit, ".")]
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// const SMALLEST: Amount = Amount::new(10_000);
            /// assert!(Amount::new(9_999) < SMALLEST);
            /// ```
            #[must_use]
            pub const fn new(amount: u64) -> $name {
                $name(amount)
            }

            #[doc = concat!("Reads an amount in ", $unit, " from its digits, as described for the type.")]
            ///
            /// # Errors
            ///
            /// Whatever is not a whole number, or too large; correct the text, nothing was guessed.
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// assert_eq!(Amount::parse("150,000")?.get(), 150_000);
            /// assert!(Amount::parse("1,50").is_err());
            /// assert!(Amount::parse("150000 toman").is_err() && Amount::parse("150000 rial").is_err());
            /// # Ok::<(), paylink_core::Invalid>(())
            /// ```
            pub fn parse(text: &str) -> Result<$name, Invalid> {
                digits::whole(Money::KEY, text).map($name)
            }

            #[doc = concat!("The number of ", $unit, ", bare, as a provider's wire takes it.")]
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// assert_eq!(Amount::new(150_000).get().to_string(), "150000");
            /// ```
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Adds, or gives `None` when the sum is too large.
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// assert_eq!(Amount::new(1).checked_add(Amount::new(2)), Some(Amount::new(3)));
            /// assert_eq!(Amount::new(u64::MAX).checked_add(Amount::new(1)), None);
            /// ```
            #[must_use]
            pub fn checked_add(self, other: $name) -> Option<$name> {
                self.0.checked_add(other.0).map($name)
            }

            /// Subtracts, or gives `None` when `other` is the larger amount.
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// assert_eq!(Amount::new(3).checked_sub(Amount::new(2)), Some(Amount::new(1)));
            /// assert_eq!(Amount::new(2).checked_sub(Amount::new(3)), None);
            /// ```
            #[must_use]
            pub fn checked_sub(self, other: $name) -> Option<$name> {
                self.0.checked_sub(other.0).map($name)
            }

            /// Takes the amount `times` times, or gives `None` when that is too large.
            ///
            /// ```
            #[doc = concat!("use paylink_core::", stringify!($name), " as Amount;")]
            ///
            /// assert_eq!(Amount::new(50_000).checked_mul(3), Some(Amount::new(150_000)));
            /// assert_eq!(Amount::new(u64::MAX).checked_mul(2), None);
            /// ```
            #[must_use]
            pub fn checked_mul(self, times: u64) -> Option<$name> {
                self.0.checked_mul(times).map($name)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<$name, Invalid> {
                $name::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{} ", $unit), self.0)
            }
        }
    )+};
}

whole_amounts! {
    /// A whole amount in rial, from 0 to 18,446,744,073,709,551,615.
    ///
    /// One toman is ten rial, and the two are distinct types: an amount changes its unit only by [`Rial::to_toman`] and
    /// [`Toman::to_rial`]. There is no default and no operator; arithmetic is checked.
    ///
    /// As text it is read in Latin, Persian or Arabic digits, plain or in groups of three (`150,000`, `۱۵۰٬۰۰۰`), by
    /// [`digits::whole`]; signs, units, fractions, leading zeros, spaces and ill-placed marks are refused. It is printed with
    /// its unit.
    /// Serde writes and reads it as an integer, never as text and never as a float; the name of the field should say the
    /// unit, as in `price_rial`.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// let price: Rial = "۱۵۰٬۰۰۰".parse()?;
    /// assert_eq!(price, Rial::new(150_000));
    /// assert_eq!(price.to_string(), "150000 rial");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    Rial, "rial";

    /// A whole amount in toman, from 0 to 18,446,744,073,709,551,615.
    ///
    /// One toman is ten rial, and the two are distinct types: an amount changes its unit only by [`Toman::to_rial`] and
    /// [`Rial::to_toman`]. There is no default and no operator; arithmetic is checked.
    ///
    /// As text it is read in Latin, Persian or Arabic digits, plain or in groups of three (`15,000`, `۱۵٬۰۰۰`), by
    /// [`digits::whole`]; signs, units, fractions, leading zeros, spaces and ill-placed marks are refused. It is printed with
    /// its unit.
    /// Serde writes and reads it as an integer, never as text and never as a float; the name of the field should say the
    /// unit, as in `price_toman`.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// let price: Toman = "۱۵٬۰۰۰".parse()?;
    /// assert_eq!(price, Toman::new(15_000));
    /// assert_eq!(price.to_string(), "15000 toman");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    Toman, "toman";
}

impl Rial {
    /// Converts to toman, ten rial each.
    ///
    /// # Errors
    ///
    /// An amount that leaves a remainder is refused, never rounded; keep it in rial.
    ///
    /// ```
    /// use paylink_core::{Rial, Toman};
    ///
    /// assert_eq!(Rial::new(150_000).to_toman()?, Toman::new(15_000));
    /// assert!(Rial::new(150_005).to_toman().is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn to_toman(self) -> Result<Toman, Invalid> {
        if self.0.is_multiple_of(10) {
            Ok(Toman::new(self.0 / 10))
        } else {
            Err(Invalid::new(Money::KEY, "is not a whole number of toman")
                .with_value(&self.to_string())
                .with_remedy("one toman is ten rial; keep this amount in rial"))
        }
    }
}

impl Toman {
    /// Converts to rial, a tenth of a toman each.
    ///
    /// # Errors
    ///
    /// An amount that a [`Rial`] cannot hold is refused; it is more money than there is, so look where it came from.
    ///
    /// ```
    /// use paylink_core::{Rial, Toman};
    ///
    /// assert_eq!(Toman::new(15_000).to_rial()?, Rial::new(150_000));
    /// assert!(Toman::new(u64::MAX).to_rial().is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn to_rial(self) -> Result<Rial, Invalid> {
        self.0.checked_mul(10).map(Rial::new).ok_or_else(|| {
            Invalid::new(Money::KEY, "is too large to be counted in rial")
                .with_value(&self.to_string())
                .with_remedy("check where the amount came from")
        })
    }
}
