//! What CardPay says: the codes in which the script answers.
//!
//! The table is the list of codes in the document's last section ("codes and errors"; proven): which code comes under which
//! HTTP status. Which operations answer with a code follows from its wording. Where it does not, that is a reading, and so
//! is what `status` says beside a code that no sample shows.

use std::fmt;
use std::ops::RangeInclusive;

use paylink_core::Party::{Merchant, Payer};
use paylink_core::json::FromJson;
use paylink_core::{Advice, CodeEntry, Explanation, Operation, Reason, Refusal};
use serde::{Serialize, Serializer};

use crate::descriptor::NAME;
use crate::operations::{CheckPayment, NewPayment, SetCard};

/// Everything that CardPay is known to say, and what it means to people.
///
/// ```
/// use cardpay_client::{Code, codes};
///
/// let mut entries = codes::catalogue();
/// let expired = entries.find(|entry| entry.code == Code::EXPIRED.to_string()).unwrap();
/// assert!(expired.explanation.visible_to_payer);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    let rows = ROWS.iter().map(|row| &row.entry);
    std::iter::once(&DONE).chain(rows)
}

/// The documented codes have three digits at most; this leaves room for others.
const LONGEST: RangeInclusive<i64> = -99_999..=99_999;

/// A number with which CardPay says what happened.
///
/// The documented ones have names; any other keeps its number, and proves nothing. A refusal carries it as text, and
/// [`Code::from_refusal`] reads it back.
///
/// ```
/// use cardpay_client::{Code, Error};
///
/// fn is_taken(error: &Error) -> bool {
///     error.refusal().and_then(Code::from_refusal) == Some(Code::INVOICE_NUMBER_USED)
/// }
/// # assert_eq!(Code::INVOICE_NUMBER_USED.number(), 3);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(i64);

impl Code {
    /// The card is missing or malformed.
    pub const CARD_MALFORMED: Code = Code(-3);
    /// A card is recorded for this payment already.
    pub const CARD_RECORDED_BEFORE: Code = Code(-2);
    /// The payment is final, and takes no card any more.
    pub const PAYMENT_FINAL: Code = Code(-1);
    /// The price is not a number.
    pub const PRICE_NOT_NUMERIC: Code = Code(0);
    /// The price is below 10,000 rial.
    pub const PRICE_TOO_SMALL: Code = Code(1);
    /// The invoice number is missing.
    pub const INVOICE_NUMBER_MISSING: Code = Code(2);
    /// The invoice number was used before.
    pub const INVOICE_NUMBER_USED: Code = Code(3);
    /// The payment's id is missing.
    pub const PAY_ID_MISSING: Code = Code(4);
    /// The payment's id is wrong or unknown.
    pub const PAY_ID_UNKNOWN: Code = Code(5);
    /// The payment's time is over.
    pub const EXPIRED: Code = Code(6);
    /// The payment is not made yet, and there is still time.
    pub const NOT_PAID_YET: Code = Code(7);
    /// The payment was made, from another card than the recorded one.
    pub const PAID_FROM_ANOTHER_CARD: Code = Code(199);
    /// The payment was made and had been verified before. To a create, the same number says that it is done.
    pub const PAID_VERIFIED_BEFORE: Code = Code(200);
    /// The payment was made, and this is its first verification.
    pub const PAID_FIRST_VERIFICATION: Code = Code(201);
    /// The token is missing, or not allowed here.
    pub const TOKEN_REFUSED: Code = Code(403);
    /// There is no such page or endpoint.
    pub const NO_SUCH_ENDPOINT: Code = Code(404);
    /// The HTTP method is wrong.
    pub const WRONG_METHOD: Code = Code(405);

    /// Every documented code.
    pub fn documented() -> impl Iterator<Item = Code> {
        ROWS.iter().map(|row| row.code)
    }

    /// The code that a refusal carries.
    #[must_use]
    pub fn from_refusal(refusal: &Refusal) -> Option<Code> {
        Code::parse(refusal.code())
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The HTTP statuses under which it is documented; none for an undocumented code.
    #[must_use]
    pub fn http_statuses(self) -> &'static [u16] {
        Row::of(self).map_or(&[], |row| row.http)
    }

    /// What it stands for, in words that all providers share.
    #[must_use]
    pub fn reason(self) -> Reason {
        Row::of(self)
            .and_then(|row| row.entry.reason)
            .unwrap_or(Reason::Other)
    }

    /// What to tell people about it, in English and Persian.
    #[must_use]
    pub fn explanation(self) -> Explanation {
        Row::of(self).map_or_else(|| Reason::Other.explanation(), |row| row.entry.explanation)
    }

