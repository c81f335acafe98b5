//! The codes that POD refuses with, and the refusals that its document knows by their words alone.

mod messages;

use paylink_core::{Explanation, Party, Reason, Refusal};

use crate::html;

/// The caller may not do this (SDKs).
pub const PERMISSION_DENIED: &str = "4";
/// The token is missing or wrong.
pub const NOT_AUTHENTICATED: &str = "21";
/// `BILL_ALREADY_PAYED`: the invoice is paid already.
pub const ALREADY_PAID: &str = "24";
/// `INVOICE_IS_CANCELED`: a cancelled invoice cannot be paid.
pub const CANCELLED: &str = "32";
/// `BILL_ALREADY_CLOSED`: a closed invoice cannot be paid.
pub const CLOSED: &str = "45";
/// `BILL_NOT_PAYED`: the invoice is not paid (SDKs).
pub const NOT_PAID: &str = "55";
/// `BILL_IS_WAITING_FOR_VERIFICATION`: it is paid, and waits for the merchant.
pub const WAITING_FOR_VERIFICATION: &str = "58";
/// `BILL_IS_WAITING_FOR_GATEWAY`: a payer is at the bank's gateway.
pub const WAITING_FOR_GATEWAY: &str = "72";
/// The invoice was not issued to the caller.
pub const NOT_ISSUED_TO_YOU: &str = "99";
/// The parameter `wallet` is missing.
pub const WALLET_MISSING: &str = "193";
/// The service behind the platform timed out: **the outcome is unknown**.
pub const SERVICE_TIMEOUT: &str = "227";
/// The answer of the service behind the platform was lost: **the outcome is unknown**.
pub const ANSWER_LOST: &str = "378";
/// `UNKNOWN`, an internal error: **the outcome is unknown**. Quote the reference number to POD's support.
pub const INTERNAL: &str = "999";

/// Every code that has a reading.
pub const ALL: [&str; 13] = [
    PERMISSION_DENIED,
    NOT_AUTHENTICATED,
    ALREADY_PAID,
    CANCELLED,
    CLOSED,
    NOT_PAID,
    WAITING_FOR_VERIFICATION,
    WAITING_FOR_GATEWAY,
    NOT_ISSUED_TO_YOU,
    WALLET_MISSING,
    SERVICE_TIMEOUT,
    ANSWER_LOST,
    INTERNAL,
];

/// What a code stands for, as far as it has a reading.
#[must_use]
pub fn reason(code: &str) -> Reason {
    match code {
        PERMISSION_DENIED | NOT_ISSUED_TO_YOU => Reason::NotAllowed,
        NOT_AUTHENTICATED => Reason::BadCredentials,
        ALREADY_PAID => Reason::AlreadyPaid,
        CANCELLED => Reason::Cancelled,
        CLOSED => Reason::Closed,
        NOT_PAID => Reason::NotPaidYet,
        WAITING_FOR_VERIFICATION => Reason::AwaitingConfirmation,
        WAITING_FOR_GATEWAY => Reason::AwaitingGateway,
        WALLET_MISSING => Reason::BadRequest,
        SERVICE_TIMEOUT | ANSWER_LOST | INTERNAL => Reason::ProviderFailure,
        _ => Reason::Other,
    }
}

/// Whether an error under this code leaves open what became of the operation.
#[must_use]
pub fn leaves_outcome_unknown(code: &str) -> bool {
    matches!(code, SERVICE_TIMEOUT | ANSWER_LOST | INTERNAL)
}

