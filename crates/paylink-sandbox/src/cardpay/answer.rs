use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::code::{Code, WireCode};
use super::settings::Settings;

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
    json(code.http(settings.not_found_status), &body)
}

/// Answers with JSON as PHP's `json_encode` writes it: a slash is escaped, as in the documented link.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_string(body) {
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
