use serde::Serialize;
use utoipa::ToSchema;

/// The currencies of ZiPay's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = ZipayCurrency)]
pub enum Currency {
    /// United States dollar.
    Usd,
    /// Tether.
    Usdt,
    /// Iranian toman, not rial.
    Irt,
}

impl Currency {
    /// Reads a currency as the wire writes it.
    #[must_use]
    pub fn from_wire(code: &str) -> Option<Self> {
        [Self::Usd, Self::Usdt, Self::Irt]
            .into_iter()
            .find(|currency| currency.code() == code)
    }

    /// Returns the code as the wire writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Usdt => "USDT",
            Self::Irt => "IRT",
        }
    }

    /// The unit as a payer reads it.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Usd => "دلار",
            Self::Usdt => "تتر",
            Self::Irt => "تومان",
        }
    }
}
