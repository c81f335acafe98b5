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
    NothingToDo,
    /// Something in the request, the credentials or the configuration has to be set right; then it may be repeated.
    MendAndRepeat,
    /// The time for it has not come, or something else is under way; later it may be repeated as it is.
    WaitAndRepeat,
    /// It may have been carried out: its state has to be read before anything is repeated.
    LookUpFirst,
    /// The money is there, or waits to be confirmed: settle instead of asking for the payment again.
    SettleInstead,
    /// This payment has come to its end without money. Only a new one, under a reference of its own, can be paid.
    StartAnew,
    /// Repeating it cannot help, or could harm: a person has to look at it.
    NeverRepeat,
}

impl Advice {
    /// Every advice there is, in a fixed order.
    pub const ALL: &'static [Advice] = &[
        Advice::NothingToDo,
        Advice::MendAndRepeat,
        Advice::WaitAndRepeat,
        Advice::LookUpFirst,
        Advice::SettleInstead,
        Advice::StartAnew,
        Advice::NeverRepeat,
    ];

    /// It as a sentence in English, for the merchant.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Advice::NothingToDo => "Nothing is left to do.",
            Advice::MendAndRepeat => "Set right what it names, then repeat the request.",
            Advice::WaitAndRepeat => "Wait a little, then try again.",
            Advice::LookUpFirst => "Look up what became of it before you repeat anything.",
            Advice::SettleInstead => {
                "Do not repeat it: settle the payment against your own record."
            }
            Advice::StartAnew => {
                "Do not repeat it: if the order is still wanted and nothing was paid, create a new payment."
            }
            Advice::NeverRepeat => "Do not repeat it: a person has to look at it.",
        }
    }

    /// The same in Persian.
    #[must_use]
    pub const fn persian(self) -> &'static str {
        match self {
            Advice::NothingToDo => "کار دیگری لازم نیست.",
            Advice::MendAndRepeat => "آنچه را نادرست است اصلاح کنید و درخواست را دوباره بفرستید.",
            Advice::WaitAndRepeat => "کمی صبر کنید و دوباره تلاش کنید.",
            Advice::LookUpFirst => "پیش از هر تکرار، نتیجهٔ آن را استعلام کنید.",
            Advice::SettleInstead => {
                "آن را تکرار نکنید؛ پرداخت را با سفارش ثبت‌شدهٔ خودتان تطبیق دهید و نهایی کنید."
            }
            Advice::StartAnew => {
                "آن را تکرار نکنید؛ اگر سفارش هنوز برقرار است و چیزی پرداخت نشده، پرداخت تازه‌ای بسازید."
            }
            Advice::NeverRepeat => "آن را تکرار نکنید؛ کسی باید موضوع را بررسی کند.",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Advice::NothingToDo => "nothing to do",
            Advice::MendAndRepeat => "mend and repeat",
            Advice::WaitAndRepeat => "wait and repeat",
            Advice::LookUpFirst => "look up first",
            Advice::SettleInstead => "settle instead",
            Advice::StartAnew => "start anew",
            Advice::NeverRepeat => "never repeat",
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
    /// assert_eq!(told(Effect::NotExecuted), Some(Advice::MendAndRepeat));
    /// assert_eq!(told(Effect::Unknown), Some(Advice::LookUpFirst));
    /// ```
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        match self.effect() {
            Effect::Unknown => Some(Advice::LookUpFirst),
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
    pub whose: Party,
    /// Whether the text may be shown to the payer; else it is for the merchant alone.
    pub payer_may_see: bool,
}

impl Explanation {
    /// Texts that a payer may see: they name nothing technical, and make sense to a person who is about to pay.
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
