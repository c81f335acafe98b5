//! What SizPay says: its result codes, the states of a link, and the faults of the protocols that it speaks.
//!
//! Its documents name one result code, 1 for success; "anything else is failure", with a message in Persian that says
//! more. The other codes here are those of the two protocols that its ASMX service speaks.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::text::reports_failure;
use paylink_core::{ClientConfig, CodeEntry, Evidence, Explanation, Operation, Reason, Refusal};

use crate::config::SizPayConfig;
use crate::descriptor::SEND_ID;
use crate::fields::RES_COD;
use crate::operations::{NewLink, ReadPayStatus};

/// `ResCod` of success (both documents; proven).
pub const SUCCESS: i64 = 1;

/// SOAP: the request itself is at fault, and the service did nothing (SOAP 1.1, section 4.4.1), as ASMX writes it.
pub const CLIENT_FAULT: &str = "soap:Client";
/// SOAP: the service failed while it worked; how far it came is not known (same place).
pub const SERVER_FAULT: &str = "soap:Server";
/// SOAP: the service speaks another version, and did nothing (same place).
pub const VERSION_MISMATCH: &str = "soap:VersionMismatch";
/// SOAP: the service does not understand a header that it must, and did nothing (same place).
pub const MUST_UNDERSTAND: &str = "soap:MustUnderstand";
/// ASP.NET JSON: an exception ended the request, and its name was kept back. Else the code is the exception's name.
pub const ASPNET_ERROR: &str = "ASP.NET";

/// Everything that SizPay is known to say, and what it means to people.
///
/// ```
/// use sizpay_client::codes;
///
/// let mut entries = codes::catalogue();
/// let fault = entries.find(|entry| entry.code == codes::SERVER_FAULT).unwrap();
/// assert!(!fault.explanation.visible_to_payer);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    RESULTS.iter().chain(&STATES).chain(&FAULTS)
}

/// What an error under a `ResCod` other than success says. No such number is documented, so the message decides: words
/// that speak of a failure of SizPay's own are no refusal.
pub(crate) fn refused(res_cod: i64, message: Option<&str>) -> Refusal {
    let code = res_cod.to_string();
    if message.is_some_and(reports_failure) {
        Refusal::new(&code, Reason::ProviderFailure)
    } else {
        REFUSED.refusal(&code)
    }
}

/// No link was sent, whatever `ResCod` says: `PayLinkSendID` is 0.
pub(crate) fn nothing_sent() -> Refusal {
    NOTHING_SENT.refusal(NOTHING_SENT.code)
}

/// What one of the protocols' own codes amounts to, `known`, under the code as it came.
pub(crate) fn fault(known: &str, code: &str) -> Refusal {
    let entry = FAULTS.iter().find(|entry| entry.code == known);
    entry.unwrap_or(&ANY_OTHER_FAULT).refusal(code)
}

/// What answers tell besides the state of a link.
#[rustfmt::skip]
static RESULTS: [CodeEntry; 3] = [
    CodeEntry::for_success(SizPayConfig::PROVIDER, RES_COD, "1", Explanation::for_merchant(
        Merchant,
        "SizPay did what it was asked.",
        "سیزپی درخواست را انجام داد.",
    )),
    REFUSED,
    NOTHING_SENT,
];

/// Every `ResCod` but 1.
#[rustfmt::skip]
const REFUSED: CodeEntry =
    told(RES_COD, "any other", Reason::Other, Explanation::for_merchant(
        Merchant,
        "SizPay did not do what it was asked; its own message says why.",
        "سیزپی این درخواست را انجام نداد؛ دلیل آن در پیام سیزپی آمده است.",
    ));

/// No link was sent, whatever `ResCod` says (document on the ASMX service; proven).
#[rustfmt::skip]
const NOTHING_SENT: CodeEntry =
    told(SEND_ID, "0", Reason::Other, Explanation::for_merchant(
        Merchant,
        "SizPay sent no link; its own message says why.",
        "سیزپی لینکی نفرستاد؛ دلیل آن در پیام سیزپی آمده است.",
    ))
    .with_operations(&[NewLink::NAME]);

