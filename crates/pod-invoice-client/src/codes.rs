//! What POD says: the codes that it refuses with, and the refusals that its document knows by their words.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::text::{letters, reports_failure};
use paylink_core::{Advice, ClientConfig, CodeEntry, Evidence, Explanation, Reason, Refusal};

use crate::config::PodConfig;
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

/// Everything that POD is known to say, and what it means to people.
///
/// ```
/// use pod_invoice_client::codes;
///
/// let mut entries = codes::catalogue();
/// let paid = entries.find(|entry| entry.code == codes::ALREADY_PAID).unwrap();
/// assert!(paid.explanation.visible_to_payer);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    std::iter::once(&DONE).chain(&REFUSALS).chain(&MESSAGES)
}

/// Whether an error under this code, or in the words that are its code, leaves open what became of the operation. The kind
/// of an error says more: beside a number that is not documented, words that are not the code count too.
#[must_use]
pub fn leaves_outcome_unknown(code: &str) -> bool {
    matches!(code, SERVICE_TIMEOUT | ANSWER_LOST | INTERNAL) || reports_failure(code)
}

/// What an error of POD's envelope says; `None` if it says nothing. The words are heard only where the number says
/// nothing: it is unknown, 0 or not there. The document shows refusals in words alone, and then they are the code. Words
/// that speak of a failure of POD's own are no refusal, whatever else they say.
pub(crate) fn refusal(
    number: Option<i64>,
    message: Option<&str>,
    reference: Option<&str>,
) -> Option<Refusal> {
    let number = number.filter(|number| *number != 0);
    let number = number.map(|number| number.to_string());
    let message = message.map(html::unescape);
    let message = message.as_deref().filter(|words| !words.trim().is_empty());
    let known = number.as_deref().and_then(numbered);
    let entry = known.or_else(|| message.and_then(recognise));
    let in_words = || entry.map(|entry| entry.code).or(message);
    let code = number.as_deref().or_else(in_words)?;
    let mut refusal = match entry {
        Some(entry) => entry.refusal(code),
        None if message.is_some_and(reports_failure) => Refusal::new(code, Reason::ProviderFailure),
        None => Refusal::new(code, Reason::Other),
    };
    if let Some(message) = message {
        refusal = refusal.with_message(message);
    }
    if let Some(reference) = reference {
        refusal = refusal.with_reference(reference);
    }
    Some(refusal)
}

#[rustfmt::skip]
static DONE: CodeEntry =
    CodeEntry::for_success(PodConfig::PROVIDER, "errorCode", "0", Explanation::for_merchant(
        Merchant,
        "POD did what it was asked.",
        "پاد درخواست را انجام داد.",
    ))
    .with_evidence(Evidence::Public);

