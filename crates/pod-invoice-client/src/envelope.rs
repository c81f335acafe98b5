mod contradiction;

use std::borrow::Cow;

use paylink_core::json::{FromJson, Wire, from_object, lossless};
use paylink_core::{Account, Reason, Rejection, Reply, Untrusted};
use serde::Deserialize;

use crate::account::PodAccount;
use crate::confirmation::Said;
use crate::{Answered, Confirmation, OneTimeToken, codes};

/// The most characters of a reference number that are kept.
const LONGEST_REFERENCE: usize = 64;

/// The envelope around every answer. Only `hasError` is certain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: FromJson<'de>"))]
struct Envelope<'a, T> {
    #[serde(default, deserialize_with = "lossless")]
    has_error: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    error_code: Wire<i64>,
    #[serde(default, borrow)]
    message: Wire<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lossless")]
    reference_number: Wire<Cow<'a, str>>,
    #[serde(default, deserialize_with = "lossless")]
    count: Wire<u64>,
    #[serde(default)]
    ott: Wire<String>,
    #[serde(default)]
    result: Wire<T>,
}

/// An answer without an error. What `result` has to be is the operation's to say.
pub(crate) struct Success<T> {
    pub(crate) result: Wire<T>,
    pub(crate) count: Wire<u64>,
    reference_number: Option<String>,
    one_time_token: Option<OneTimeToken>,
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

/// Reads an answer whose `result` has to say that it is done: with any other, nobody knows what was.
pub(crate) fn done(
    operation: &'static str,
    reply: Reply<'_>,
) -> Result<Answered<Confirmation>, Rejection> {
    success::<Said>(operation, reply)?
        .required()?
        .try_map(|said| match said {
            Said::Yes => Ok(Confirmation { message: None }),
            Said::Words(words) => Ok(Confirmation {
                message: Some(words),
            }),
            Said::No => Err(Untrusted::new("the answer says no error and result false").into()),
        })
}

/// Reads an answer that says no error, and says nothing else besides.
pub(crate) fn success<'a, T: FromJson<'a>>(
    operation: &'static str,
    reply: Reply<'a>,
) -> Result<Success<T>, Rejection> {
    let envelope: Envelope<'a, T> = from_object(reply.text())?;
    let reference_number = envelope.reference_number.ok().and_then(|number| {
        let number = number.trim();
        (!number.is_empty()).then(|| paylink_core::text::excerpt(number, LONGEST_REFERENCE))
    });
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
        contradiction::none_in(reply.text())?;
        let message = envelope.message.ok();
        return Err(failure(
            code,
            message.as_deref(),
            reference_number.as_deref(),
        ));
    }
    if code.is_some_and(|code| code != 0) {
        return Err(Untrusted::new("the answer says no error and an errorCode").into());
    }
    Ok(Success {
        result: envelope.result,
        count: envelope.count,
        reference_number,
        one_time_token: envelope
            .ott
            .ok()
            .and_then(|ott| OneTimeToken::new(ott).ok()),
    })
}

/// An error of POD's: a refusal, unless it leaves open what became of the operation.
fn failure(code: Option<i64>, message: Option<&str>, reference: Option<&str>) -> Rejection {
    let Some(refusal) = codes::refusal(code, message, reference) else {
        return Untrusted::new("the answer says an error with neither errorCode nor message")
            .into();
    };
    match refusal.reason() {
        Reason::ProviderFailure => Rejection::Failed(Box::new(refusal)),
        _ => Rejection::Refused(Box::new(refusal)),
    }
}
