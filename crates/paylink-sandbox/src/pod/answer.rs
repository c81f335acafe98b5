use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::refusal::Refusal;
use super::settings::{PersianText, Settings};

/// What a service has done.
#[derive(Debug)]
pub(super) struct Answer {
    result: Option<Box<RawValue>>,
    count: usize,
}

impl Answer {
    /// Nothing but the one-time token every answer has.
    pub(super) const EMPTY: Self = Self {
        result: None,
        count: 0,
    };

    pub(super) fn of<T: Serialize>(result: &T) -> Result<Self, Refusal> {
        Self::counting(0, result)
    }

    /// A page of a list that has `count` entries in all.
    pub(super) fn counting<T: Serialize>(count: usize, result: &T) -> Result<Self, Refusal> {
        let result = to_raw_value(result).map_err(|_| Refusal::INTERNAL)?;
        Ok(Self {
            result: Some(result),
            count,
        })
    }
}

/// What every answer is wrapped in, fields in the order of the vendor's samples.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    has_error: bool,
    message_id: u8,
    reference_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ott: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
}

/// Writes an answer or a refusal; both come with HTTP 200.
pub(super) fn write(
    outcome: &Result<Answer, Refusal>,
    reference_number: &str,
    ott: Option<&str>,
    settings: &Settings,
) -> Response {
    let envelope = match outcome {
        Ok(answer) => Envelope {
            has_error: false,
            message_id: 0,
            reference_number,
            error_code: Some(0),
            message: None,
            count: answer.count,
            ott,
            result: answer.result.as_deref(),
        },
        Err(refusal) => Envelope {
            has_error: true,
            message_id: 0,
            reference_number,
            error_code: refusal.code_in(settings.worded_refusals),
            message: Some(&refusal.message),
            count: 0,
            ott,
            result: None,
        },
    };
    let plain = serde_json::to_string(&envelope).unwrap_or_default();
    let body = match settings.persian_text {
        PersianText::Plain => plain,
        PersianText::Escaped => escape(&plain),
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Writes what is not ASCII as HTML character references. In JSON that is found in strings alone.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len() * 2);
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("&#x{:X};", u32::from(character)));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_is_escaped_as_in_the_vendors_samples() {
        assert_eq!(
            escape(r#"{"name":"فناپ a&b"}"#),
            r#"{"name":"&#x641;&#x646;&#x627;&#x67E; a&b"}"#
        );
    }
}