#[rustfmt::skip]
static REFUSALS: [CodeEntry; 13] = [
    refusing(PERMISSION_DENIED, Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "The merchant's account is not allowed to do this to this invoice.",
        "حساب کسب‌وکار اجازهٔ این کار را روی این فاکتور ندارد.",
    ))
    .with_evidence(Evidence::Public),
    refusing(NOT_AUTHENTICATED, Reason::BadCredentials, Explanation::for_merchant(
        Merchant,
        "POD got no token, or one that it does not know.",
        "توکن فرستاده نشده یا برای پاد شناخته‌شده نیست.",
    )),
    refusing(ALREADY_PAID, Reason::AlreadyPaid, Explanation::for_everyone(
        Payer,
        "This invoice is already paid.",
        "این فاکتور پیش‌تر پرداخت شده است.",
    )),
    refusing(CANCELLED, Reason::Cancelled, Explanation::for_everyone(
        Merchant,
        "This invoice was cancelled and cannot be paid.",
        "این فاکتور لغو شده است و نمی‌توان آن را پرداخت کرد.",
    )),
    refusing(CLOSED, Reason::Closed, Explanation::for_everyone(
        Merchant,
        "This invoice is closed and cannot be paid.",
        "این فاکتور بسته شده است و نمی‌توان آن را پرداخت کرد.",
    )),
    refusing(NOT_PAID, Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "This invoice is not paid yet.",
        "این فاکتور هنوز پرداخت نشده است.",
    ))
    .with_evidence(Evidence::Public),
    refusing(WAITING_FOR_VERIFICATION, Reason::AwaitingConfirmation, Explanation::for_everyone(
        Merchant,
        "Please do not pay again: this invoice is paid and waits for the shop's confirmation.",
        "لطفاً دوباره پرداخت نکنید؛ این فاکتور پرداخت شده و در انتظار تأیید فروشگاه است.",
    )),
    AT_THE_GATEWAY,
    ISSUED_TO_ANOTHER,
    NO_WALLET,
    refusing(SERVICE_TIMEOUT, Reason::ProviderFailure, Explanation::for_everyone(
        Provider,
        "Please do not pay again: POD did not answer in time, and whether the invoice is paid is not known yet.",
        "لطفاً دوباره پرداخت نکنید؛ پاد به‌موقع پاسخ نداد و نتیجهٔ پرداخت هنوز مشخص نیست.",
    )),
    refusing(ANSWER_LOST, Reason::ProviderFailure, Explanation::for_everyone(
        Provider,
        "Please do not pay again: POD's answer was lost on the way, and whether the invoice is paid is not known yet.",
        "لطفاً دوباره پرداخت نکنید؛ پاسخ پاد دریافت نشد و نتیجهٔ پرداخت هنوز مشخص نیست.",
    )),
    refusing(INTERNAL, Reason::ProviderFailure, Explanation::for_merchant(
        Provider,
        "POD failed inside; look up what became of it, and quote the reference number to its support.",
        "در پاد خطایی داخلی رخ داد؛ نتیجه را استعلام کنید و شمارهٔ ارجاع را به پشتیبانی پاد بدهید.",
    )),
];

/// The entry under a number.
fn numbered(code: &str) -> Option<&'static CodeEntry> {
    REFUSALS.iter().find(|entry| entry.code == code)
}

#[rustfmt::skip]
const AT_THE_GATEWAY: CodeEntry =
    refusing(WAITING_FOR_GATEWAY, Reason::AwaitingGateway, Explanation::for_everyone(
        Payer,
        "Please do not pay again: a payment of this invoice is under way at the bank.",
        "لطفاً دوباره پرداخت نکنید؛ پرداخت این فاکتور در درگاه بانک در جریان است.",
    ));

#[rustfmt::skip]
const ISSUED_TO_ANOTHER: CodeEntry =
    refusing(NOT_ISSUED_TO_YOU, Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "This invoice was issued to another user than the token's owner.",
        "این فاکتور برای کسی جز صاحب توکن صادر شده است.",
    ));

#[rustfmt::skip]
const NO_WALLET: CodeEntry =
    refusing(WALLET_MISSING, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The request names no wallet.",
        "کیف پول در درخواست نیامده است.",
    ));

const fn refusing(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::for_refusal(PodConfig::PROVIDER, "errorCode", code, reason, explanation)
}

/// In these words the document explains the numbers that leave an outcome open.
const FAILURES: [(&str, &str); 4] = [
    ("تایم اوت سرویس اصلی", SERVICE_TIMEOUT),
    (
        "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است",
        ANSWER_LOST,
    ),
    ("خطای داخلی", INTERNAL),
    ("UNKNOWN", INTERNAL),
];

/// The entry that goes with a documented message. A failure inside POD comes before any refusal.
fn recognise(message: &str) -> Option<&'static CodeEntry> {
    let heard = letters(message);
    let says = |words: &str| heard.contains(&letters(words));
    let failure = FAILURES.iter().find(|(words, _)| says(words));
    failure
        .and_then(|(_, number)| numbered(number))
        .or_else(|| {
            let refusal = MESSAGES.iter().find(|entry| says(entry.code));
            refusal.filter(|_| !reports_failure(message))
        })
}

