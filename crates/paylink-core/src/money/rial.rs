use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Money;
use crate::{Invalid, digits};

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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rial(u64);

impl Rial {
    /// Takes an amount in rial.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// const SMALLEST: Rial = Rial::new(10_000);
    /// assert!(Rial::new(9_999) < SMALLEST);
    /// ```
    #[must_use]
    pub const fn new(rial: u64) -> Rial {
        Rial(rial)
    }

    /// Reads an amount in rial from its digits, as described for the type.
    ///
    /// # Errors
    ///
    /// Whatever is not a whole number, or too large; correct the text, nothing was guessed.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// assert_eq!(Rial::parse("150,000")?.get(), 150_000);
    /// assert!(Rial::parse("1,50").is_err());
    /// assert!(Rial::parse("150000 toman").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Rial, Invalid> {
        digits::whole(Money::KEY, text).map(Rial)
    }

    /// The number of rial, bare, as a provider's wire takes it.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// assert_eq!(Rial::new(150_000).get().to_string(), "150000");
    /// ```
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Adds, or gives `None` when the sum is too large.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// assert_eq!(Rial::new(1).checked_add(Rial::new(2)), Some(Rial::new(3)));
    /// assert_eq!(Rial::new(u64::MAX).checked_add(Rial::new(1)), None);
    /// ```
    #[must_use]
    pub fn checked_add(self, other: Rial) -> Option<Rial> {
        self.0.checked_add(other.0).map(Rial)
    }

    /// Subtracts, or gives `None` when `other` is the larger amount.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// assert_eq!(Rial::new(3).checked_sub(Rial::new(2)), Some(Rial::new(1)));
    /// assert_eq!(Rial::new(2).checked_sub(Rial::new(3)), None);
    /// ```
    #[must_use]
    pub fn checked_sub(self, other: Rial) -> Option<Rial> {
        self.0.checked_sub(other.0).map(Rial)
    }

    /// Takes the amount `times` times, or gives `None` when that is too large.
    ///
    /// ```
    /// use paylink_core::Rial;
    ///
    /// assert_eq!(Rial::new(50_000).checked_mul(3), Some(Rial::new(150_000)));
    /// assert_eq!(Rial::new(u64::MAX).checked_mul(2), None);
    /// ```
    #[must_use]
    pub fn checked_mul(self, times: u64) -> Option<Rial> {
        self.0.checked_mul(times).map(Rial)
    }

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

impl FromStr for Rial {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Rial, Invalid> {
        Rial::parse(text)
    }
}

impl fmt::Display for Rial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rial", self.0)
    }
}

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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Toman(u64);

impl Toman {
    /// Takes an amount in toman.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// const SMALLEST: Toman = Toman::new(1_000);
    /// assert!(Toman::new(999) < SMALLEST);
    /// ```
    #[must_use]
    pub const fn new(toman: u64) -> Toman {
        Toman(toman)
    }

    /// Reads an amount in toman from its digits, as described for the type.
    ///
    /// # Errors
    ///
    /// Whatever is not a whole number, or too large; correct the text, nothing was guessed.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// assert_eq!(Toman::parse("15,000")?.get(), 15_000);
    /// assert!(Toman::parse("15,0").is_err());
    /// assert!(Toman::parse("15000 rial").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Toman, Invalid> {
        digits::whole(Money::KEY, text).map(Toman)
    }

    /// The number of toman, bare, as a provider's wire takes it.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// assert_eq!(Toman::new(15_000).get().to_string(), "15000");
    /// ```
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Adds, or gives `None` when the sum is too large.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// assert_eq!(Toman::new(1).checked_add(Toman::new(2)), Some(Toman::new(3)));
    /// assert_eq!(Toman::new(u64::MAX).checked_add(Toman::new(1)), None);
    /// ```
    #[must_use]
    pub fn checked_add(self, other: Toman) -> Option<Toman> {
        self.0.checked_add(other.0).map(Toman)
    }

    /// Subtracts, or gives `None` when `other` is the larger amount.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// assert_eq!(Toman::new(3).checked_sub(Toman::new(2)), Some(Toman::new(1)));
    /// assert_eq!(Toman::new(2).checked_sub(Toman::new(3)), None);
    /// ```
    #[must_use]
    pub fn checked_sub(self, other: Toman) -> Option<Toman> {
        self.0.checked_sub(other.0).map(Toman)
    }

    /// Takes the amount `times` times, or gives `None` when that is too large.
    ///
    /// ```
    /// use paylink_core::Toman;
    ///
    /// assert_eq!(Toman::new(5_000).checked_mul(3), Some(Toman::new(15_000)));
    /// assert_eq!(Toman::new(u64::MAX).checked_mul(2), None);
    /// ```
    #[must_use]
    pub fn checked_mul(self, times: u64) -> Option<Toman> {
        self.0.checked_mul(times).map(Toman)
    }

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

impl FromStr for Toman {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Toman, Invalid> {
        Toman::parse(text)
    }
}

impl fmt::Display for Toman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} toman", self.0)
    }
}
