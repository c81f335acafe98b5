use std::fmt;

use serde::Serialize;

use crate::{Effect, Error};

/// What to do next about what a provider said.
///
/// It speaks of one answer. Where an earlier attempt may have been carried out, that comes first: ask
/// [`Error::advice`], which knows of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Advice {
    /// It is done, or its end is reached: nothing is left to do.
    NoAction,
    /// Something in the request, the credentials or the configuration has to be set right; then it may be repeated.
    FixAndRetry,
    /// The time for it has not come, or something else is under way; later it may be repeated as it is.
    RetryLater,
    /// It may have been carried out: its state has to be read before anything is repeated.
    ResolveFirst,
    /// The money is there, or waits to be confirmed: settle instead of asking for the payment again.
    SettleInstead,
    /// This payment has come to its end without money. Only a new one, under a reference of its own, can be paid.
    CreateNew,
    /// Repeating it cannot help, or could harm: a person has to look at it.
    DoNotRetry,
}

impl Advice {
    /// Every advice there is, in a fixed order.
    pub const ALL: &'static [Advice] = &[
        Advice::NoAction,
        Advice::FixAndRetry,
        Advice::RetryLater,
        Advice::ResolveFirst,
        Advice::SettleInstead,
        Advice::CreateNew,
        Advice::DoNotRetry,
    ];

    /// It as a sentence in English, for the merchant.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Advice::NoAction => "Nothing is left to do.",
            Advice::FixAndRetry => "Set right what it names, then repeat the request.",
            Advice::RetryLater => "Wait a little, then try again.",
            Advice::ResolveFirst => "Look up what became of it before you repeat anything.",
            Advice::SettleInstead => {
                "Do not repeat it: settle the payment against your own record."
            }
            Advice::CreateNew => {
                "Do not repeat it: if the order is still wanted and nothing was paid, create a new payment."
            }
            Advice::DoNotRetry => "Do not repeat it: a person has to look at it.",
        }
    }

    /// The same in Persian.
    #[must_use]
    pub const fn persian(self) -> &'static str {
        match self {
            Advice::NoAction => "کار دیگری لازم نیست.",
            Advice::FixAndRetry => "آنچه را نادرست است اصلاح کنید و درخواست را دوباره بفرستید.",
            Advice::RetryLater => "کمی صبر کنید و دوباره تلاش کنید.",
            Advice::ResolveFirst => "پیش از هر تکرار، نتیجهٔ آن را استعلام کنید.",
            Advice::SettleInstead => {
                "آن را تکرار نکنید؛ پرداخت را با سفارش ثبت‌شدهٔ خودتان تطبیق دهید و نهایی کنید."
            }
            Advice::CreateNew => {
                "آن را تکرار نکنید؛ اگر سفارش هنوز برقرار است و چیزی پرداخت نشده، پرداخت تازه‌ای بسازید."
            }
            Advice::DoNotRetry => "آن را تکرار نکنید؛ کسی باید موضوع را بررسی کند.",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Advice::NoAction => "no action",
            Advice::FixAndRetry => "fix and retry",
            Advice::RetryLater => "retry later",
            Advice::ResolveFirst => "resolve first",
            Advice::SettleInstead => "settle instead",
            Advice::CreateNew => "create new",
            Advice::DoNotRetry => "do not retry",
        })
    }
}

impl Error {
    /// What to do next, where that can be told: an unknown outcome is looked up first, whatever the last answer said.
    ///
    /// ```
    /// use paylink_core::{Advice, Effect, Error, ErrorKind, Reason, Refusal};
    ///
    /// let told = |effect| {
    ///     Error::new(ErrorKind::Refused, effect, "the provider refused")
    ///         .with_refusal(Refusal::new("3", Reason::AmountTooSmall))
    ///         .advice()
    /// };
    /// assert_eq!(told(Effect::NotExecuted), Some(Advice::FixAndRetry));
    /// assert_eq!(told(Effect::Unknown), Some(Advice::ResolveFirst));
    /// ```
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        match self.effect() {
            Effect::Unknown => Some(Advice::ResolveFirst),
            Effect::NotExecuted => self.refusal().map(crate::Refusal::advice),
        }
    }
}

/// Texts about what a provider said, and who may do something about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// One sentence in English.
    pub english: &'static str,
    /// The same in Persian.
    pub persian: &'static str,
    /// Who can do something about it.
    pub party: Party,
    /// Whether the text may be shown to the payer; else it is for the merchant alone.
    pub visible_to_payer: bool,
}

impl Explanation {
    /// Texts that a payer may see: they name nothing technical, and make sense to a person who is about to pay.
    #[must_use]
    pub const fn for_everyone(
        party: Party,
        english: &'static str,
        persian: &'static str,
    ) -> Explanation {
        Explanation {
            english,
            persian,
            party,
            visible_to_payer: true,
        }
    }

    /// Texts for the merchant alone: they speak of keys, code or configuration.
    #[must_use]
    pub const fn for_merchant(
        party: Party,
        english: &'static str,
        persian: &'static str,
    ) -> Explanation {
        Explanation {
            english,
            persian,
            party,
            visible_to_payer: false,
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Advice;

    #[test]
    fn each_has_words_of_its_own_in_both_languages() {
        let mut words = HashSet::new();
        for advice in Advice::ALL {
            assert!(advice.english().is_ascii() && advice.english().ends_with('.'));
            assert!(!advice.persian().contains(|c: char| c.is_ascii_alphabetic()));
            for text in [advice.english(), advice.persian(), &advice.to_string()] {
                assert!(words.insert(text.to_owned()), "{text}");
            }
        }
    }
}
