use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;

/// What every answer about one thing is wrapped in.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<T> {
    result: T,
    success: bool,
    status: u16,
}

impl<T: Serialize> Envelope<T> {
    pub(super) fn of(result: T) -> Self {
        Self {
            result,
            success: true,
            status: 200,
        }
    }
}

impl<T: Serialize> IntoResponse for Envelope<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// Why ZiPay refuses. The form is not documented; the status is sent as the HTTP status too.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
}

#[derive(Debug, Serialize)]
struct RefusalBody {
    success: bool,
    status: u16,
    message: Cow<'static, str>,
}

impl Refusal {
    /// The caller is not who it claims to be.
    pub(super) fn unauthorized(message: &'static str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            message: message.into(),
        }
    }

    /// There is no such thing, or it is another merchant's.
    pub(super) fn not_found(message: &'static str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }

    /// The parameters or the state of the invoice do not allow it.
    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: message.into(),
        }
    }

    /// The method is not the documented one.
    pub(super) fn method_not_allowed() -> Self {
        let message = "Only POST is allowed.".into();
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            message,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        let body = RefusalBody {
            success: false,
            status: status.as_u16(),
            message,
        };
        (status, Json(body)).into_response()
    }
}
