//! What SizPay says: its result codes, the states of a link, and the faults of the protocols that it speaks.
//!
//! Its documents name one result code, 1 for success; "anything else is failure", with a message in Persian that says
//! more. The other codes here are those of the two protocols that its ASMX service speaks.

mod table;

use paylink_core::text::tells_of_a_failure;
use paylink_core::{CodeEntry, Reason, Refusal};

/// `ResCod` of success (both documents; proven).
pub const SUCCESS: i64 = 1;

/// SOAP: the request itself is at fault, and the service did nothing (SOAP 1.1, section 4.4.1), as ASMX writes it.
pub const CLIENT_FAULT: &str = "soap:Client";
/// SOAP: the service failed while it worked; how far it came is not said (same place).
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
/// assert!(!fault.explanation.payer_may_see);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    table::RESULTS
        .iter()
        .chain(&table::STATES)
        .chain(&table::FAULTS)
}

/// What an error under a `ResCod` other than success says. No such number is documented, so the message decides: words
/// that speak of a failure of SizPay's own are no refusal.
pub(crate) fn refused(res_cod: i64, message: Option<&str>) -> Refusal {
    let code = res_cod.to_string();
    if message.is_some_and(tells_of_a_failure) {
        Refusal::new(&code, Reason::ProviderFailure)
    } else {
        table::REFUSED.refusal(&code)
    }
}

/// No link was sent, whatever `ResCod` says: `PayLinkSendID` is 0.
pub(crate) fn nothing_sent() -> Refusal {
    table::NOTHING_SENT.refusal(table::NOTHING_SENT.code)
}

/// What one of the protocols' own codes amounts to, `known`, under the code as it came.
pub(crate) fn fault(known: &str, code: &str) -> Refusal {
    let entry = table::FAULTS.iter().find(|entry| entry.code == known);
    entry.unwrap_or(&table::ANY_OTHER_FAULT).refusal(code)
}

#[cfg(test)]
mod tests {
    use paylink_core::Advice;

    use super::*;

    #[test]
    fn a_fault_that_may_have_sent_the_sms_has_to_be_looked_up() {
        for known in [SERVER_FAULT, ASPNET_ERROR, "soap:Receiver"] {
            let refusal = fault(known, "x");
            assert_eq!(refusal.reason(), Reason::ProviderFailure, "{known}");
            assert_eq!(refusal.advice(), Advice::LookUpFirst, "{known}");
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
            assert_eq!(failed.advice(), Advice::LookUpFirst);
        }
    }
}