/// The state of a link (document on the ASMX service), also where the list of states tells it.
#[rustfmt::skip]
static STATES: [CodeEntry; 2] = [
    told("prmPayLinkFirstStatus", "0", Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "The payment link is not paid yet.",
        "پرداخت این لینک هنوز انجام نشده است.",
    ))
    .with_operations(&[ReadPayStatus::NAME]),
    told("prmPayLinkFirstStatus", "1", Reason::AlreadyPaid, Explanation::for_everyone(
        Merchant,
        "The payment link is paid.",
        "پرداخت این لینک انجام شده است.",
    ))
    .with_operations(&[ReadPayStatus::NAME]),
];

/// What the protocols say by themselves.
#[rustfmt::skip]
static FAULTS: [CodeEntry; 5] = [
    protocol("faultcode", CLIENT_FAULT, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay could not read the SOAP request; nothing was done.",
        "سیزپی درخواست SOAP را نپذیرفت و کاری انجام نشد.",
    )),
    protocol("faultcode", VERSION_MISMATCH, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay speaks another version of SOAP; nothing was done.",
        "نگارش SOAP سیزپی با این درخواست سازگار نیست و کاری انجام نشد.",
    )),
    protocol("faultcode", MUST_UNDERSTAND, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay does not understand a SOAP header of the request; nothing was done.",
        "سیزپی یکی از سرآیندهای SOAP درخواست را نمی‌شناسد و کاری انجام نشد.",
    )),
    ANY_OTHER_FAULT,
    protocol("ExceptionType", ASPNET_ERROR, Reason::ProviderFailure, Explanation::for_merchant(
        Provider,
        "An exception ended SizPay's work on the request; what it did before has to be looked up.",
        "رسیدگی سیزپی به درخواست با خطایی پیش‌بینی‌نشده پایان یافت؛ نتیجهٔ درخواست باید استعلام شود.",
    )),
];

/// What stands for a fault that says no better: the service failed while it worked.
#[rustfmt::skip]
const ANY_OTHER_FAULT: CodeEntry =
    protocol("faultcode", SERVER_FAULT, Reason::ProviderFailure, Explanation::for_merchant(
        Provider,
        "SizPay failed while it worked on the request; what it did has to be looked up.",
        "در سامانهٔ سیزپی خطایی رخ داد؛ نتیجهٔ درخواست باید استعلام شود.",
    ));

const fn told(
    field: &'static str,
    code: &'static str,
    reason: Reason,
    explanation: Explanation,
) -> CodeEntry {
    CodeEntry::for_refusal(SizPayConfig::PROVIDER, field, code, reason, explanation)
}

const fn protocol(
    field: &'static str,
    code: &'static str,
    reason: Reason,
    explanation: Explanation,
) -> CodeEntry {
    told(field, code, reason, explanation).with_evidence(Evidence::Protocol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use paylink_core::Advice;

    #[test]
    fn a_fault_that_may_have_sent_the_sms_has_to_be_looked_up() {
        for known in [SERVER_FAULT, ASPNET_ERROR, "soap:Receiver"] {
            let refusal = fault(known, "x");
            assert_eq!(refusal.reason(), Reason::ProviderFailure, "{known}");
            assert_eq!(refusal.advice(), Advice::ResolveFirst, "{known}");
            assert_eq!(refusal.code(), "x");
        }
        for known in [CLIENT_FAULT, VERSION_MISMATCH, MUST_UNDERSTAND] {
            assert_eq!(fault(known, known).reason(), Reason::BadRequest, "{known}");
        }
    }

    #[test]
    fn a_result_code_has_no_reason_of_its_own() {
        for code in [0, -105, 2] {
            let refusal = refused(code, Some("نشد"));
            assert_eq!(refusal.reason(), Reason::Other);
            assert_eq!(refusal.code(), code.to_string());
            assert!(refusal.explanation().english.contains("its own message"));
            let failed = refused(code, Some("خطا در ارتباط با سرور"));
            assert_eq!(failed.reason(), Reason::ProviderFailure);
            assert_eq!(failed.advice(), Advice::ResolveFirst);
        }
    }
}
