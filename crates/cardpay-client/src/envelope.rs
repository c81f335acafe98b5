use std::borrow::Cow;

use paylink_core::json::{self, Wire, is_named, lossless};
use paylink_core::{DecodeError, Operation, Response, Untrusted};
use serde::Deserialize;

use crate::codes::{Code, Row, Says};
use crate::merchant_card;
use crate::operations::{CheckPayment, NewPayment};

/// What every answer says about itself. A truth or a number that came as text is read too (a reading).
///
/// `code` decides. The HTTP status and `status` are held against it: an answer in which they contradict each other, or
/// that holds a code in a place where the document has none, proves nothing at all.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(crate) struct Envelope<'a> {
    #[serde(deserialize_with = "lossless")]
    pub(crate) status: Wire<bool>,
    pub(crate) code: Wire<Code>,
    pub(crate) msg: Wire<Cow<'a, str>>,
}

impl Envelope<'_> {
    pub(crate) fn read(response: Response<'_>) -> Result<Envelope<'_>, Untrusted> {
        json::from_object(response.text())
    }

    /// Whether the operation was carried out. `status` is what it has to say beside the good code.
    pub(crate) fn done(
        self,
        operation: &str,
        response: Response<'_>,
        status: Says,
    ) -> Result<(), DecodeError> {
        let code = self.code.required("code")?;
        if code != DONE {
            return Err(self.refusal(code, operation, response));
        }
        agree(code, &[200], response.status())?;
        Ok(status.agrees_with(self.status)?)
    }

    /// The code that tells a payment's state: a documented one, or under HTTP 200 one that this release does not know.
    pub(crate) fn state(&self, response: Response<'_>) -> Result<Code, DecodeError> {
        let code = self.code.required("code")?;
        match Row::of(code) {
            Some(row) if tells_a_state(code) => {
                agree(code, row.http, response.status())?;
                row.status.agrees_with(self.status)?;
                Ok(code)
            }
            None if response.status() == 200 => Ok(code),
            _ => Err(self.refusal(code, CheckPayment::NAME, response)),
        }
    }

    /// What the script says in words, without what could be a card's number.
    pub(crate) fn message(&self) -> Option<String> {
        match &self.msg {
            Wire::Is(message) => Some(merchant_card::without_long_numbers(message)),
            _ => None,
        }
    }

    /// What an answer proves that does not say what was hoped for.
    pub(crate) fn failure(self, operation: &str, response: Response<'_>) -> DecodeError {
        match self.code.required("code") {
            Ok(code) => self.refusal(code, operation, response),
            Err(untrusted) => untrusted.into(),
        }
    }

    fn refusal(&self, code: Code, operation: &str, response: Response<'_>) -> DecodeError {
        let told = match self.message() {
            Some(message) => code.refusal().with_message(&message),
            None => code.refusal(),
        };
        match Row::of(code) {
            Some(row) if row.answers(operation) => {
                let agreed = agree(code, row.http, response.status())
                    .and_then(|()| row.status.agrees_with(self.status))
                    .and_then(|()| tells_of_no_payment(operation, response));
                match agreed {
                    Ok(()) => DecodeError::Refused(Box::new(told)),
                    Err(contradiction) => contradiction.into(),
                }
            }
            // Nobody knows what the script means by it, so it proves nothing.
            Some(_) | None => DecodeError::ProviderFailure(Box::new(told)),
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

/// Holds a refusal against the rest of its answer: beside what only a payment has, it contradicts itself.
///
/// No documented refusal has such a field, and none is known to have one: the bodies of refusals are not documented. A
/// `pay_id` tells of a payment only in the answer to a create; everywhere else it may be the one that was asked about.
fn tells_of_no_payment(operation: &str, response: Response<'_>) -> Result<(), Untrusted> {
    let creates = operation == NewPayment::NAME;
    let tells_of_one = json::any_value(response.text(), |names, value| {
        let name = names.last().map(String::as_str).unwrap_or_default();
        let of_a_payment = ["link", "amount", "expire", "cart"];
        value.is_meaningful()
            && (of_a_payment.iter().any(|field| is_named(name, field))
                || (creates && is_named(name, "payid")))
    })?;
    if tells_of_one {
        return Err(Untrusted::new("the answer refuses and tells of a payment"));
    }
    Ok(())
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
