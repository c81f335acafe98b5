use serde::Serialize;

use crate::Party::{Merchant, Payer, Provider};
use crate::{Advice, Explanation};

/// Why a provider refused, in words that all providers share.
///
/// A provider's own code says more; see [`Refusal::code`](crate::Refusal::code).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The key, token or signature was not accepted.
    BadCredentials,
    /// The credentials are good, but not for this.
    NotAllowed,
    /// The provider knows no such payment, invoice or page.
    NotFound,
    /// The merchant's reference was used before.
    DuplicateOrder,
    /// It is paid already.
    AlreadyPaid,
    /// It is not paid yet.
    NotPaidYet,
    /// Its time is over.
    Expired,
    /// It was cancelled or disabled.
    Cancelled,
    /// It is closed and can no longer change.
    Closed,
    /// It is paid and waits for the merchant's confirmation.
    AwaitingConfirmation,
    /// It waits for the bank's gateway.
    AwaitingGateway,
    /// The amount is below what the provider takes.
    AmountTooSmall,
    /// There is not enough money or credit.
    InsufficientFunds,
    /// The same was asked for a moment ago.
    TooSoon,
    /// It was asked for too many times.
    TooMany,
    /// Something in the request is missing or malformed.
    BadRequest,
    /// The provider failed inside.
    ProviderFailure,
    /// None of the others, as far as the provider's words tell.
    Other,
}

impl Reason {
    /// Every reason there is, in a fixed order.
    pub const ALL: &'static [Reason] = &[
        Reason::BadCredentials,
        Reason::NotAllowed,
        Reason::NotFound,
        Reason::DuplicateOrder,
        Reason::AlreadyPaid,
        Reason::NotPaidYet,
        Reason::Expired,
        Reason::Cancelled,
        Reason::Closed,
        Reason::AwaitingConfirmation,
        Reason::AwaitingGateway,
        Reason::AmountTooSmall,
        Reason::InsufficientFunds,
        Reason::TooSoon,
        Reason::TooMany,
        Reason::BadRequest,
        Reason::ProviderFailure,
        Reason::Other,
    ];

    /// What to tell people about it, where the provider's own code says no more.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        of(self)
    }

    /// What to do next, where the provider's own code says no more.
    #[must_use]
    pub const fn advice(self) -> Advice {
        match self {
            Reason::BadCredentials
            | Reason::NotAllowed
            | Reason::NotFound
            | Reason::AmountTooSmall
            | Reason::InsufficientFunds
            | Reason::BadRequest => Advice::FixAndRetry,
            Reason::NotPaidYet | Reason::AwaitingGateway | Reason::TooSoon => Advice::RetryLater,
            Reason::DuplicateOrder | Reason::ProviderFailure => Advice::ResolveFirst,
            Reason::AlreadyPaid | Reason::AwaitingConfirmation => Advice::SettleInstead,
            Reason::Expired | Reason::Cancelled | Reason::Closed => Advice::CreateNew,
            Reason::TooMany | Reason::Other => Advice::DoNotRetry,
        }
    }
}

#[rustfmt::skip]
const fn of(reason: Reason) -> Explanation {
    match reason {
        Reason::BadCredentials => Explanation::for_merchant(
            Merchant,
            "The provider did not accept the merchant's credentials.",
            "ارائه‌دهنده مشخصات پذیرنده را نپذیرفت.",
        ),
        Reason::NotAllowed => Explanation::for_merchant(
            Merchant,
            "The merchant's account is not allowed to do this.",
            "حساب پذیرنده اجازهٔ این کار را ندارد.",
        ),
        Reason::NotFound => Explanation::for_everyone(
            Merchant,
            "No such payment was found.",
            "چنین پرداختی یافت نشد.",
        ),
        Reason::DuplicateOrder => Explanation::for_merchant(
            Merchant,
            "This order number was used before.",
            "این شمارهٔ سفارش پیش‌تر استفاده شده است.",
        ),
        Reason::AlreadyPaid => Explanation::for_everyone(
            Payer,
            "This payment is already made.",
            "این پرداخت پیش‌تر انجام شده است.",
        ),
        Reason::NotPaidYet => Explanation::for_everyone(
            Payer,
            "This payment is not made yet.",
            "این پرداخت هنوز انجام نشده است.",
        ),
        Reason::Expired => Explanation::for_everyone(
            Payer,
            "The time for this payment is over.",
            "مهلت این پرداخت به پایان رسیده است.",
        ),
        Reason::Cancelled => Explanation::for_everyone(
            Merchant,
            "This payment was cancelled.",
            "این پرداخت لغو شده است.",
        ),
        Reason::Closed => Explanation::for_everyone(
            Merchant,
            "This invoice is closed.",
            "این فاکتور بسته شده است.",
        ),
        Reason::AwaitingConfirmation => Explanation::for_everyone(
            Merchant,
            "Please do not pay again: the payment waits for the shop's confirmation.",
            "لطفاً دوباره پرداخت نکنید؛ پرداخت در انتظار تأیید فروشگاه است.",
        ),
        Reason::AwaitingGateway => Explanation::for_everyone(
            Provider,
            "Please do not pay again: the payment waits for the bank's answer.",
            "لطفاً دوباره پرداخت نکنید؛ پرداخت در انتظار پاسخ بانک است.",
        ),
        Reason::AmountTooSmall => Explanation::for_everyone(
            Merchant,
            "The amount is below the least that can be paid this way.",
            "مبلغ از کمترین مبلغی که به این روش پرداخت‌شدنی است کمتر است.",
        ),
        Reason::InsufficientFunds => Explanation::for_everyone(
            Payer,
            "There is not enough money for this.",
            "موجودی کافی نیست.",
        ),
        Reason::TooSoon => Explanation::for_everyone(
            Merchant,
            "The same was asked for a moment ago; wait before asking again.",
            "همین درخواست اندکی پیش ثبت شد؛ پیش از درخواست دوباره کمی صبر کنید.",
        ),
        Reason::TooMany => Explanation::for_everyone(
            Merchant,
            "This was asked for too many times.",
            "این درخواست بیش از اندازه تکرار شده است.",
        ),
        Reason::BadRequest => Explanation::for_merchant(
            Merchant,
            "The provider found something missing or malformed in the request.",
            "ارائه‌دهنده درخواست را ناقص یا نادرست دانست.",
        ),
        Reason::ProviderFailure => Explanation::for_everyone(
            Provider,
            "Please do not pay again: something went wrong on the way, and whether it is paid is not known yet.",
            "لطفاً دوباره پرداخت نکنید؛ در سامانهٔ پرداخت خطایی رخ داد و نتیجهٔ پرداخت هنوز مشخص نیست.",
        ),
        Reason::Other => Explanation::for_merchant(
            Provider,
            "The provider refused the request.",
            "ارائه‌دهنده درخواست را نپذیرفت.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Reason;

    #[test]
    fn every_reason_speaks_both_languages_in_words_of_its_own() {
        let mut texts = HashSet::new();
        for reason in Reason::ALL {
            let said = reason.explanation();
            let english = said.english.is_ascii() && said.english.ends_with('.');
            assert!(english, "{reason:?}");
            let foreign = |c: char| c.is_ascii_alphabetic() || "يكة".contains(c);
            let persian = said.persian.ends_with('.') && !said.persian.contains(foreign);
            assert!(persian, "{reason:?}");
            assert!(said.persian.contains(['ا', 'ه', 'ی']), "{reason:?}");
            let is_new = texts.insert(said.english) && texts.insert(said.persian);
            assert!(is_new, "{reason:?}");
        }
    }
}
