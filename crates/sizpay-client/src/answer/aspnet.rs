//! What ASP.NET sends in the place of an answer.

use paylink_core::json::{Wire, from_object};
use paylink_core::{Rejection, Reply};
use serde::Deserialize;

use super::without_stack_trace;
use crate::account::SizPayAccount;
use crate::codes;

/// An exception that nobody caught: HTTP 500 with its message, its stack trace and its type.
///
/// It may have come before SizPay began or after the SMS went out, and nothing in it tells which: so it proves nothing.
#[derive(Deserialize)]
struct Exception {
    #[serde(default, rename = "Message")]
    message: Wire<String>,
    #[serde(default, rename = "ExceptionType")]
    kind: Wire<String>,
    #[serde(default, rename = "ResCod")]
    res_cod: Wire<bool>,
}

/// Reads an exception, if the answer is one.
pub(super) fn fail_on_exception(
    account: &SizPayAccount,
    reply: Reply<'_>,
) -> Result<(), Rejection> {
    if reply.is_success() {
        return Ok(());
    }
    let Ok(exception) = from_object::<Exception>(reply.text()) else {
        return Ok(());
    };
    let (Wire::Is(message), Wire::Absent) = (exception.message, exception.res_cod) else {
        return Ok(());
    };
    let kind = exception.kind.ok().filter(|kind| is_type_name(kind));
    let code = kind.as_deref().unwrap_or(codes::ASPNET_ERROR);
    let refusal = codes::fault(codes::ASPNET_ERROR, code)
        .message_from_provider(&account.without_keys(without_stack_trace(&message)));
    Err(Rejection::Failed(Box::new(refusal)))
}

fn is_type_name(text: &str) -> bool {
    let belongs = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'`' | b'+');
    !text.is_empty() && text.bytes().all(belongs)
}
