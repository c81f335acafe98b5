//! What ZiPay says: the codes that it refuses with, and the states of an invoice.
//!
//! ZiPay's document lists no code of a refusal. The number is the `status` of its envelope, which looks like an HTTP
//! status; what these mean is a reading, and the message beside them says more.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::text::reports_failure;
use paylink_core::{Advice, CodeEntry, Evidence, Explanation, Reason, Refusal};

use crate::descriptor::NAME;

/// The key or the signature was not accepted.
pub const UNAUTHORIZED: &str = "401";
/// The key may not do this: the panel can restrict it to addresses and methods.
pub const FORBIDDEN: &str = "403";
/// There is no such invoice, or it is another merchant's.
pub const NOT_FOUND: &str = "404";
/// Something in the request is missing or malformed.
pub const BAD_REQUEST: &str = "400";
/// Something in the request cannot be accepted, an invoice number that was used before say.
pub const UNPROCESSABLE: &str = "422";

/// Everything that ZiPay is known to say, and what it means to people.
///
/// ```
/// use zipay_client::codes;
///
/// let mut entries = codes::catalogue();
/// let pending = entries.find(|entry| entry.code == "pending").unwrap();
/// assert!(pending.explanation.english.contains("confirm"));
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    std::iter::once(&DONE).chain(&REFUSALS).chain(&STATES)
}

/// What an error under the envelope's status says. The words beside it are heard where the status says nothing of its own,
/// or only that something was wrong: an error that a framework ends with 400 may be any. Words that speak of a failure of
/// ZiPay's own are no refusal.
pub(crate) fn refusal(status: u64, message: Option<&str>) -> Refusal {
    let code = status.to_string();
    let known = |entry: &&CodeEntry| match entry.code {
        SERVER_ERROR => (500..=599).contains(&status),
        exact => exact == code,
    };
    let refusal = match REFUSALS.iter().find(known) {
        Some(entry) => entry.refusal(&code),
        None => Refusal::new(&code, Reason::Other),
    };
    let refusal = match (refusal.reason(), message) {
        (Reason::Other | Reason::BadRequest, Some(words)) if reports_failure(words) => {
            Refusal::new(&code, Reason::ProviderFailure)
        }
        _ => refusal,
    };
    match message {
        Some(message) => refusal.with_message(message),
        None => refusal,
    }
}

/// Every status from 500 to 599.
const SERVER_ERROR: &str = "5xx";

/// The one `status` of the envelope that the document has. Beside `success: false` it means nothing.
#[rustfmt::skip]
static DONE: CodeEntry =
    CodeEntry::for_success(NAME, "status", "200", Explanation::for_merchant(
        Merchant,
        "ZiPay did what it was asked.",
        "زی‌پی درخواست را انجام داد.",
    ));

/// The others, beside `success: false`.
#[rustfmt::skip]
static REFUSALS: [CodeEntry; 6] = [
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
    .with_advice(Advice::ResolveFirst),
    read(SERVER_ERROR, Reason::ProviderFailure, Explanation::for_everyone(
        Provider,
        "Please do not pay again: something went wrong at ZiPay, and whether the invoice is paid is not known yet.",
        "لطفاً دوباره پرداخت نکنید؛ در سامانهٔ زی‌پی خطایی رخ داد و نتیجهٔ پرداخت هنوز مشخص نیست.",
    )),
];

/// The `status` of an invoice, wherever one stands: in `result`, in `items`, in a webhook.
#[rustfmt::skip]
static STATES: [CodeEntry; 6] = [
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
    .with_advice(Advice::NoAction),
];

const fn read(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::for_refusal(NAME, "status", code, reason, explanation)
        .with_evidence(Evidence::Assumed)
}

const fn state(code: &'static str, reason: Reason, explanation: Explanation) -> CodeEntry {
    CodeEntry::for_refusal(NAME, "result.status", code, reason, explanation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_whole_and_the_five_hundreds_as_one() {
        for (status, reason) in [
            (400, Reason::BadRequest),
            (401, Reason::BadCredentials),
            (403, Reason::NotAllowed),
            (404, Reason::NotFound),
            (422, Reason::BadRequest),
            (499, Reason::Other),
            (500, Reason::ProviderFailure),
            (599, Reason::ProviderFailure),
            (600, Reason::Other),
            (5_000, Reason::Other),
            // Beside `success: false`, this is no success.
            (200, Reason::Other),
        ] {
            let refusal = refusal(status, None);
            assert_eq!(refusal.reason(), reason, "{status}");
            assert_eq!(refusal.code(), status.to_string());
        }
    }
}