/// Texts about a code, as far as it has a reading.
#[must_use]
pub fn explanation(code: &str) -> Option<Explanation> {
    use Party::{Merchant, Payer, Provider};
    let (english, persian, whose, payer_may_see) = match code {
        PERMISSION_DENIED => (
            "The merchant's account is not allowed to do this to this invoice.",
            "حساب کسب‌وکار اجازهٔ این کار را روی این فاکتور ندارد.",
            Merchant,
            false,
        ),
        NOT_AUTHENTICATED => (
            "POD got no token, or one that it does not know.",
            "توکن فرستاده نشده یا برای پاد شناخته نیست.",
            Merchant,
            false,
        ),
        ALREADY_PAID => (
            "This invoice is already paid.",
            "این فاکتور پیش‌تر پرداخت شده است.",
            Payer,
            true,
        ),
        CANCELLED => (
            "This invoice was cancelled and cannot be paid.",
            "این فاکتور لغو شده و دیگر پرداخت‌پذیر نیست.",
            Merchant,
            true,
        ),
        CLOSED => (
            "This invoice is closed and cannot be paid.",
            "این فاکتور بسته شده و دیگر پرداخت‌پذیر نیست.",
            Merchant,
            true,
        ),
        NOT_PAID => (
            "This invoice is not paid yet.",
            "این فاکتور هنوز پرداخت نشده است.",
            Payer,
            true,
        ),
        WAITING_FOR_VERIFICATION => (
            "This invoice is paid and waits for the merchant's confirmation.",
            "این فاکتور پرداخت شده و در انتظار تأیید فروشنده است.",
            Merchant,
            true,
        ),
        WAITING_FOR_GATEWAY => (
            "A payment of this invoice is under way at the bank's gateway.",
            "پرداخت این فاکتور در درگاه بانک در جریان است.",
            Payer,
            true,
        ),
        NOT_ISSUED_TO_YOU => (
            "This invoice was issued to somebody else.",
            "این فاکتور به نام شخص دیگری صادر شده است.",
            Merchant,
            false,
        ),
        WALLET_MISSING => (
            "The request names no wallet.",
            "کیف پول در درخواست نیامده است.",
            Merchant,
            false,
        ),
        SERVICE_TIMEOUT => (
            "POD's service did not answer in time; the state has to be looked up.",
            "سرویس پاد به‌موقع پاسخ نداد؛ وضعیت باید استعلام شود.",
            Provider,
            true,
        ),
        ANSWER_LOST => (
            "POD lost the answer of its own service; the state has to be looked up.",
            "پاسخ سرویس پاد در راه گم شد؛ وضعیت باید استعلام شود.",
            Provider,
            true,
        ),
        INTERNAL => (
            "POD failed inside; quote the reference number to its support.",
            "در پاد خطایی داخلی رخ داد؛ شمارهٔ ارجاع را به پشتیبانی پاد بدهید.",
            Provider,
            true,
        ),
        _ => return None,
    };
    Some(Explanation::new(english, persian, whose, payer_may_see))
}

/// What an error of POD's envelope says. The words are heard only where the number says nothing.
pub(crate) fn refusal(code: i64, message: Option<&str>, reference: Option<&str>) -> Refusal {
    let code = code.to_string();
    let message = message.map(html::unescape);
    let (reason, explanation) = match explanation(&code) {
        Some(explanation) => (reason(&code), Some(explanation)),
        None => match message.as_deref().and_then(messages::recognise) {
            Some((reason, explanation)) => (reason, Some(explanation)),
            None => (Reason::Other, None),
        },
    };
    let mut refusal = Refusal::new(&code, reason);
    if let Some(explanation) = explanation {
        refusal = refusal.explained(explanation);
    }
    if let Some(message) = message {
        refusal = refusal.message_from_provider(&message);
    }
    if let Some(reference) = reference {
        refusal = refusal.reference_number(reference);
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_reason_and_speaks_both_languages() {
        for code in ALL {
            assert_ne!(reason(code), Reason::Other, "{code}");
            let said = explanation(code).unwrap();
            assert!(
                said.english.is_ascii() && said.english.ends_with('.'),
                "{code}"
            );
            assert!(
                said.persian.contains(['ا', 'ه']) && said.persian.ends_with('.'),
                "{code}"
            );
            let unknown = reason(code) == Reason::ProviderFailure;
            assert_eq!(leaves_outcome_unknown(code), unknown, "{code}");
        }
        assert_eq!(reason("25"), Reason::Other);
        assert!(explanation("25").is_none());
        assert!(!leaves_outcome_unknown("25"));
    }

    #[test]
    fn a_known_number_speaks_louder_than_any_words() {
        let words = Some("مجوز انجام این عملیات را ندارید");
        assert_eq!(refusal(24, words, None).reason(), Reason::AlreadyPaid);
        assert_eq!(refusal(227, words, None).reason(), Reason::ProviderFailure);
        assert_eq!(refusal(4711, words, None).reason(), Reason::NotAllowed);
        assert_eq!(refusal(4711, Some("no"), None).reason(), Reason::Other);
    }

    #[test]
    fn message_and_reference_are_kept() {
        let refusal = refusal(72, Some("&#x642;&#x628;&#x636;"), Some("234910992"));
        assert_eq!(refusal.code(), "72");
        assert_eq!(refusal.message(), Some("قبض"));
        assert_eq!(refusal.reference(), Some("234910992"));
    }
}
