use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a return or a notification was not even looked at.
///
/// As a response it is a status and one sentence. Nothing of the request stands in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// The path names no order: 404.
    #[error("The path names no order.")]
    NoOrder,
    /// The query is longer than [`MAX_RETURN_BYTES`](super::MAX_RETURN_BYTES): 414.
    #[error("The query is too long.")]
    QueryTooLong,
    /// The body is larger than its bound: 413. It was not read any further.
    #[error("The body is too large.")]
    BodyTooLarge,
    /// The body ended before it was whole: 400.
    #[error("The body ended too early.")]
    BodyCut,
    /// The body had not come within [`BODY_TIMEOUT`](super::BODY_TIMEOUT): 408.
    #[error("The body came too slowly.")]
    BodyTooSlow,
}

impl Rejected {
    /// The status that it is answered with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Rejected::NoOrder => StatusCode::NOT_FOUND,
            Rejected::QueryTooLong => StatusCode::URI_TOO_LONG,
            Rejected::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Rejected::BodyCut => StatusCode::BAD_REQUEST,
            Rejected::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        tracing::info!(rejected = ?self, "a return or a notification was rejected");
        (self.status(), self.to_string()).into_response()
    }
}
