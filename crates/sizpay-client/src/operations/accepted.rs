use paylink_core::json::Wire;
use paylink_core::{Rejection, Reply};
use serde::{Deserialize, Serialize};

use crate::account::SizPayAccount;
use crate::answer::{self, Answered};
use crate::fields::ResCod;

/// SizPay says that it did what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Accepted {
    /// What SizPay said beside it, for a log.
    pub message: Option<String>,
}

/// The answer to a disable and to a resend. The document shows none: result and message are a reading.
pub(super) fn read(account: &SizPayAccount, reply: Reply<'_>) -> Result<Accepted, Rejection> {
    let answer: WireAccepted = answer::successful(account, reply)?;
    Ok(Accepted {
        message: answer.message().and_then(shown),
    })
}

/// A message worth showing.
pub(super) fn shown(message: &str) -> Option<String> {
    let said = !message.trim().is_empty();
    said.then(|| paylink_core::text::excerpt(message, 200))
}

#[derive(Deserialize)]
struct WireAccepted {
    #[serde(default, rename = "ResCod")]
    res_cod: Wire<ResCod>,
    #[serde(default, rename = "Message")]
    message: Wire<String>,
}

impl Answered for WireAccepted {
    #[cfg(feature = "soap")]
    const ASMX_METHOD: Option<crate::method::AsmxMethod> = None;

    fn res_cod(&self) -> Wire<ResCod> {
        self.res_cod
    }

    fn message(&self) -> Option<&str> {
        answer::text(&self.message)
    }

    #[cfg(feature = "soap")]
    fn from_xml(fields: &crate::soap::Fields) -> WireAccepted {
        WireAccepted {
            res_cod: fields.wire("ResCod"),
            message: fields.wire("Message"),
        }
    }
}
