use std::borrow::Cow;

use paylink_core::json::{FromJson, Wire, any_value, from_object, is_named, lossless};
use paylink_core::{ClientConfig, DecodeError, Reason, Response, Untrusted};
use serde::{Deserialize, Serialize};

use crate::config::PodConfig;
use crate::{OneTimeToken, codes, html};

/// What POD answered, with the number under which its support finds the request.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PodResponse<T> {
    /// The answer itself.
    pub value: T,
    /// POD's number of this request. Store it: the document asks for it with every call, and support asks for it first.
    pub reference_number: Option<String>,
    /// The token that POD hands out for a next call, where it does.
    #[serde(skip)]
    pub one_time_token: Option<OneTimeToken>,
}

impl<T> PodResponse<T> {
    /// Turns the value into another one, and keeps the rest.
    pub(crate) fn try_map<U, E>(
        self,
        read: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<PodResponse<U>, E> {
        Ok(PodResponse {
            value: read(self.value)?,
            reference_number: self.reference_number,
            one_time_token: self.one_time_token,
        })
    }
}

/// What POD says of an operation that it carried out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Confirmation {
    /// What POD said, where it said more than `true`: words, or a link.
    pub message: Option<String>,
}

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
    pub(crate) fn required(self) -> Result<PodResponse<T>, DecodeError> {
        Ok(PodResponse {
            value: self.result.required("result")?,
            reference_number: self.reference_number,
            one_time_token: self.one_time_token,
        })
    }

    /// The token, whatever `result` is.
    pub(crate) fn token(self) -> Result<PodResponse<OneTimeToken>, DecodeError> {
        let token = self
            .one_time_token
            .ok_or_else(|| Untrusted::new("ott is missing or not a token"))?;
        Ok(PodResponse {
            value: token,
            reference_number: self.reference_number,
            one_time_token: None,
        })
    }
}

/// Reads an answer whose `result` has to say that it is done: with any other, nobody knows what was.
pub(crate) fn done(
    operation: &'static str,
    response: Response<'_>,
) -> Result<PodResponse<Confirmation>, DecodeError> {
    success::<Said>(operation, response)?
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
    response: Response<'a>,
) -> Result<Success<T>, DecodeError> {
    let envelope: Envelope<'a, T> = from_object(response.text())?;
    let reference_number = envelope.reference_number.ok().and_then(|number| {
        let number = number.trim();
        (!number.is_empty()).then(|| paylink_core::text::excerpt(number, LONGEST_REFERENCE))
    });
    if let Some(reference_number) = &reference_number {
        tracing::debug!(
            provider = PodConfig::PROVIDER,
            operation,
            reference_number,
            "answered under a reference number"
        );
    }
    let code = envelope.error_code.optional("errorCode")?;
    if envelope.has_error.required("hasError")? {
        no_contradiction_in(response.text())?;
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
fn failure(code: Option<i64>, message: Option<&str>, reference: Option<&str>) -> DecodeError {
    let Some(refusal) = codes::refusal(code, message, reference) else {
        return Untrusted::new("the answer says an error with neither errorCode nor message")
            .into();
    };
    match refusal.reason() {
        Reason::ProviderFailure => DecodeError::ProviderFailure(Box::new(refusal)),
        _ => DecodeError::Refused(Box::new(refusal)),
    }
}

/// The members by which POD names a payment, or leads to one, in any spelling of theirs.
const A_PAYMENT: [&str; 6] = [
    "id",
    "invoiceid",
    "uniquenumber",
    "paymentbillnumber",
    "link",
    "url",
];

/// The one result that goes with an error.
#[derive(Deserialize)]
struct Denial {
    #[serde(default, deserialize_with = "lossless")]
    result: Wire<bool>,
}

/// Checks that an answer which says an error speaks of no success beside it, however deep. If it does, it contradicts
/// itself and proves nothing.
fn no_contradiction_in(answer: &str) -> Result<(), Untrusted> {
    let Denial { result } = from_object(answer)?;
    let may_hold_a_result = !matches!(result, Wire::Absent | Wire::Null | Wire::Is(false));
    let holds_a_result = may_hold_a_result
        && any_value(answer, |names, value| {
            names == ["result"] && value.is_meaningful()
        })?;
    if holds_a_result {
        return Err(Untrusted::new(
            "the answer says an error and holds a result",
        ));
    }
    let names_a_payment = any_value(answer, |names, value| {
        let name = names.last().map(String::as_str).unwrap_or_default();
        value.is_meaningful() && A_PAYMENT.iter().any(|member| is_named(name, member))
    })?;
    if names_a_payment {
        return Err(Untrusted::new(
            "the answer says an error and names a payment",
        ));
    }
    Ok(())
}

/// The most characters of POD's words that are kept: as many as a pay link may have.
const LONGEST_WORDS: usize = 2000;

/// A `result` that says that the operation was carried out, or that it was not.
///
/// The document's tables say text for 29821, 29807, 29799, 29802, 29801 and 369550, for two of them a link, and `true` for
/// 29800; the vendor's SDKs say `true` for all. Each form is read for each service.
pub(crate) enum Said {
    Yes,
    No,
    Words(String),
}

impl FromJson<'_> for Said {
    const EXPECTED: &'static str = "true, or text that says something";

    fn from_bool(value: bool) -> Option<Self> {
        Some(if value { Said::Yes } else { Said::No })
    }

    fn from_u64(value: u64) -> Option<Self> {
        match value {
            0 => Some(Said::No),
            1 => Some(Said::Yes),
            _ => None,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        Some(match text {
            "" => return None,
            "0" => Said::No,
            "1" => Said::Yes,
            _ if is("false") => Said::No,
            _ if is("true") => Said::Yes,
            words => Said::Words(paylink_core::text::excerpt(
                &html::unescape(words),
                LONGEST_WORDS,
            )),
        })
    }
}