/// Refusals that the document "Payment" describes by their Persian words, in the order of its sections; the first two stand
/// on the pay page.
///
/// The words tell a reason apart, for people and for logs. That an error came in POD's own envelope is what makes it a
/// refusal; the words can only take that back, where they say that POD failed inside.
#[rustfmt::skip]
static MESSAGES: [CodeEntry; 11] = [
    in_words(AT_THE_GATEWAY, "قبض منتظر درگاه برای ادامه تراکنش می باشد"),
    saying("صفحه یافت نشد", Reason::NotFound, Explanation::for_everyone(
        Merchant,
        "This pay page was not found: the link is wrong, and the shop has to give another one.",
        "این صفحهٔ پرداخت یافت نشد؛ لینک نادرست است و باید آن را دوباره از فروشگاه گرفت.",
    )),
    saying("فاکتور یافت نشد", Reason::NotFound, Explanation::for_everyone(
        Payer,
        "The invoice was not found: only the person to whom it was issued can see and pay it here.",
        "فاکتور یافت نشد؛ فقط کسی که فاکتور به نام او صادر شده است می‌تواند آن را اینجا ببیند و پرداخت کند.",
    )),
    in_words(NO_WALLET, "کد حساب دیجیتال را وارد نکرده اید"),
    saying("فاکتور بستانکار پرداخت نشده است", Reason::NotPaidYet, Explanation::for_merchant(
        Merchant,
        "The invoice to pay with is not paid itself.",
        "فاکتوری که قرار است با آن پرداخت شود، خود پرداخت نشده است.",
    )),
    saying("مجوز انجام این عملیات را ندارید", Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "The two invoices are the wrong way round, or the token is not that of the debtor invoice's owner.",
        "دو فاکتور جابه‌جا فرستاده شده‌اند یا توکن از آنِ صاحب فاکتور بدهکار نیست.",
    )),
    saying("فاکتور بستانکار آماده برای مسدودی می باشد", Reason::AlreadyPaid, Explanation::for_merchant(
        Merchant,
        "This was arranged before: the money is blocked for the creditor and goes out when the bank settles.",
        "این کار پیش‌تر انجام شده است؛ مبلغ برای بستانکار مسدود شده و پس از تسویهٔ بانکی به حساب او واریز می‌شود.",
    ))
    .with_advice(Advice::NoAction),
    in_words(ISSUED_TO_ANOTHER, "فاکتور برای شما صادر نشده است"),
    saying("اعتبار کافی جهت انجام عملیات مسدودی را ندارید", Reason::InsufficientFunds, Explanation::for_merchant(
        Merchant,
        "The wallet or the guild does not hold enough to guarantee the payment.",
        "موجودی کیف پول یا صنف برای تضمین پرداخت کافی نیست.",
    )),
    saying("اجازه پرداخت این فاکتور را ندارید", Reason::NotAllowed, Explanation::for_everyone(
        Merchant,
        "Please do not pay again. This invoice may not be paid; its payment may be guaranteed already.",
        "لطفاً دوباره پرداخت نکنید. پرداخت این فاکتور مجاز نیست؛ ممکن است پرداخت آن قبلاً تضمین شده باشد.",
    ))
    .with_advice(Advice::ResolveFirst),
    saying("فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد", Reason::NotAllowed, Explanation::for_everyone(
        Merchant,
        "The payment of this invoice is guaranteed for a later day; nobody has to pay it.",
        "پرداخت این فاکتور برای روزی دیگر تضمین شده است و لازم نیست کسی آن را بپردازد.",
    ))
    .with_advice(Advice::NoAction),
];

const fn saying(words: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::for_refusal(PodConfig::PROVIDER, "message", words, reason, explanation)
}

