use std::borrow::Cow;

use paylink_core::json::{Object, Wire};
use paylink_core::{Refusal, Rejection, Reply, Untrusted};
use serde::Deserialize;

use crate::codes;

/// The envelope around a failure.
#[derive(Deserialize)]
struct Failed<'a> {
    #[serde(default)]
    status: Wire<u64>,
    #[serde(default, borrow)]
    message: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    result: Wire<Object<FailedResult<'a>>>,
}

/// What `result` holds when there is none: a message perhaps, and never an invoice.
#[derive(Deserialize)]
struct FailedResult<'a> {
    #[serde(default, borrow)]
    message: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    trackid: Wire<Cow<'a, str>>,
}

/// The documented envelope around one result.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Answered<T> {
    #[serde(default)]
    success: Wire<bool>,
    #[serde(default)]
    status: Wire<u64>,
    #[serde(default)]
    result: Wire<Object<T>>,
}

/// What every answer says about itself, whatever it holds.
pub(crate) trait Verdict {
    fn success(&self) -> Wire<bool>;
    fn status(&self) -> Wire<u64>;
}

impl<T> Verdict for Answered<T> {
    fn success(&self) -> Wire<bool> {
        self.success
    }

    fn status(&self) -> Wire<u64> {
        self.status
    }
}

/// The `result` of a successful answer.
pub(crate) fn result<'a, T: Deserialize<'a>>(reply: Reply<'a>) -> Result<T, Rejection> {
    let answered: Answered<T> = successful(reply)?;
    let Object(result) = answered.result.required("result")?;
    Ok(result)
}

/// The whole of an answer that says success, and says nothing else besides.
///
/// `success` decides. The envelope's own `status` is 200 beside it in every documented answer; anything else is a
/// contradiction, and a contradiction is never success.
pub(crate) fn successful<'a, T: Verdict + Deserialize<'a>>(
    reply: Reply<'a>,
) -> Result<T, Rejection> {
    let answered: T = paylink_core::json::from_object(reply.text())?;
    if !answered.success().required("success")? {
        return Err(failure(reply));
    }
    match answered.status().required("status")? {
        200 => Ok(answered),
        _ => Err(Untrusted::new("the answer says both success and a status other than 200").into()),
    }
}

/// What an answer that says `success: false` amounts to.
fn failure(reply: Reply<'_>) -> Rejection {
    match refusal(reply) {
        Ok((status, refusal)) if proves_nothing(status) => Rejection::Failed(Box::new(refusal)),
        Ok((_, refusal)) => Rejection::Refused(Box::new(refusal)),
        Err(untrusted) => untrusted.into(),
    }
}

fn refusal(reply: Reply<'_>) -> Result<(u64, Refusal), Untrusted> {
    let envelope: Failed<'_> = paylink_core::json::from_object(reply.text())?;
    let inner = envelope.result.ok().map(|Object(result)| result);
    if inner
        .as_ref()
        .is_some_and(|result| !matches!(result.trackid, Wire::Absent | Wire::Null))
    {
        return Err(Untrusted::new(
            "the answer says failure and holds an invoice",
        ));
    }
    let status = match envelope.status {
        Wire::Is(status) => status,
        Wire::Absent | Wire::Null => u64::from(reply.status()),
        wrong @ Wire::Wrong(_) => wrong.required("status")?,
    };
    let mut refusal = codes::refusal(status);
    let message = envelope
        .message
        .ok()
        .or_else(|| inner.and_then(|result| result.message.ok()));
    if let Some(message) = message {
        refusal = refusal.message_from_provider(&message);
    }
    Ok((status, refusal))
}

/// Statuses that speak of timing or of ZiPay's own trouble: the operation may have been carried out.
fn proves_nothing(status: u64) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..)
}
