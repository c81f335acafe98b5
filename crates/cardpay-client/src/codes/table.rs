//! The list of codes in the document's last section ("codes and errors"; proven): which code comes under which HTTP status.
//!
//! Which operations answer with a code follows from its wording. Where it does not, that is a reading, and so is what
//! `status` says beside a code that no sample shows.

use paylink_core::Party::{Merchant, Payer};
use paylink_core::{Explanation, Party, Reason};

use super::Code;

/// One documented code, and everything that has to agree with it.
pub(crate) struct Row {
    pub(crate) code: Code,
    /// The HTTP statuses it comes under.
    pub(crate) http: &'static [u16],
    /// The operations that answer with it.
    pub(crate) places: &'static [Place],
    /// What `status` says beside it.
    pub(crate) status: Says,
    pub(crate) reason: Reason,
    pub(crate) explanation: Explanation,
}

impl Row {
    pub(crate) fn of(code: Code) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.code == code)
    }

    const fn new(
        code: Code,
        http: &'static [u16],
        places: &'static [Place],
        status: Says,
        reason: Reason,
        explanation: Explanation,
    ) -> Row {
        Row {
            code,
            http,
            places,
            status,
            reason,
            explanation,
        }
    }
}

/// What answers with a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Create,
    SetCard,
    Check,
    Cards,
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

const ANYWHERE: &[Place] = &[Place::Create, Place::SetCard, Place::Check, Place::Cards];
const CREATE: &[Place] = &[Place::Create];
const SET_CARD: &[Place] = &[Place::SetCard];
const CHECK: &[Place] = &[Place::Check];
const WITH_CARD: &[Place] = &[Place::Create, Place::SetCard];
/// The document has these for a check; the other operation that takes a `pay_id` may well answer with them too.
const WITH_PAY_ID: &[Place] = &[Place::Check, Place::SetCard];

/// A text that the payer may see.
const fn open(whose: Party, english: &'static str, persian: &'static str) -> Explanation {
    Explanation::new(english, persian, whose, true)
}

/// A text for the merchant alone: it speaks of code or configuration.
const fn inside(english: &'static str, persian: &'static str) -> Explanation {
    Explanation::new(english, persian, Merchant, false)
}

#[rustfmt::skip]
pub(super) static ROWS: [Row; 17] = [
    Row::new(Code::NO_SUCH_ENDPOINT, &[404, 200], ANYWHERE, Says::FalseIfAnything, Reason::NotFound, inside(
        "There is no such page or endpoint; check the base URL.",
        "چنین صفحه یا نشانی‌ای وجود ندارد؛ نشانی پایه را بررسی کنید.",
    )),
    Row::new(Code::WRONG_METHOD, &[405], ANYWHERE, Says::FalseIfAnything, Reason::BadRequest, inside(
        "The HTTP method is not the one that this endpoint takes.",
        "روش HTTP با این نشانی سازگار نیست.",
    )),
    Row::new(Code::TOKEN_REFUSED, &[403], ANYWHERE, Says::FalseIfAnything, Reason::BadCredentials, inside(
        "The token is missing, wrong, or not allowed here.",
        "توکن فرستاده نشده، نادرست است یا اجازهٔ دسترسی ندارد.",
    )),
    Row::new(Code::PRICE_NOT_NUMERIC, &[500], CREATE, Says::FalseIfAnything, Reason::BadRequest, inside(
        "The price is not a number.",
        "مبلغ به‌صورت عدد نیست.",
    )),
    Row::new(Code::CARD_MALFORMED, &[500], WITH_CARD, Says::FalseIfAnything, Reason::BadRequest, open(
        Payer,
        "The card number is missing or malformed.",
        "شمارهٔ کارت فرستاده نشده یا نادرست است.",
    )),
    Row::new(Code::CARD_RECORDED_BEFORE, &[500], SET_CARD, Says::FalseIfAnything, Reason::Other, open(
        Merchant,
        "A card is recorded for this payment already; it is not told which.",
        "پیش‌تر برای این پرداخت کارتی ثبت شده است و شمارهٔ آن گفته نمی‌شود.",
    )),
    Row::new(Code::PAYMENT_FINAL, &[500], SET_CARD, Says::FalseIfAnything, Reason::Closed, open(
        Merchant,
        "The payment is final, so no card can be recorded for it.",
        "پرداخت نهایی شده است و دیگر نمی‌توان برای آن کارتی ثبت کرد.",
    )),
    Row::new(Code::PRICE_TOO_SMALL, &[500], CREATE, Says::FalseIfAnything, Reason::AmountTooSmall, open(
        Merchant,
        "The price is below 10,000 rial.",
        "مبلغ از ۱۰٬۰۰۰ ریال کمتر است.",
    )),
    Row::new(Code::INVOICE_NUMBER_MISSING, &[500], CREATE, Says::FalseIfAnything, Reason::BadRequest, inside(
        "The invoice number was not sent.",
        "شمارهٔ فاکتور فرستاده نشده است.",
    )),
    Row::new(Code::INVOICE_NUMBER_USED, &[500], CREATE, Says::FalseIfAnything, Reason::DuplicateOrder, inside(
        "A payment with this invoice number exists, and CardPay does not tell its pay_id: it is in your own record, or lost.",
        "پرداختی با این شمارهٔ فاکتور وجود دارد و شناسهٔ آن پرسیدنی نیست: یا نزد خودتان ثبت است یا از دست رفته است.",
    )),
    Row::new(Code::PAY_ID_MISSING, &[500], WITH_PAY_ID, Says::FalseIfAnything, Reason::BadRequest, inside(
        "The payment's id was not sent.",
        "شناسهٔ پرداخت فرستاده نشده است.",
    )),
    Row::new(Code::PAY_ID_UNKNOWN, &[500], WITH_PAY_ID, Says::FalseIfAnything, Reason::NotFound, inside(
        "The payment's id is wrong, or no such payment exists.",
        "شناسهٔ پرداخت نادرست است یا چنین پرداختی وجود ندارد.",
    )),
    Row::new(Code::EXPIRED, &[500], WITH_PAY_ID, Says::FalseIfAnything, Reason::Expired, open(
        Payer,
        "The time for this payment is over.",
        "مهلت این پرداخت به پایان رسیده است.",
    )),
    Row::new(Code::NOT_PAID_YET, &[200], CHECK, Says::Either, Reason::NotPaidYet, open(
        Payer,
        "The payment is not made yet, and there is still time.",
        "پرداخت هنوز انجام نشده و مهلت آن باقی است.",
    )),
    Row::new(Code::PAID_FIRST_VERIFICATION, &[200], CHECK, Says::True, Reason::AlreadyPaid, open(
        Merchant,
        "The payment is made, and was verified for the first time.",
        "پرداخت انجام شده و برای نخستین بار تأیید شده است.",
    )),
    Row::new(Code::PAID_VERIFIED_BEFORE, &[200], CHECK, Says::True, Reason::AlreadyPaid, open(
        Merchant,
        "The payment is made, and had been verified before.",
        "پرداخت انجام شده و پیش‌تر نیز تأیید شده بود.",
    )),
    Row::new(Code::PAID_FROM_ANOTHER_CARD, &[200], CHECK, Says::Either, Reason::Other, open(
        Merchant,
        "The money came from another card than the recorded one; a person has to decide.",
        "مبلغ از کارتی غیر از کارت ثبت‌شده واریز شده است و باید بررسی شود.",
    )),
];
