//! What SizPay says when it does not do what it was asked.
//!
//! Its documents name one result code, 1 for success; "anything else is failure", with a message in Persian that says
//! more. The other codes here are those of the two protocols that its ASMX service speaks.

use paylink_core::{Explanation, Party, Reason};

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

/// Every code that is known beside success.
pub const ALL: [&str; 5] = [
    CLIENT_FAULT,
    SERVER_FAULT,
    VERSION_MISMATCH,
    MUST_UNDERSTAND,
    ASPNET_ERROR,
];

/// What a code stands for, as far as its protocol tells. Of a `ResCod` none is known: the message says more.
#[must_use]
pub fn reason(code: &str) -> Reason {
    match code {
        CLIENT_FAULT | VERSION_MISMATCH | MUST_UNDERSTAND => Reason::BadRequest,
        SERVER_FAULT | ASPNET_ERROR => Reason::ProviderFailure,
        _ => Reason::Other,
    }
}

/// What to tell people about a code.
#[must_use]
pub fn explanation(code: &str) -> Explanation {
    match code {
        CLIENT_FAULT => Explanation::new(
            "SizPay could not read the SOAP request; nothing was done.",
            "سیزپی درخواست SOAP را نپذیرفت و کاری انجام نشد.",
            Party::Merchant,
            false,
        ),
        VERSION_MISMATCH | MUST_UNDERSTAND => Explanation::new(
            "SizPay speaks another version of SOAP; nothing was done.",
            "نگارش SOAP سیزپی با این درخواست سازگار نیست و کاری انجام نشد.",
            Party::Merchant,
            false,
        ),
        SERVER_FAULT | ASPNET_ERROR => Explanation::new(
            "SizPay failed while it worked on the request; what it did has to be looked up.",
            "در سامانهٔ سیزپی خطایی رخ داد؛ نتیجهٔ درخواست باید استعلام شود.",
            Party::Provider,
            false,
        ),
        _ => Explanation::new(
            "SizPay did not do what it was asked; its own message says why.",
            "سیزپی این درخواست را انجام نداد؛ دلیل آن در پیام سیزپی آمده است.",
            Party::Merchant,
            false,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, explanation, reason};
    use paylink_core::Reason;

    #[test]
    fn every_code_is_explained_in_both_languages() {
        for code in ALL.into_iter().chain(["0", "-105"]) {
            let said = explanation(code);
            assert!(said.english.is_ascii(), "{code}");
            assert!(said.persian.contains("سیزپی"), "{code}");
            assert!(!said.payer_may_see, "{code}");
        }
    }

    #[test]
    fn a_result_code_has_no_reason_of_its_own() {
        assert_eq!(reason("0"), Reason::Other);
        assert!(ALL.into_iter().all(|code| reason(code) != Reason::Other));
    }
}
