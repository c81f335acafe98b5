use serde::Serialize;

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

    /// What to tell people about it.
    #[must_use]
    pub fn explanation(self) -> Explanation {
        use Party::{Merchant, Payer, Provider};
        let (english, persian, whose, payer_may_see) = match self {
            Reason::BadCredentials => (
                "The provider did not accept the merchant's credentials.",
                "ارائه‌دهنده مشخصات پذیرنده را نپذیرفت.",
                Merchant,
                false,
            ),
            Reason::NotAllowed => (
                "The merchant's account is not allowed to do this.",
                "حساب پذیرنده اجازهٔ این کار را ندارد.",
                Merchant,
                false,
            ),
            Reason::NotFound => (
                "The provider knows no such payment.",
                "چنین پرداختی نزد ارائه‌دهنده یافت نشد.",
                Merchant,
                true,
            ),
            Reason::DuplicateOrder => (
                "This order number was used before.",
                "این شمارهٔ سفارش پیش‌تر استفاده شده است.",
                Merchant,
                false,
            ),
            Reason::AlreadyPaid => (
                "This payment is already made.",
                "این پرداخت پیش‌تر انجام شده است.",
                Payer,
                true,
            ),
            Reason::NotPaidYet => (
                "This payment is not made yet.",
                "این پرداخت هنوز انجام نشده است.",
                Payer,
                true,
            ),
            Reason::Expired => (
                "The time for this payment is over.",
                "مهلت این پرداخت به پایان رسیده است.",
                Payer,
                true,
            ),
            Reason::Cancelled => (
                "This payment was cancelled.",
                "این پرداخت لغو شده است.",
                Merchant,
                true,
            ),
            Reason::Closed => (
                "This invoice is closed.",
                "این صورت‌حساب بسته شده است.",
                Merchant,
                true,
            ),
            Reason::AwaitingConfirmation => (
                "The payment waits for the merchant's confirmation.",
                "پرداخت در انتظار تأیید پذیرنده است.",
                Merchant,
                true,
            ),
            Reason::AwaitingGateway => (
                "The payment waits for the bank's answer.",
                "پرداخت در انتظار پاسخ درگاه بانک است.",
                Provider,
                true,
            ),
            Reason::AmountTooSmall => (
                "The amount is below the provider's minimum.",
                "مبلغ از کمینهٔ پذیرفتنی ارائه‌دهنده کمتر است.",
                Merchant,
                true,
            ),
            Reason::InsufficientFunds => (
                "There is not enough money for this.",
                "موجودی کافی نیست.",
                Payer,
                true,
            ),
            Reason::TooSoon => (
                "The same was asked for a moment ago; wait before asking again.",
                "همین درخواست اندکی پیش ثبت شد؛ پیش از درخواست دوباره کمی صبر کنید.",
                Merchant,
                true,
            ),
            Reason::TooMany => (
                "This was asked for too many times.",
                "این درخواست بیش از اندازه تکرار شده است.",
                Merchant,
                true,
            ),
            Reason::BadRequest => (
                "The provider found something missing or malformed in the request.",
                "ارائه‌دهنده درخواست را ناقص یا نادرست دانست.",
                Merchant,
                false,
            ),
            Reason::ProviderFailure => (
                "The provider failed; the payment has to be looked up.",
                "در سامانهٔ ارائه‌دهنده خطایی رخ داد؛ وضعیت پرداخت باید استعلام شود.",
                Provider,
                true,
            ),
            Reason::Other => (
                "The provider refused the request.",
                "ارائه‌دهنده درخواست را رد کرد.",
                Provider,
                false,
            ),
        };
        Explanation {
            english,
            persian,
            whose,
            payer_may_see,
        }
    }
}

/// Texts about a refusal, and who may do something about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    /// Texts about one of a provider's own codes.
    #[must_use]
    pub const fn new(
        english: &'static str,
        persian: &'static str,
        whose: Party,
        payer_may_see: bool,
    ) -> Explanation {
        Explanation {
            english,
            persian,
            whose,
            payer_may_see,
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
    use super::Reason;

    #[test]
    fn every_reason_speaks_both_languages() {
        for reason in Reason::ALL {
            let said = reason.explanation();
            assert!(
                said.english.is_ascii() && said.english.ends_with('.'),
                "{reason:?}"
            );
            assert!(
                said.persian
                    .chars()
                    .any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{reason:?}"
            );
        }
    }
}
