//! The codes that ZiPay refuses with.
//!
//! ZiPay's document lists none. The number is the `status` of its envelope, which looks like an HTTP status; what these
//! mean is a reading, and the message beside them says more.

use paylink_core::Reason;

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

/// Every code that has a reading.
pub const ALL: [&str; 5] = [
    UNAUTHORIZED,
    FORBIDDEN,
    NOT_FOUND,
    BAD_REQUEST,
    UNPROCESSABLE,
];

/// What a code stands for, as far as it has a reading.
#[must_use]
pub fn reason(code: &str) -> Reason {
    match code {
        UNAUTHORIZED => Reason::BadCredentials,
        FORBIDDEN => Reason::NotAllowed,
        NOT_FOUND => Reason::NotFound,
        BAD_REQUEST | UNPROCESSABLE => Reason::BadRequest,
        _ if code.len() == 3 && code.starts_with('5') => Reason::ProviderFailure,
        _ => Reason::Other,
    }
}
