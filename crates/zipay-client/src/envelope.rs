use std::borrow::Cow;

use paylink_core::json::{self, Object, Value, Wire, any_value, from_object, is_named};
use paylink_core::{DecodeError, Reason, Refusal, Response, Untrusted};
use serde::Deserialize;

use crate::operations::PAY_PAGE;
use crate::{Status, TrackId, codes};

/// The envelope around a failure.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Failed<'a> {
    #[serde(deserialize_with = "json::lossless")]
    status: Wire<u64>,
    message: Wire<Cow<'a, str>>,
    result: Wire<Object<FailedResult<'a>>>,
}

/// What `result` holds when there is none: a message perhaps.
#[derive(Deserialize)]
struct FailedResult<'a> {
    #[serde(default, borrow)]
    message: Wire<Cow<'a, str>>,
}

/// The documented envelope around one result.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Answered<T> {
    #[serde(default, deserialize_with = "json::lossless")]
    success: Wire<bool>,
    #[serde(default, deserialize_with = "json::lossless")]
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

/// The `result` of a successful answer, to a question about this invoice.
pub(crate) fn result<'a, T: Deserialize<'a>>(
    asked: Option<&TrackId>,
    response: Response<'a>,
) -> Result<T, DecodeError> {
    let answered: Answered<T> = successful(asked, response)?;
    let Object(result) = answered.result.required("result")?;
    Ok(result)
}

/// The whole of an answer that says success, and says nothing else besides.
///
/// `success` decides. The envelope's own `status` is 200 beside it in every documented answer; anything else is a
/// contradiction, and a contradiction is never success. A failure may repeat the id that was asked about, and no other.
pub(crate) fn successful<'a, T: Verdict + Deserialize<'a>>(
    asked: Option<&TrackId>,
    response: Response<'a>,
) -> Result<T, DecodeError> {
    let answered: T = from_object(response.text())?;
    if !answered.success().required("success")? {
        return Err(failure(asked, response));
    }
    match answered.status().required("status")? {
        200 => Ok(answered),
        _ => Err(Untrusted::new("the answer says both success and a status other than 200").into()),
    }
}

/// What an answer that says `success: false` amounts to.
fn failure(asked: Option<&TrackId>, response: Response<'_>) -> DecodeError {
    match refusal(asked, response) {
        Ok((status, refusal))
            if proves_nothing(status) || refusal.reason() == Reason::ProviderFailure =>
        {
            DecodeError::ProviderFailure(Box::new(refusal))
        }
        Ok((_, refusal)) => DecodeError::Refused(Box::new(refusal)),
        Err(untrusted) => untrusted.into(),
    }
}

fn refusal(asked: Option<&TrackId>, response: Response<'_>) -> Result<(u64, Refusal), Untrusted> {
    let contradicts = any_value(response.text(), |names, value| {
        tells_of_an_invoice(asked, names, value)
    })?;
    if contradicts {
        return Err(Untrusted::new(
            "the answer says failure and tells of an invoice",
        ));
    }
    let envelope: Failed<'_> = from_object(response.text())?;
    let inner = envelope.result.ok().map(|Object(result)| result);
    let status = match envelope.status {
        Wire::Is(status) => status,
        Wire::Absent | Wire::Null => u64::from(response.status()),
        wrong @ Wire::Wrong(_) => wrong.required("status")?,
    };
    let message = envelope
        .message
        .ok()
        .or_else(|| inner.and_then(|result| result.message.ok()));
    Ok((status, codes::refusal(status, message.as_deref())))
}

/// Whether a value is what only an invoice has: its id, its link or its state.
///
/// Where an invoice stands in an answer that says failure is nobody's to know: beside the envelope's fields, in an array, in
/// an array of an object. So each of its names counts wherever it stands, and in `result` so does a bare id or link. What
/// cannot be a trackid under that name is a word about the field, and the id that was asked about tells nothing new.
fn tells_of_an_invoice(asked: Option<&TrackId>, names: &[String], value: Value<'_>) -> bool {
    let name = names.last().map(String::as_str).unwrap_or_default();
    let in_result = names.first().is_some_and(|name| is_named(name, "result"));
    let is_asked = |text: &str| asked.is_some_and(|asked| asked.as_str() == text.trim());
    match value {
        value if !value.is_meaningful() => false,
        Value::Text(text) if text.contains(PAY_PAGE) => true,
        Value::Text(text) if is_named(name, "trackid") => {
            text.trim().parse::<TrackId>().is_ok() && !is_asked(text)
        }
        _ if is_named(name, "trackid") || is_named(name, "redirect") => true,
        Value::Text(text) if in_result && is_named(name, "status") => {
            Status::DOCUMENTED.contains(&Status::from(text))
        }
        Value::Text(text) => {
            let is_id = is_uuid(text) && !is_asked(text);
            in_result && !is_named(name, "message") && (is_link(text) || is_id)
        }
        _ => false,
    }
}

fn is_link(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    })
}

/// The form of the documented trackids.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, b)| match place {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Statuses that speak of timing or of ZiPay's own trouble: the operation may have been carried out.
fn proves_nothing(status: u64) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500..)
}