/// The same as a number says, in the words that come with it.
const fn in_words(mut entry: CodeEntry, words: &'static str) -> CodeEntry {
    entry.field = "message";
    entry.code = words;
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_outcome_is_the_provider_s_failure_and_nothing_else_is() {
        for entry in &REFUSALS {
            let failed = entry.reason == Some(Reason::ProviderFailure);
            assert_eq!(leaves_outcome_unknown(entry.code), failed, "{}", entry.code);
        }
        assert!(!leaves_outcome_unknown("25"));
    }

    #[test]
    fn a_known_number_speaks_louder_than_any_words() {
        let words = Some("مجوز انجام این عملیات را ندارید");
        let reason = |number, words| refusal(Some(number), words, None).unwrap().reason();
        let timed_out = Some("Read timed out");
        for (number, words, expected) in [
            (24, words, Reason::AlreadyPaid),
            (227, words, Reason::ProviderFailure),
            (4711, words, Reason::NotAllowed),
            (4711, Some("no"), Reason::Other),
            (4711, Some("تایم اوت سرویس اصلی"), Reason::ProviderFailure),
            (4711, timed_out, Reason::ProviderFailure),
            (24, timed_out, Reason::AlreadyPaid),
            (4711, None, Reason::Other),
        ] {
            assert_eq!(reason(number, words), expected, "{number} {words:?}");
        }
    }

    #[test]
    fn without_a_number_the_words_are_the_code() {
        for number in [None, Some(0)] {
            for entry in &MESSAGES {
                let words = format!("{} : احتمالا", entry.code);
                let refusal = refusal(number, Some(&words), None).unwrap();
                assert_eq!(refusal.code(), entry.code, "whole, as in the catalogue");
                assert_eq!(Some(refusal.reason()), entry.reason);
                assert_eq!(refusal.message(), Some(&*words));
            }
            let other = refusal(number, Some("&#x646;&#x634;&#x62f;"), None).unwrap();
            assert_eq!((other.code(), other.reason()), ("نشد", Reason::Other));
            for words in [
                "تایم اوت سرویس اصلی",
                "Read timed out",
                "خطا در ارتباط با سرویس",
            ] {
                let lost = refusal(number, Some(words), None).unwrap();
                assert_eq!(lost.reason(), Reason::ProviderFailure, "{lost}");
                assert!(leaves_outcome_unknown(lost.code()), "{lost}");
            }
            let both = format!("{} : Timeout", MESSAGES[5].code);
            let both = refusal(number, Some(&both), None).unwrap();
            assert_eq!(both.reason(), Reason::ProviderFailure, "{both}");
            for nothing in [None, Some(""), Some(" ")] {
                assert_eq!(refusal(number, nothing, Some("1")), None);
            }
        }
    }

    #[test]
    fn message_and_reference_are_kept() {
        let refusal = refusal(Some(72), Some("&#x642;&#x628;&#x636;"), Some("234910992")).unwrap();
        assert_eq!(refusal.code(), "72");
        assert_eq!(refusal.message(), Some("قبض"));
        assert_eq!(refusal.reference(), Some("234910992"));
    }

    #[test]
    fn every_documented_message_is_recognised_by_itself_alone() {
        for entry in &MESSAGES {
            assert_eq!(recognise(entry.code), Some(entry));
        }
    }

    #[test]
    fn no_documented_refusal_speaks_of_a_failure() {
        for entry in &MESSAGES {
            assert!(!reports_failure(entry.code), "{}", entry.code);
        }
    }

    #[test]
    fn the_words_of_a_failure_are_its_number() {
        let lost = "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است.";
        for (message, number) in [
            ("تايم‌اوت سرویس اصلی", SERVICE_TIMEOUT),
            (lost, ANSWER_LOST),
            ("UNKNOWN - خطای داخلی", INTERNAL),
            ("خطای داخلی: مجوز انجام این عملیات را ندارید", INTERNAL),
        ] {
            let entry = recognise(message).unwrap();
            assert_eq!(entry.code, number, "{message}");
            assert_eq!(entry.reason, Some(Reason::ProviderFailure), "{message}");
        }
    }

    #[test]
    fn letters_count_and_spacing_does_not() {
        for message in [
            "مجوز انجام این عملیات را ندارید",
            "مجوز  انجام  اين  عمليات  را  ندارید : پارامتر",
            "مجوز انجام این‌عملیات را ندارید.",
        ] {
            let entry = recognise(message).unwrap();
            assert_eq!(entry.reason, Some(Reason::NotAllowed), "{message}");
        }
        for other in ["", "مجوز", "انجام شد", "permission denied"] {
            assert_eq!(recognise(other), None, "{other}");
        }
    }
}
