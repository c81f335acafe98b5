//! The entries of the catalogue.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::{Account, Advice, CodeEntry, Evidence, Explanation, Reason};

use super::{BAD_REQUEST, FORBIDDEN, NOT_FOUND, UNAUTHORIZED, UNPROCESSABLE};
use crate::account::ZiPayAccount;

/// Every status from 500 to 599.
pub(super) const SERVER_ERROR: &str = "5xx";

/// The one `status` of the envelope that the document has. Beside `success: false` it means nothing.
#[rustfmt::skip]
pub(super) static DONE: CodeEntry =
    CodeEntry::done(ZiPayAccount::PROVIDER, "status", "200", Explanation::for_merchant(
        Merchant,
        "ZiPay did what it was asked.",
        "زی‌پی درخواست را انجام داد.",
    ));

/// The others, beside `success: false`.
#[rustfmt::skip]
pub(super) static REFUSALS: [CodeEntry; 6] = [
    read(BAD_REQUEST, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "Something in the request is missing or malformed; ZiPay's message says what.",
        "چیزی در درخواست کم یا نادرست است؛ پیام زی‌پی می‌گوید چه چیزی.",
    )),
    read(UNAUTHORIZED, Reason::BadCredentials, Explanation::for_merchant(
        Merchant,
        "ZiPay did not accept the key or the signature: check the API key and the secret key.",
        "زی‌پی کلید یا امضا را نپذیرفت؛ کلید API و کلید محرمانه را بررسی کنید.",
    )),
    read(FORBIDDEN, Reason::NotAllowed, Explanation::for_merchant(
        Merchant,
        "The key may not do this: in ZiPay's panel it can be restricted to addresses and methods.",
        "این کلید اجازهٔ این کار را ندارد؛ در پنل زی‌پی می‌توان کلید را به نشانی‌ها و متدهای معیّن محدود کرد.",
    )),
    read(NOT_FOUND, Reason::NotFound, Explanation::for_everyone(
        Merchant,
        "No such invoice was found.",
        "چنین فاکتوری یافت نشد.",
    )),
    read(UNPROCESSABLE, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "ZiPay cannot accept something in the request, perhaps an invoice number that was used before.",
        "زی‌پی چیزی را در درخواست نمی‌پذیرد؛ شاید شمارهٔ فاکتور تکراری است.",
    ))
    // Another number in its place would make a second invoice for one order.
    .advising(Advice::LookUpFirst),
    read(SERVER_ERROR, Reason::ProviderFailure, Explanation::for_everyone(
        Provider,
        "Please do not pay again: something went wrong at ZiPay, and whether the invoice is paid is not known yet.",
        "لطفاً دوباره پرداخت نکنید؛ در سامانهٔ زی‌پی خطایی رخ داد و نتیجهٔ پرداخت هنوز مشخص نیست.",
    )),
];

/// The `status` of an invoice, wherever one stands: in `result`, in `items`, in a webhook.
#[rustfmt::skip]
pub(super) static STATES: [CodeEntry; 6] = [
    state("generated", Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "The invoice is issued and not paid yet.",
        "فاکتور صادر شده و هنوز پرداخت نشده است.",
    )),
    state("waiting", Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "The invoice is about to be paid.",
        "فاکتور در جریان پرداخت است.",
    )),
    state("pending", Reason::AwaitingConfirmation, Explanation::for_everyone(
        Merchant,
        "Please do not pay again: the invoice is paid; unless the shop confirms it within 30 minutes, the money goes back to the payer.",
        "لطفاً دوباره پرداخت نکنید؛ فاکتور پرداخت شده است و اگر فروشگاه تا ۳۰ دقیقه آن را تأیید نکند، مبلغ به پرداخت‌کننده بازمی‌گردد.",
    )),
    state("completed", Reason::AlreadyPaid, Explanation::for_everyone(
        Merchant,
        "The invoice is paid and confirmed.",
        "فاکتور پرداخت و تأیید شده است.",
    )),
    state("rejected", Reason::Closed, Explanation::for_everyone(
        Merchant,
        "The invoice was not paid, or its money went back to the payer.",
        "فاکتور پرداخت نشده یا مبلغ آن به پرداخت‌کننده بازگشته است.",
    )),
    state("refunded", Reason::Closed, Explanation::for_everyone(
        Merchant,
        "The shop gave the money of this invoice back to the payer.",
        "فروشگاه مبلغ این فاکتور را به پرداخت‌کننده بازگردانده است.",
    ))
    .advising(Advice::NothingToDo),
];

const fn read(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::refusing(ZiPayAccount::PROVIDER, "status", code, reason, explanation)
        .known_by(Evidence::Reading)
}

const fn state(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::refusing(
        ZiPayAccount::PROVIDER,
        "result.status",
        code,
        reason,
        explanation,
    )
}
