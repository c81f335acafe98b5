use paylink_core::{Rejection, Reply};
use serde::Serialize;

use crate::account::SizPayAccount;
use crate::answer;
use crate::method::Method;

/// SizPay says that it did what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Accepted {
    /// What SizPay said beside it, for a log.
    pub message: Option<String>,
}

/// The answer to a disable and to a resend. The document shows none: result and message are a reading.
pub(super) fn read(
    account: &SizPayAccount,
    reply: Reply<'_>,
    method: Method,
) -> Result<Accepted, Rejection> {
    let answer = answer::successful(account, reply, method)?;
    Ok(Accepted {
        message: answer.message().and_then(shown),
    })
}

/// A message worth showing.
pub(super) fn shown(message: &str) -> Option<String> {
    let said = !message.trim().is_empty();
    said.then(|| paylink_core::text::excerpt(message, 200))
}
