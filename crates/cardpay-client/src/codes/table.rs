//! The list of codes in the document's last section ("codes and errors"; proven): which code comes under which HTTP status.
//!
//! Which operations answer with a code follows from its wording. Where it does not, that is a reading, and so is what
//! `status` says beside a code that no sample shows.

use paylink_core::Party::{Merchant, Payer};
use paylink_core::{Account, Advice, CodeEntry, Explanation, Operation, Reason};

use super::Code;
use crate::account::CardPayAccount;
use crate::operations::{CheckPayment, NewPayment, SetCard};

/// One documented code, and everything that has to agree with it.
pub(crate) struct Row {
    pub(crate) code: Code,
    /// The HTTP statuses it comes under.
    pub(crate) http: &'static [u16],
    /// What `status` says beside it.
    pub(crate) status: Says,
    /// What it means to people, and which operations answer with it.
    pub(crate) entry: CodeEntry,
}

impl Row {
    pub(crate) fn of(code: Code) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.code == code)
    }

    /// Whether this operation answers with it.
    pub(crate) fn answers(&self, operation: &str) -> bool {
        self.entry.operations.is_empty() || self.entry.operations.contains(&operation)
    }

    const fn new(code: Code, http: &'static [u16], status: Says, entry: CodeEntry) -> Row {
        Row {
            code,
            http,
            status,
            entry,
        }
    }
}

/// What the answer's `status` has to say beside a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Says {
    /// The document's samples show `true`: it has to be there.
    True,
    /// No sample shows it: `true` or nothing.
    TrueIfAnything,
    /// No sample shows it: `false` or nothing.
    FalseIfAnything,
    /// No sample shows it, and the words allow both.
    Either,
}

const ANYWHERE: &[&str] = &[];
const CREATE: &[&str] = &[NewPayment::NAME];
const SET_CARD: &[&str] = &[SetCard::NAME];
const CHECK: &[&str] = &[CheckPayment::NAME];
const WITH_CARD: &[&str] = &[NewPayment::NAME, SetCard::NAME];
/// The document has these for a check; the other operation that takes a `pay_id` may well answer with them too.
const WITH_PAY_ID: &[&str] = &[CheckPayment::NAME, SetCard::NAME];

/// What 200 says where no payment's state was asked for.
#[rustfmt::skip]
pub(super) static DONE: CodeEntry =
    CodeEntry::done(CardPayAccount::PROVIDER, "code", "200", Explanation::for_merchant(
        Merchant,
        "CardPay did what it was asked.",
        "کارت‌پی درخواست را انجام داد.",
    ))
    .only_in(WITH_CARD);

