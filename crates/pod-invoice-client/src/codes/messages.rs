//! Refusals that the document describes by their Persian words, without a number.
//!
//! The words tell a reason apart, for people and for logs. They decide nothing about the effect: that an error came in
//! POD's own envelope is what makes it a refusal.

use paylink_core::{Explanation, Party, Reason};

/// The reason and the texts that go with a documented message.
pub(super) fn recognise(message: &str) -> Option<(Reason, Explanation)> {
    let letters = bare(message);
    TABLE
        .iter()
        .find(|(words, _, _)| letters.contains(&bare(words)))
        .map(|(_, reason, explanation)| (*reason, *explanation))
}

/// The letters alone, Arabic forms as Persian ones: spaces and joiners differ from one answer to the next.
fn bare(text: &str) -> String {
    let persian = |letter| match letter {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        'أ' | 'إ' | 'آ' => 'ا',
        other => other,
    };
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(persian)
        .collect()
}

const fn told(
    english: &'static str,
    persian: &'static str,
    whose: Party,
    payer_may_see: bool,
) -> Explanation {
    Explanation::new(english, persian, whose, payer_may_see)
}

/// Document "Payment", in the order of its sections.
const TABLE: [(&str, Reason, Explanation); 8] = [
    (
        "فاکتور بستانکار پرداخت نشده است",
        Reason::NotPaidYet,
        told(
            "The invoice to pay with is not paid itself.",
            "فاکتوری که قرار است با آن پرداخت شود، خود پرداخت نشده است.",
            Party::Merchant,
            false,
        ),
    ),
    (
        "مجوز انجام این عملیات را ندارید",
        Reason::NotAllowed,
        told(
            "The two invoices are the wrong way round, or the token is not that of the debtor invoice's owner.",
            "دو فاکتور جابه‌جا فرستاده شده‌اند یا توکن از آنِ صاحب فاکتور بدهکار نیست.",
            Party::Merchant,
            false,
        ),
    ),
    (
        "فاکتور بستانکار آماده برای مسدودی",
        Reason::AlreadyPaid,
        told(
            "This was arranged before: the money is blocked for the creditor and goes out when the bank settles.",
            "این کار پیش‌تر انجام شده است؛ مبلغ برای بستانکار مسدود شده و پس از تسویه واریز می‌شود.",
            Party::Merchant,
            false,
        ),
    ),
    (
        "اعتبار کافی جهت انجام عملیات مسدودی را ندارید",
        Reason::InsufficientFunds,
        told(
            "The wallet or the guild does not hold enough to guarantee the payment.",
            "موجودی کیف پول یا صنف برای تضمین پرداخت کافی نیست.",
            Party::Merchant,
            false,
        ),
    ),
    (
        "اجازه پرداخت این فاکتور را ندارید",
        Reason::NotAllowed,
        told(
            "This invoice may not be paid.",
            "این فاکتور پرداخت‌پذیر نیست.",
            Party::Merchant,
            true,
        ),
    ),
    (
        "فاکتور در انتظار پرداخت توسط تضمین ارائه شده",
        Reason::NotAllowed,
        told(
            "The payment of this invoice is guaranteed for a later day; nobody can pay it before.",
            "پرداخت این فاکتور برای روزی دیگر تضمین شده و پیش از آن پرداخت‌پذیر نیست.",
            Party::Merchant,
            true,
        ),
    ),
    (
        "فاکتور برای شما صادر نشده است",
        Reason::NotAllowed,
        told(
            "This invoice was issued to somebody else.",
            "این فاکتور به نام شخص دیگری صادر شده است.",
            Party::Merchant,
            false,
        ),
    ),
    (
        "کد حساب دیجیتال را وارد نکرده اید",
        Reason::BadRequest,
        told(
            "The request names no wallet.",
            "کیف پول در درخواست نیامده است.",
            Party::Merchant,
            false,
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_message_is_recognised_by_itself_alone() {
        for (words, reason, explanation) in TABLE {
            assert_eq!(recognise(words), Some((reason, explanation)), "{words}");
            assert!(explanation.english.is_ascii(), "{words}");
        }
    }

    #[test]
    fn letters_count_and_spacing_does_not() {
        for message in [
            "مجوز انجام این عملیات را ندارید",
            "مجوز  انجام  اين  عمليات  را  ندارید : پارامتر",
            "مجوز انجام این‌عملیات را ندارید.",
        ] {
            let (reason, _) = recognise(message).unwrap();
            assert_eq!(reason, Reason::NotAllowed, "{message}");
        }
        for other in ["", "مجوز", "انجام شد", "permission denied"] {
            assert_eq!(recognise(other), None, "{other}");
        }
    }
}
