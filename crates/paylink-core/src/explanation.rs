use serde::Serialize;

/// Texts about what a provider said, and who may do something about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// One sentence in English.
    pub english: &'static str,
    /// The same in Persian.
    pub persian: &'static str,
    /// Who can do something about it.
    pub whose: Party,
    /// Whether the text may be shown to the payer; else it is for the merchant alone.
    pub payer_may_see: bool,
}

impl Explanation {
    /// Texts that a payer may see: they name nothing technical, and make sense to somebody who is about to pay.
    #[must_use]
    pub const fn for_everyone(
        whose: Party,
        english: &'static str,
        persian: &'static str,
    ) -> Explanation {
        Explanation {
            english,
            persian,
            whose,
            payer_may_see: true,
        }
    }

    /// Texts for the merchant alone: they speak of keys, code or configuration.
    #[must_use]
    pub const fn for_merchant(
        whose: Party,
        english: &'static str,
        persian: &'static str,
    ) -> Explanation {
        Explanation {
            english,
            persian,
            whose,
            payer_may_see: false,
        }
    }
}

/// Who can do something about a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The merchant: configuration, code or the order.
    Merchant,
    /// The person who pays.
    Payer,
    /// The provider.
    Provider,
}