#[rustfmt::skip]
pub(super) static ROWS: [Row; 17] = [
    Row::new(Code::NO_SUCH_ENDPOINT, &[404, 200], Says::FalseIfAnything, said("404", ANYWHERE, Reason::NotFound,
        Explanation::for_merchant(
            Merchant,
            "There is no such page or endpoint; check the base URL.",
            "چنین صفحه یا نشانی‌ای وجود ندارد؛ نشانی پایه را بررسی کنید.",
        ),
    )),
    Row::new(Code::WRONG_METHOD, &[405], Says::FalseIfAnything, said("405", ANYWHERE, Reason::BadRequest,
        Explanation::for_merchant(
            Merchant,
            "The HTTP method is not the one that this endpoint takes.",
            "روش HTTP با این نشانی سازگار نیست.",
        ),
    )),
    Row::new(Code::TOKEN_REFUSED, &[403], Says::FalseIfAnything, said("403", ANYWHERE, Reason::BadCredentials,
        Explanation::for_merchant(
            Merchant,
            "The token is missing, wrong, or not allowed here.",
            "توکن فرستاده نشده، نادرست است یا اجازهٔ دسترسی ندارد.",
        ),
    )),
    Row::new(Code::PRICE_NOT_NUMERIC, &[500], Says::FalseIfAnything, said("0", CREATE, Reason::BadRequest,
        Explanation::for_merchant(
            Merchant,
            "The price is not a number.",
            "مبلغ به‌صورت عدد نیست.",
        ),
    )),
    Row::new(Code::CARD_MALFORMED, &[500], Says::FalseIfAnything, said("-3", WITH_CARD, Reason::BadRequest,
        Explanation::for_everyone(
            Payer,
            "The card number is missing or wrong.",
            "شمارهٔ کارت وارد نشده یا نادرست است.",
        ),
    )),
    Row::new(Code::CARD_RECORDED_BEFORE, &[500], Says::FalseIfAnything, said("-2", SET_CARD, Reason::Other,
        Explanation::for_everyone(
            Merchant,
            "A card is already recorded for this payment; its number cannot be asked for.",
            "برای این پرداخت پیش‌تر کارتی ثبت شده است و شمارهٔ آن را نمی‌توان پرسید.",
        ),
    )),
    Row::new(Code::PAYMENT_FINAL, &[500], Says::FalseIfAnything, said("-1", SET_CARD, Reason::Closed,
        Explanation::for_everyone(
            Merchant,
            "The payment is final, so no card can be recorded for it.",
            "پرداخت نهایی شده است و دیگر نمی‌توان برای آن کارتی ثبت کرد.",
        ),
    ).advising(Advice::SettleInstead)),
    Row::new(Code::PRICE_TOO_SMALL, &[500], Says::FalseIfAnything, said("1", CREATE, Reason::AmountTooSmall,
        Explanation::for_everyone(
            Merchant,
            "The price is below 10,000 rial.",
            "مبلغ از ۱۰٬۰۰۰ ریال کمتر است.",
        ),
    )),
    Row::new(Code::INVOICE_NUMBER_MISSING, &[500], Says::FalseIfAnything, said("2", CREATE, Reason::BadRequest,
        Explanation::for_merchant(
            Merchant,
            "The invoice number was not sent.",
            "شمارهٔ فاکتور فرستاده نشده است.",
        ),
    )),
    Row::new(Code::INVOICE_NUMBER_USED, &[500], Says::FalseIfAnything, said("3", CREATE, Reason::DuplicateOrder,
        Explanation::for_merchant(
            Merchant,
            "A payment with this invoice number exists, and CardPay does not tell its pay_id: it is in your own record, or lost.",
            "پرداختی با این شمارهٔ فاکتور وجود دارد و شناسهٔ آن را نمی‌توان پرسید: یا نزد خودتان ثبت است یا از دست رفته است.",
        ),
    )),
    Row::new(Code::PAY_ID_MISSING, &[500], Says::FalseIfAnything, said("4", WITH_PAY_ID, Reason::BadRequest,
        Explanation::for_merchant(
            Merchant,
            "The payment's id was not sent.",
            "شناسهٔ پرداخت فرستاده نشده است.",
        ),
    )),
    Row::new(Code::PAY_ID_UNKNOWN, &[500], Says::FalseIfAnything, said("5", WITH_PAY_ID, Reason::NotFound,
        Explanation::for_merchant(
            Merchant,
            "The payment's id is wrong, or no such payment exists.",
            "شناسهٔ پرداخت نادرست است یا چنین پرداختی وجود ندارد.",
        ),
    )),
    Row::new(Code::EXPIRED, &[500], Says::FalseIfAnything, said("6", WITH_PAY_ID, Reason::Expired,
        Explanation::for_everyone(
            Payer,
            "The time for this payment is over.",
            "مهلت این پرداخت به پایان رسیده است.",
        ),
    )),
    Row::new(Code::NOT_PAID_YET, &[200], Says::Either, said("7", CHECK, Reason::NotPaidYet,
        Explanation::for_everyone(
            Payer,
            "The payment is not made yet, and there is still time.",
            "پرداخت هنوز انجام نشده و مهلت آن باقی است.",
        ),
    )),
    Row::new(Code::PAID_FIRST_VERIFICATION, &[200], Says::True, said("201", CHECK, Reason::AlreadyPaid,
        Explanation::for_everyone(
            Merchant,
            "The payment is made, and was verified for the first time.",
            "پرداخت انجام شده و برای نخستین بار تأیید شده است.",
        ),
    )),
    Row::new(Code::PAID_VERIFIED_BEFORE, &[200], Says::True, said("200", CHECK, Reason::AlreadyPaid,
        Explanation::for_everyone(
            Merchant,
            "The payment is made, and had been verified before.",
            "پرداخت انجام شده و پیش‌تر نیز تأیید شده بود.",
        ),
    )),
    Row::new(Code::PAID_FROM_ANOTHER_CARD, &[200], Says::Either, said("199", CHECK, Reason::Other,
        Explanation::for_everyone(
            Merchant,
            "Please do not pay again: the money came from another card than the recorded one, and the shop has to look into it.",
            "لطفاً دوباره پرداخت نکنید؛ مبلغ از کارتی غیر از کارت ثبت‌شده واریز شده است و فروشگاه باید آن را بررسی کند.",
        ),
    )),
];

const fn said(
    code: &'static str,
    operations: &'static [&'static str],
    reason: Reason,
    explanation: Explanation,
) -> CodeEntry {
    CodeEntry::refusing(CardPayAccount::PROVIDER, "code", code, reason, explanation)
        .only_in(operations)
}

#[cfg(test)]
mod tests {
    use super::ROWS;

    #[test]
    fn each_entry_stands_under_its_own_code() {
        for row in &ROWS {
            assert_eq!(row.entry.code, row.code.to_string());
        }
    }
}
