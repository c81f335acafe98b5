//! What stands under a number. The document lists them for each service; what it says of one is the same everywhere.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::{Account, CodeEntry, Evidence, Explanation, Reason};

use super::{
    ALREADY_PAID, ANSWER_LOST, CANCELLED, CLOSED, INTERNAL, NOT_AUTHENTICATED, NOT_ISSUED_TO_YOU,
    NOT_PAID, PERMISSION_DENIED, SERVICE_TIMEOUT, WAITING_FOR_GATEWAY, WAITING_FOR_VERIFICATION,
    WALLET_MISSING,
};
use crate::account::PodAccount;

#[rustfmt::skip]
pub(super) static DONE: CodeEntry =
    CodeEntry::done(PodAccount::PROVIDER, "errorCode", "0", Explanation::for_merchant(
        Merchant,
        "POD did what it was asked.",
        "پاد درخواست را انجام داد.",
    ))
    .known_by(Evidence::Public);

#[rustfmt::skip]
pub(super) static REFUSALS: [CodeEntry; 13] = [
    refusing(PERMISSION_DENIED, Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "The merchant's account is not allowed to do this to this invoice.",
        "حساب کسب‌وکار اجازهٔ این کار را روی این فاکتور ندارد.",
    ))
    .known_by(Evidence::Public),
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
    .known_by(Evidence::Public),
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
pub(super) fn numbered(code: &str) -> Option<&'static CodeEntry> {
    REFUSALS.iter().find(|entry| entry.code == code)
}

#[rustfmt::skip]
pub(super) const AT_THE_GATEWAY: CodeEntry =
    refusing(WAITING_FOR_GATEWAY, Reason::AwaitingGateway, Explanation::for_everyone(
        Payer,
        "Please do not pay again: a payment of this invoice is under way at the bank.",
        "لطفاً دوباره پرداخت نکنید؛ پرداخت این فاکتور در درگاه بانک در جریان است.",
    ));

#[rustfmt::skip]
pub(super) const ISSUED_TO_ANOTHER: CodeEntry =
    refusing(NOT_ISSUED_TO_YOU, Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "This invoice was issued to somebody else than the token's owner.",
        "این فاکتور برای کسی جز صاحب توکن صادر شده است.",
    ));

#[rustfmt::skip]
pub(super) const NO_WALLET: CodeEntry =
    refusing(WALLET_MISSING, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "The request names no wallet.",
        "کیف پول در درخواست نیامده است.",
    ));

const fn refusing(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::refusing(PodAccount::PROVIDER, "errorCode", code, reason, explanation)
}