    /// What to do next about it.
    #[must_use]
    pub fn advice(self) -> Advice {
        Row::of(self).map_or(Reason::Other.advice(), |row| row.entry.advice)
    }

    /// A refusal that carries it.
    pub(crate) fn refusal(self) -> Refusal {
        let code = self.to_string();
        match Row::of(self) {
            Some(row) => row.entry.refusal(&code),
            None => Refusal::new(&code, Reason::Other),
        }
    }

    /// A number that can be a code; a longer one may be a card's, and is not repeated anywhere.
    fn new(number: i64) -> Option<Code> {
        LONGEST.contains(&number).then_some(Code(number))
    }

    /// Reads a code that is written as text, in the one way in which it is printed.
    fn parse(text: &str) -> Option<Code> {
        let code = Code::new(text.parse().ok()?)?;
        (code.to_string() == text).then_some(code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

/// The document shows a number; scripts of this kind also write numbers as text, which is a reading.
impl FromJson<'_> for Code {
    const EXPECTED: &'static str = "a whole number";

    fn from_u64(value: u64) -> Option<Code> {
        i64::try_from(value).ok().and_then(Code::new)
    }

    fn from_negative(value: i64) -> Option<Code> {
        Code::new(value)
    }

    fn from_text(text: &str) -> Option<Code> {
        Code::parse(text)
    }
}

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

    const fn beside(mut self, status: Says) -> Row {
        self.status = status;
        self
    }

    const fn advising(mut self, advice: Advice) -> Row {
        self.entry = self.entry.with_advice(advice);
        self
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
static DONE: CodeEntry =
    CodeEntry::for_success(NAME, "code", "200", Explanation::for_merchant(
        Merchant,
        "CardPay did what it was asked.",
        "کارت‌پی درخواست را انجام داد.",
    ))
    .with_operations(WITH_CARD);

#[rustfmt::skip]
static ROWS: [Row; 17] = [
    said(Code::NO_SUCH_ENDPOINT, "404", &[404, 200], ANYWHERE, Reason::NotFound, Explanation::for_merchant(
        Merchant,
        "There is no such page or endpoint; check the base URL.",
        "چنین صفحه یا نشانی‌ای وجود ندارد؛ نشانی پایه را بررسی کنید.",
    )),
    said(Code::WRONG_METHOD, "405", &[405], ANYWHERE, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The HTTP method is not the one that this endpoint takes.",
        "روش HTTP با این نشانی سازگار نیست.",
    )),
    said(Code::TOKEN_REFUSED, "403", &[403], ANYWHERE, Reason::BadCredentials, Explanation::for_merchant(
        Merchant,
        "The token is missing, wrong, or not allowed here.",
        "توکن فرستاده نشده، نادرست است یا اجازهٔ دسترسی ندارد.",
    )),
    said(Code::PRICE_NOT_NUMERIC, "0", &[500], CREATE, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The price is not a number.",
        "مبلغ به‌صورت عدد نیست.",
    )),
    said(Code::CARD_MALFORMED, "-3", &[500], WITH_CARD, Reason::BadRequest, Explanation::for_everyone(
        Payer,
        "The card number is missing or wrong.",
        "شمارهٔ کارت وارد نشده یا نادرست است.",
    )),
    said(Code::CARD_RECORDED_BEFORE, "-2", &[500], SET_CARD, Reason::Other, Explanation::for_everyone(
        Merchant,
        "A card is already recorded for this payment; its number cannot be asked for.",
        "برای این پرداخت پیش‌تر کارتی ثبت شده است و شمارهٔ آن را نمی‌توان پرسید.",
    )),
    said(Code::PAYMENT_FINAL, "-1", &[500], SET_CARD, Reason::Closed, Explanation::for_everyone(
        Merchant,
        "The payment is final, so no card can be recorded for it.",
        "پرداخت نهایی شده است و دیگر نمی‌توان برای آن کارتی ثبت کرد.",
    ))
    .advising(Advice::SettleInstead),
    said(Code::PRICE_TOO_SMALL, "1", &[500], CREATE, Reason::AmountTooSmall, Explanation::for_everyone(
        Merchant,
        "The price is below 10,000 rial.",
        "مبلغ از ۱۰٬۰۰۰ ریال کمتر است.",
    )),
    said(Code::INVOICE_NUMBER_MISSING, "2", &[500], CREATE, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The invoice number was not sent.",
        "شمارهٔ فاکتور فرستاده نشده است.",
    )),
    said(Code::INVOICE_NUMBER_USED, "3", &[500], CREATE, Reason::DuplicateOrder, Explanation::for_merchant(
        Merchant,
        "A payment with this invoice number exists, and CardPay does not tell its pay_id: it is in your own record, or lost.",
        "پرداختی با این شمارهٔ فاکتور وجود دارد و شناسهٔ آن را نمی‌توان پرسید: یا نزد خودتان ثبت است یا از دست رفته است.",
    )),
    said(Code::PAY_ID_MISSING, "4", &[500], WITH_PAY_ID, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The payment's id was not sent.",
        "شناسهٔ پرداخت فرستاده نشده است.",
    )),
    said(Code::PAY_ID_UNKNOWN, "5", &[500], WITH_PAY_ID, Reason::NotFound, Explanation::for_merchant(
        Merchant,
        "The payment's id is wrong, or no such payment exists.",
        "شناسهٔ پرداخت نادرست است یا چنین پرداختی وجود ندارد.",
    )),
    said(Code::EXPIRED, "6", &[500], WITH_PAY_ID, Reason::Expired, Explanation::for_everyone(
        Payer,
        "The time for this payment is over.",
        "مهلت این پرداخت به پایان رسیده است.",
    )),
    said(Code::NOT_PAID_YET, "7", &[200], CHECK, Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "The payment is not made yet, and there is still time.",
        "پرداخت هنوز انجام نشده و مهلت آن باقی است.",
    ))
    .beside(Says::Either),
    said(Code::PAID_FIRST_VERIFICATION, "201", &[200], CHECK, Reason::AlreadyPaid, Explanation::for_everyone(
        Merchant,
        "The payment is made, and was verified for the first time.",
        "پرداخت انجام شده و برای نخستین بار تأیید شده است.",
    ))
    .beside(Says::True),
    said(Code::PAID_VERIFIED_BEFORE, "200", &[200], CHECK, Reason::AlreadyPaid, Explanation::for_everyone(
        Merchant,
        "The payment is made, and had been verified before.",
        "پرداخت انجام شده و پیش‌تر نیز تأیید شده بود.",
    ))
    .beside(Says::True),
    said(Code::PAID_FROM_ANOTHER_CARD, "199", &[200], CHECK, Reason::Other, Explanation::for_everyone(
        Merchant,
        "Please do not pay again: the money came from another card than the recorded one, and the shop has to look into it.",
        "لطفاً دوباره پرداخت نکنید؛ مبلغ از کارتی غیر از کارت ثبت‌شده واریز شده است و فروشگاه باید آن را بررسی کند.",
    ))
    .beside(Says::Either),
];

