//! Refusals that the document describes by their Persian words.
//!
//! The words tell a reason apart, for people and for logs. That an error came in POD's own envelope is what makes it a
//! refusal; the words can only take that back, where they say that POD failed inside.

use paylink_core::Party::{Merchant, Payer};
use paylink_core::text::{letters, tells_of_a_failure};
use paylink_core::{Account, Advice, CodeEntry, Explanation, Reason};

use super::table::{self, AT_THE_GATEWAY, ISSUED_TO_ANOTHER, NO_WALLET};
use super::{ANSWER_LOST, INTERNAL, SERVICE_TIMEOUT};
use crate::account::PodAccount;

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
pub(super) fn recognise(message: &str) -> Option<&'static CodeEntry> {
    let heard = letters(message);
    let says = |words: &str| heard.contains(&letters(words));
    let failure = FAILURES.iter().find(|(words, _)| says(words));
    failure
        .and_then(|(_, number)| table::numbered(number))
        .or_else(|| {
            let refusal = MESSAGES.iter().find(|entry| says(entry.code));
            refusal.filter(|_| !tells_of_a_failure(message))
        })
}

/// Document "Payment", in the order of its sections; the first two stand on the pay page.
#[rustfmt::skip]
pub(super) static MESSAGES: [CodeEntry; 11] = [
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
    .advising(Advice::NothingToDo),
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
    .advising(Advice::LookUpFirst),
    saying("فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد", Reason::NotAllowed, Explanation::for_everyone(
        Merchant,
        "The payment of this invoice is guaranteed for a later day; nobody has to pay it.",
        "پرداخت این فاکتور برای روزی دیگر تضمین شده است و لازم نیست کسی آن را بپردازد.",
    ))
    .advising(Advice::NothingToDo),
];

const fn saying(words: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::refusing(PodAccount::PROVIDER, "message", words, reason, explanation)
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
    fn every_documented_message_is_recognised_by_itself_alone() {
        for entry in &MESSAGES {
            assert_eq!(recognise(entry.code), Some(entry));
        }
    }

    #[test]
    fn no_documented_refusal_speaks_of_a_failure() {
        for entry in &MESSAGES {
            assert!(!tells_of_a_failure(entry.code), "{}", entry.code);
        }
    }

    #[test]
    fn the_words_of_a_failure_are_its_number() {
        for (message, number) in [
            ("تايم‌اوت سرویس اصلی", SERVICE_TIMEOUT),
            (
                "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است.",
                ANSWER_LOST,
            ),
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
