//! What ASP.NET puts around an answer, and what it sends in the place of one.

use paylink_core::json::{FromJson, Wire, from_object};
use paylink_core::{Rejection, Reply, Untrusted};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess};

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

/// An answer out of its wrapping: `{"d":{…}}`, or `{"d":"{…}"}`, or bare.
pub(super) fn unwrapped<A: DeserializeOwned>(text: &str) -> Result<A, Untrusted> {
    let wrapped: Wrapped<A> = from_object(text)?;
    match wrapped.d {
        Wire::Absent => from_object(text),
        d => match d.required("d")? {
            Inner::Fields(fields) => Ok(fields),
            Inner::Text(text) => from_object(&text),
        },
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "A: DeserializeOwned"))]
struct Wrapped<A> {
    #[serde(default)]
    d: Wire<Inner<A>>,
}

enum Inner<A> {
    Fields(A),
    Text(String),
}

impl<'de, A: DeserializeOwned> FromJson<'de> for Inner<A> {
    const EXPECTED: &'static str = "an object or text";

    fn from_text(text: &str) -> Option<Inner<A>> {
        Some(Inner::Text(text.to_owned()))
    }

    fn from_map<M: MapAccess<'de>>(map: M) -> Result<Option<Inner<A>>, M::Error> {
        A::deserialize(MapAccessDeserializer::new(map)).map(|fields| Some(Inner::Fields(fields)))
    }
}
