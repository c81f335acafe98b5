//! What POD says: the codes that it refuses with, and the refusals that its document knows by their words.

mod messages;
mod table;

use paylink_core::text::tells_of_a_failure;
use paylink_core::{CodeEntry, Reason, Refusal};

use crate::html;

/// The caller may not do this (SDKs).
pub const PERMISSION_DENIED: &str = "4";
/// The token is missing or wrong.
pub const NOT_AUTHENTICATED: &str = "21";
/// `BILL_ALREADY_PAYED`: the invoice is paid already.
pub const ALREADY_PAID: &str = "24";
/// `INVOICE_IS_CANCELED`: a cancelled invoice cannot be paid.
pub const CANCELLED: &str = "32";
/// `BILL_ALREADY_CLOSED`: a closed invoice cannot be paid.
pub const CLOSED: &str = "45";
/// `BILL_NOT_PAYED`: the invoice is not paid (SDKs).
pub const NOT_PAID: &str = "55";
/// `BILL_IS_WAITING_FOR_VERIFICATION`: it is paid, and waits for the merchant.
pub const WAITING_FOR_VERIFICATION: &str = "58";
/// `BILL_IS_WAITING_FOR_GATEWAY`: a payer is at the bank's gateway.
pub const WAITING_FOR_GATEWAY: &str = "72";
/// The invoice was not issued to the caller.
pub const NOT_ISSUED_TO_YOU: &str = "99";
/// The parameter `wallet` is missing.
pub const WALLET_MISSING: &str = "193";
/// The service behind the platform timed out: **the outcome is unknown**.
pub const SERVICE_TIMEOUT: &str = "227";
/// The answer of the service behind the platform was lost: **the outcome is unknown**.
pub const ANSWER_LOST: &str = "378";
/// `UNKNOWN`, an internal error: **the outcome is unknown**. Quote the reference number to POD's support.
pub const INTERNAL: &str = "999";

/// Everything that POD is known to say, and what it means to people.
///
/// ```
/// use pod_invoice_client::codes;
///
/// let mut entries = codes::catalogue();
/// let paid = entries.find(|entry| entry.code == codes::ALREADY_PAID).unwrap();
/// assert!(paid.explanation.payer_may_see);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CodeEntry> {
    std::iter::once(&table::DONE)
        .chain(&table::REFUSALS)
        .chain(&messages::MESSAGES)
}

/// Whether an error under this code, or in the words that are its code, leaves open what became of the operation. The kind
/// of an error says more: beside a number that is not documented, words that are not the code count too.
#[must_use]
pub fn leaves_outcome_unknown(code: &str) -> bool {
    matches!(code, SERVICE_TIMEOUT | ANSWER_LOST | INTERNAL) || tells_of_a_failure(code)
}

/// What an error of POD's envelope says; `None` if it says nothing. The words are heard only where the number says
/// nothing: it is unknown, 0 or not there. The document shows refusals in words alone, and then they are the code. Words
/// that speak of a failure of POD's own are no refusal, whatever else they say.
pub(crate) fn refusal(
    number: Option<i64>,
    message: Option<&str>,
    reference: Option<&str>,
) -> Option<Refusal> {
    let number = number.filter(|number| *number != 0);
    let number = number.map(|number| number.to_string());
    let message = message.map(html::unescape);
    let message = message.as_deref().filter(|words| !words.trim().is_empty());
    let known = number.as_deref().and_then(table::numbered);
    let entry = known.or_else(|| message.and_then(messages::recognise));
    let in_words = || entry.map(|entry| entry.code).or(message);
    let code = number.as_deref().or_else(in_words)?;
    let mut refusal = match entry {
        Some(entry) => entry.refusal(code),
        None if message.is_some_and(tells_of_a_failure) => {
            Refusal::new(code, Reason::ProviderFailure)
        }
        None => Refusal::new(code, Reason::Other),
    };
    if let Some(message) = message {
        refusal = refusal.message_from_provider(message);
    }
    if let Some(reference) = reference {
        refusal = refusal.reference_number(reference);
    }
    Some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_outcome_is_the_provider_s_failure_and_nothing_else_is() {
        for entry in &table::REFUSALS {
            let failed = entry.reason == Some(Reason::ProviderFailure);
            assert_eq!(leaves_outcome_unknown(entry.code), failed, "{}", entry.code);
        }
        assert!(!leaves_outcome_unknown("25"));
    }

    #[test]
    fn a_known_number_speaks_louder_than_any_words() {
        let words = Some("مجوز انجام این عملیات را ندارید");
        let reason = |number, words| refusal(Some(number), words, None).unwrap().reason();
        assert_eq!(reason(24, words), Reason::AlreadyPaid);
        assert_eq!(reason(227, words), Reason::ProviderFailure);
        assert_eq!(reason(4711, words), Reason::NotAllowed);
        assert_eq!(reason(4711, Some("no")), Reason::Other);
        assert_eq!(
            reason(4711, Some("تایم اوت سرویس اصلی")),
            Reason::ProviderFailure
        );
        assert_eq!(
            reason(4711, Some("Read timed out")),
            Reason::ProviderFailure
        );
        assert_eq!(reason(24, Some("Read timed out")), Reason::AlreadyPaid);
        assert_eq!(reason(4711, None), Reason::Other);
    }

    #[test]
    fn without_a_number_the_words_are_the_code() {
        for number in [None, Some(0)] {
            for entry in &messages::MESSAGES {
                let words = format!("{} : احتمالا", entry.code);
                let refusal = refusal(number, Some(&words), None).unwrap();
                assert_eq!(refusal.code(), entry.code, "whole, as in the catalogue");
                assert_eq!(Some(refusal.reason()), entry.reason);
                assert_eq!(refusal.message(), Some(&*words));
            }
            let other = refusal(number, Some("&#x646;&#x634;&#x62f;"), None).unwrap();
            assert_eq!((other.code(), other.reason()), ("نشد", Reason::Other));
            for words in [
                "تایم اوت سرویس اصلی",
                "Read timed out",
                "خطا در ارتباط با سرویس",
            ] {
                let lost = refusal(number, Some(words), None).unwrap();
                assert_eq!(lost.reason(), Reason::ProviderFailure, "{lost}");
                assert!(leaves_outcome_unknown(lost.code()), "{lost}");
            }
            let both = format!("{} : Timeout", messages::MESSAGES[5].code);
            let both = refusal(number, Some(&both), None).unwrap();
            assert_eq!(both.reason(), Reason::ProviderFailure, "{both}");
            for nothing in [None, Some(""), Some(" ")] {
                assert_eq!(refusal(number, nothing, Some("1")), None);
            }
        }
    }

    #[test]
    fn message_and_reference_are_kept() {
        let refusal = refusal(Some(72), Some("&#x642;&#x628;&#x636;"), Some("234910992")).unwrap();
        assert_eq!(refusal.code(), "72");
        assert_eq!(refusal.message(), Some("قبض"));
        assert_eq!(refusal.reference(), Some("234910992"));
    }
}