/// A code, as its answer writes it, beside which `status` is `false` or nothing.
const fn said(
    code: Code,
    written: &'static str,
    http: &'static [u16],
    operations: &'static [&'static str],
    reason: Reason,
    explanation: Explanation,
) -> Row {
    let entry = CodeEntry::for_refusal(NAME, "code", written, reason, explanation);
    Row {
        code,
        http,
        status: Says::FalseIfAnything,
        entry: entry.with_operations(operations),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::HashSet;

    #[test]
    fn the_seventeen_documented_codes_are_all_different() {
        let codes: HashSet<Code> = Code::documented().collect();
        assert_eq!(codes.len(), 17);
        assert_eq!(Code::documented().count(), 17);
    }

    #[test]
    fn every_code_s_refusal_carries_it_and_what_its_entry_says() {
        for code in Code::documented() {
            let refusal = code.refusal();
            assert_eq!(Code::from_refusal(&refusal), Some(code));
            assert_eq!(refusal.reason(), code.reason());
            assert_eq!(refusal.explanation(), code.explanation());
            assert_eq!(refusal.advice(), code.advice());
        }
    }

    #[test]
    fn an_undocumented_code_keeps_its_number_and_has_no_reading() {
        let code = Code(-77);
        assert_eq!(code.refusal().code(), "-77");
        assert_eq!(code.reason(), Reason::Other);
        assert!(code.http_statuses().is_empty());
    }

    #[test]
    fn text_is_read_in_one_spelling_only() {
        for (text, code) in [("200", 200), ("0", 0), ("-3", -3)] {
            assert_eq!(Code::parse(text), Some(Code(code)));
        }
        for bad in [
            "",
            "+3",
            "03",
            "-0",
            " 3",
            "3 ",
            "3.0",
            "3e0",
            "۲۰۰",
            "true",
            "99999999999999999999",
            "100000",
            "-6037701689095443",
        ] {
            assert_eq!(Code::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn each_entry_stands_under_its_own_code() {
        for row in &ROWS {
            assert_eq!(row.entry.code, row.code.to_string());
        }
    }
}
