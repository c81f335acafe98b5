use std::borrow::Cow;

use paylink_core::json::{FromJson, Wire, from_object};
use paylink_core::{Account, Rejection, Reply, Untrusted};
use serde::Deserialize;

use crate::account::PodAccount;
use crate::{Answered, OneTimeToken, codes};

/// The envelope around every answer. Only `hasError` is certain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: FromJson<'de>"))]
struct Envelope<'a, T> {
    #[serde(default)]
    has_error: Wire<bool>,
    #[serde(default)]
    error_code: Wire<i64>,
    #[serde(default, borrow)]
    message: Wire<Cow<'a, str>>,
    #[serde(default)]
    reference_number: Wire<Loose>,
    #[serde(default)]
    count: Wire<u64>,
    #[serde(default)]
    ott: Wire<String>,
    #[serde(default)]
    result: Wire<T>,
}

/// An answer without an error. What `result` has to be is the operation's to say.
pub(crate) struct Success<T> {
    pub(crate) result: Wire<T>,
    pub(crate) count: Option<u64>,
    reference_number: Option<String>,
    one_time_token: Option<OneTimeToken>,
}

/// A `result` that tells whether it speaks of success.
pub(crate) trait Outcome<'de>: FromJson<'de> {
    fn succeeded(&self) -> bool;
}

impl<'de, T: FromJson<'de>> Success<T> {
    /// The `result`, which has to be there.
    pub(crate) fn required(self) -> Result<Answered<T>, Rejection> {
        Ok(Answered {
            value: self.result.required("result")?,
            reference_number: self.reference_number,
            one_time_token: self.one_time_token,
        })
    }

    /// The token, whatever `result` is.
    pub(crate) fn token(self) -> Result<Answered<OneTimeToken>, Rejection> {
        let token = self
            .one_time_token
            .ok_or_else(|| Untrusted::new("ott is missing or not a token"))?;
        Ok(Answered {
            value: token,
            reference_number: self.reference_number,
            one_time_token: None,
        })
    }
}

/// Reads an answer whose `result` has to be `true`: with any other, nobody knows what was done.
pub(crate) fn done(operation: &'static str, reply: Reply<'_>) -> Result<Answered<()>, Rejection> {
    success::<bool>(operation, reply)?
        .required()?
        .try_map(|done| match done {
            true => Ok(()),
            false => Err(Untrusted::new("the answer says no error and result false").into()),
        })
}

/// Reads an answer that says no error, and says nothing else besides.
pub(crate) fn success<'a, T: Outcome<'a>>(
    operation: &'static str,
    reply: Reply<'a>,
) -> Result<Success<T>, Rejection> {
    let envelope: Envelope<'a, T> = from_object(reply.text())?;
    let reference_number = envelope.reference_number.ok().map(|Loose(number)| number);
    if let Some(reference_number) = &reference_number {
        tracing::debug!(
            provider = PodAccount::PROVIDER,
            operation,
            reference_number,
            "answered under a reference number"
        );
    }
    let code = envelope.error_code.optional("errorCode")?;
    if envelope.has_error.required("hasError")? {
        if matches!(&envelope.result, Wire::Is(result) if result.succeeded()) {
            return Err(contradiction("the answer says an error and holds a result"));
        }
        let code = match code {
            Some(0) => return Err(contradiction("the answer says an error and errorCode 0")),
            Some(code) => code,
            None => return Err(Untrusted::new("the answer says an error without errorCode").into()),
        };
        return Err(failure(
            code,
            envelope.message.ok().as_deref(),
            reference_number.as_deref(),
        ));
    }
    if code.is_some_and(|code| code != 0) {
        return Err(contradiction("the answer says no error and an errorCode"));
    }
    Ok(Success {
        result: envelope.result,
        count: envelope.count.ok(),
        reference_number,
        one_time_token: envelope
            .ott
            .ok()
            .and_then(|ott| OneTimeToken::new(ott).ok()),
    })
}

/// An error of POD's: a refusal, unless its code leaves open what became of the operation.
fn failure(code: i64, message: Option<&str>, reference: Option<&str>) -> Rejection {
    let refusal = Box::new(codes::refusal(code, message, reference));
    if codes::leaves_outcome_unknown(refusal.code()) {
        Rejection::Failed(refusal)
    } else {
        Rejection::Refused(refusal)
    }
}

fn contradiction(problem: &'static str) -> Rejection {
    Untrusted::new(problem).into()
}

/// Digits as text or as a number: it decides nothing, and losing it would be worse than either.
struct Loose(String);

impl FromJson<'_> for Loose {
    const EXPECTED: &'static str = "text or a number";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Loose(paylink_core::text::excerpt(text, 64)))
    }

    fn from_u64(number: u64) -> Option<Self> {
        Some(Loose(number.to_string()))
    }
}

impl Outcome<'_> for bool {
    fn succeeded(&self) -> bool {
        *self
    }
}
