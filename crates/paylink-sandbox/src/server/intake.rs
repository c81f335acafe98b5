use std::error::Error;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use tokio::time::timeout;

/// The longest body any part of the sandbox reads.
const BODY_LIMIT: usize = 64 * 1024;

const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the whole body before anything looks at the request, so that no handler meets half a body,
/// an endless one or one that never comes.
pub(crate) async fn buffer(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let bytes = match timeout(BODY_TIMEOUT, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if is_too_long(&error) => {
            let reason = "The body is longer than 64 KiB.\n";
            return (StatusCode::PAYLOAD_TOO_LARGE, reason).into_response();
        }
        Ok(Err(_)) => return (StatusCode::BAD_REQUEST, "The body broke off.\n").into_response(),
        Err(_) => {
            let reason = "The body did not arrive in time.\n";
            return (StatusCode::REQUEST_TIMEOUT, reason).into_response();
        }
    };
    next.run(Request::from_parts(head, Body::from(bytes))).await
}

fn is_too_long(error: &axum::Error) -> bool {
    error
        .source()
        .is_some_and(<dyn Error>::is::<LengthLimitError>)
}
