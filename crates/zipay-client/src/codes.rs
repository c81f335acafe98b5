//! What ZiPay says: the codes that it refuses with, and the states of an invoice.
//!
//! ZiPay's document lists no code of a refusal. The number is the `status` of its envelope, which looks like an HTTP
//! status; what these mean is a reading, and the message beside them says more.

mod table;

use paylink_core::text::tells_of_a_failure;
use paylink_core::{CodeEntry, Reason, Refusal};

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
    std::iter::once(&table::DONE)
        .chain(&table::REFUSALS)
        .chain(&table::STATES)
}

/// What an error under the envelope's status says. The words beside it are heard where the status says nothing of its own,
/// or only that something was wrong: an error that a framework ends with 400 may be any. Words that speak of a failure of
/// ZiPay's own are no refusal.
pub(crate) fn refusal(status: u64, message: Option<&str>) -> Refusal {
    let code = status.to_string();
    let known = |entry: &&CodeEntry| match entry.code {
        table::SERVER_ERROR => (500..=599).contains(&status),
        exact => exact == code,
    };
    let refusal = match table::REFUSALS.iter().find(known) {
        Some(entry) => entry.refusal(&code),
        None => Refusal::new(&code, Reason::Other),
    };
    let refusal = match (refusal.reason(), message) {
        (Reason::Other | Reason::BadRequest, Some(words)) if tells_of_a_failure(words) => {
            Refusal::new(&code, Reason::ProviderFailure)
        }
        _ => refusal,
    };
    match message {
        Some(message) => refusal.message_from_provider(message),
        None => refusal,
    }
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
