use rust_decimal::Decimal;

use super::{Currency, Money, Rial, Toman, exact};
use crate::Invalid;

/// The way from the units of Iran and back, by value.
impl Money {
    /// Takes an amount in rial, as `IRR`.
    ///
    /// ```
    /// use paylink_core::{Money, Rial};
    ///
    /// assert_eq!(Money::from_rial(Rial::new(150_000)).to_string(), "150000 IRR");
    /// ```
    #[must_use]
    pub fn from_rial(amount: Rial) -> Money {
        Money {
            amount: Decimal::from(amount.get()),
            currency: Currency::Irr,
        }
    }

    /// Takes an amount in toman, as `IRT`.
    ///
    /// ```
    /// use paylink_core::{Money, Toman};
    ///
    /// assert_eq!(Money::from_toman(Toman::new(15_000)).to_string(), "15000 IRT");
    /// ```
    #[must_use]
    pub fn from_toman(amount: Toman) -> Money {
        Money {
            amount: Decimal::from(amount.get()),
            currency: Currency::Irt,
        }
    }

    /// Converts an amount in `IRR` or `IRT` to rial.
    ///
    /// # Errors
    ///
    /// Another currency, a fraction of a rial, or more than [`Rial`] holds; nothing is rounded or exchanged.
    ///
    /// ```
    /// use paylink_core::{Currency, Money, Rial};
    ///
    /// assert_eq!(Money::new("15000.5", Currency::Irt)?.to_rial()?, Rial::new(150_005));
    /// assert!(Money::new("1", Currency::Usd)?.to_rial().is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn to_rial(&self) -> Result<Rial, Invalid> {
        let rial = match self.currency {
            Currency::Irr => exact::whole(self.amount, 1, 1),
            Currency::Irt => exact::whole(self.amount, 10, 1),
            Currency::Usd | Currency::Usdt => return Err(self.not_iranian()),
        };
        rial.map(Rial::new).ok_or_else(|| self.not_whole("rial"))
    }

    /// Converts an amount in `IRT` or `IRR` to toman.
    ///
    /// # Errors
    ///
    /// Another currency, a fraction of a toman, or more than [`Toman`] holds; nothing is rounded or exchanged.
    ///
    /// ```
    /// use paylink_core::{Currency, Money, Toman};
    ///
    /// assert_eq!(Money::new("150000", Currency::Irr)?.to_toman()?, Toman::new(15_000));
    /// assert!(Money::new("150005", Currency::Irr)?.to_toman().is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn to_toman(&self) -> Result<Toman, Invalid> {
        let toman = match self.currency {
            Currency::Irt => exact::whole(self.amount, 1, 1),
            Currency::Irr => exact::whole(self.amount, 1, 10),
            Currency::Usd | Currency::Usdt => return Err(self.not_iranian()),
        };
        toman.map(Toman::new).ok_or_else(|| self.not_whole("toman"))
    }

    fn not_iranian(&self) -> Invalid {
        Invalid::new(Money::KEY, "is neither in toman nor in rial")
            .value(&self.to_string())
            .remedy("only IRT and IRR are converted to each other, nothing is exchanged")
    }

    fn not_whole(&self, unit: &str) -> Invalid {
        Invalid::new(
            Money::KEY,
            format!("is not a whole number of {unit}, or too large a one"),
        )
        .value(&self.to_string())
        .remedy("amounts are never rounded")
    }
}
