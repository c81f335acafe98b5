use std::borrow::Cow;

use paylink_core::json::Wire;
use paylink_core::{Operation, Rejection, Reply, Untrusted};
use serde::Deserialize;

use crate::codes::{Code, Row, Says};
use crate::masking;
use crate::operations::CheckPayment;

/// What every answer says about itself.
///
/// `code` decides. The HTTP status and `status` are held against it: an answer in which they contradict each other, or
/// that holds a code in a place where the document has none, proves nothing at all.
#[derive(Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(default)]
    pub(crate) status: Wire<bool>,
    #[serde(default)]
    pub(crate) code: Wire<Code>,
    #[serde(default, borrow)]
    pub(crate) msg: Wire<Cow<'a, str>>,
}

impl Envelope<'_> {
    pub(crate) fn read(reply: Reply<'_>) -> Result<Envelope<'_>, Untrusted> {
        paylink_core::json::from_object(reply.text())
    }

    /// Whether the operation was carried out. `status` is what it has to say beside the good code.
    pub(crate) fn done(self, operation: &str, http: u16, status: Says) -> Result<(), Rejection> {
        let code = self.code.required("code")?;
        if code != DONE {
            return Err(self.refusal(code, operation, http));
        }
        agree(code, &[200], http)?;
        Ok(status.agrees_with(self.status)?)
    }

    /// The code that tells a payment's state: a documented one, or under HTTP 200 one that this release does not know.
    pub(crate) fn state(self, http: u16) -> Result<Code, Rejection> {
        let code = self.code.required("code")?;
        match Row::of(code) {
            Some(row) if tells_a_state(code) => {
                agree(code, row.http, http)?;
                row.status.agrees_with(self.status)?;
                Ok(code)
            }
            None if http == 200 => Ok(code),
            _ => Err(self.refusal(code, CheckPayment::NAME, http)),
        }
    }

    /// What an answer proves that does not say what was hoped for.
    pub(crate) fn failure(self, operation: &str, http: u16) -> Rejection {
        match self.code.required("code") {
            Ok(code) => self.refusal(code, operation, http),
            Err(untrusted) => untrusted.into(),
        }
    }

    fn refusal(self, code: Code, operation: &str, http: u16) -> Rejection {
        let told = match self.msg.ok() {
            Some(message) => code
                .refusal()
                .message_from_provider(&masking::without_long_numbers(&message)),
            None => code.refusal(),
        };
        match Row::of(code) {
            Some(row) if row.answers(operation) => {
                let agreed =
                    agree(code, row.http, http).and_then(|()| row.status.agrees_with(self.status));
                match agreed {
                    Ok(()) => Rejection::Refused(Box::new(told)),
                    Err(contradiction) => contradiction.into(),
                }
            }
            // Nobody knows what the script means by it, so it proves nothing.
            Some(_) | None => Rejection::Failed(Box::new(told)),
        }
    }
}

/// What the sample of a create shows where it was carried out.
const DONE: Code = Code::PAID_VERIFIED_BEFORE;

fn tells_a_state(code: Code) -> bool {
    matches!(
        code,
        Code::EXPIRED
            | Code::NOT_PAID_YET
            | Code::PAID_FIRST_VERIFICATION
            | Code::PAID_VERIFIED_BEFORE
            | Code::PAID_FROM_ANOTHER_CARD
    )
}

fn agree(code: Code, documented: &[u16], http: u16) -> Result<(), Untrusted> {
    if documented.contains(&http) {
        return Ok(());
    }
    Err(Untrusted::new(format!(
        "code {code} came with HTTP {http}, under which the document has no such code"
    )))
}

impl Says {
    fn agrees_with(self, status: Wire<bool>) -> Result<(), Untrusted> {
        let told = match (self, status) {
            (Says::True, told) => Some(told.required("status")?),
            (_, Wire::Absent) => None,
            (_, told) => Some(told.required("status")?),
        };
        match (self, told) {
            (Says::True | Says::TrueIfAnything, Some(false))
            | (Says::FalseIfAnything, Some(true)) => {
                Err(Untrusted::new("status contradicts the code"))
            }
            _ => Ok(()),
        }
    }
}
