use std::fmt;

use crate::{FieldKey, Invalid};

/// The unit of a [`Money`](crate::Money).
///
/// Printed and serialised as its code; read from the code in upper or lower case. A code that is not listed here is
/// refused: an amount in an unknown unit decides nothing.
///
/// ```
/// use paylink_core::Currency;
///
/// assert_eq!("usdt".parse(), Ok(Currency::Usdt));
/// assert_eq!(Currency::Irt.to_string(), "IRT");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Currency {
    /// The dollar of the United States, `USD`.
    Usd,
    /// Tether, the token pegged to the dollar, `USDT`.
    Usdt,
    /// Toman, `IRT`: ten rial.
    Irt,
    /// Rial, `IRR`.
    Irr,
}

impl Currency {
    /// The field under which a currency is refused.
    pub const KEY: FieldKey = FieldKey::new("currency", "currency");

    /// Every currency known here.
    ///
    /// ```
    /// use paylink_core::Currency;
    ///
    /// let codes = Currency::ALL.map(Currency::code);
    /// assert_eq!(codes, ["USD", "USDT", "IRT", "IRR"]);
    /// ```
    pub const ALL: [Currency; 4] = [Currency::Usd, Currency::Usdt, Currency::Irt, Currency::Irr];

    /// Reads a currency from its code, in upper or lower case.
    ///
    /// # Errors
    ///
    /// An unknown code; the remedy lists the known ones.
    ///
    /// ```
    /// use paylink_core::Currency;
    ///
    /// assert_eq!(Currency::parse("IRT")?, Currency::Irt);
    /// let error = Currency::parse("EUR").unwrap_err();
    /// assert_eq!(error.to_string(), "currency \"EUR\" is not known: use one of USD, USDT, IRT (toman), IRR (rial)");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(code: &str) -> Result<Currency, Invalid> {
        Currency::ALL
            .into_iter()
            .find(|currency| currency.code().eq_ignore_ascii_case(code))
            .ok_or_else(|| {
                Invalid::new(Currency::KEY, "is not known")
                    .with_value(code)
                    .with_remedy("use one of USD, USDT, IRT (toman), IRR (rial)")
            })
    }

    /// The code, as providers write it.
    ///
    /// ```
    /// use paylink_core::Currency;
    ///
    /// assert_eq!(Currency::Usd.code(), "USD");
    /// ```
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Currency::Usd => "USD",
            Currency::Usdt => "USDT",
            Currency::Irt => "IRT",
            Currency::Irr => "IRR",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

crate::serde_as_text!(Currency);
