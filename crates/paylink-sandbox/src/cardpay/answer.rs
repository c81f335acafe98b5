use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::code::{Code, WireCode};
use super::settings::{CodeForm, Settings};

/// An answer that is about a code alone.
#[derive(Debug, Serialize)]
struct CodeAnswer {
    status: bool,
    code: WireCode,
    msg: &'static str,
}

/// Answers with a code of the table.
pub(super) fn code(code: Code, settings: &Settings) -> Response {
    let body = CodeAnswer {
        status: code.is_success(),
        code: WireCode::of(code.number(), settings.code_form),
        msg: code.message(),
    };
    json(code.http(settings.not_found_status), &body, settings)
}

/// Answers with JSON as PHP's `json_encode` writes it: a slash is escaped, as in the documented link.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T, settings: &Settings) -> Response {
    let written = match settings.code_form {
        CodeForm::Number | CodeForm::Text => serde_json::to_string(body),
        CodeForm::EverythingText => {
            serde_json::to_value(body).map(|body| as_text(body).to_string())
        }
    };
    match written {
        Ok(text) => {
            let text = text.replace('/', r"\/");
            (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The answer with its numbers as text and its truth values as 1 and 0.
fn as_text(value: Value) -> Value {
    match value {
        Value::Bool(truth) => u8::from(truth).into(),
        Value::Number(number) => number.to_string().into(),
        Value::Array(values) => values.into_iter().map(as_text).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, as_text(value)))
            .collect(),
        Value::Null | Value::String(_) => value,
    }
}
