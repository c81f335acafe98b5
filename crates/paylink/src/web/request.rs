//! What both extractors read: the order's name in the path, and a bounded body.

use std::error::Error as _;
use std::time::Duration;

use axum::RequestPartsExt;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::RawPathParams;
use axum::http::request::Parts;
use http_body_util::LengthLimitError;

use super::Rejected;
use super::routes::{ORDER, check_name};

/// How long the body of a return or a notification may take to come.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The order that the path names, once its percent-encoding is undone.
pub(super) async fn order(parts: &mut Parts) -> Result<String, Rejected> {
    let path: Result<RawPathParams, _> = parts.extract().await;
    let path = path.map_err(|_| Rejected::NoOrder)?;
    let named = path.iter().find(|(name, _)| *name == ORDER);
    let (_, order) = named.ok_or(Rejected::NoOrder)?;
    check_name(order).map_err(|_| Rejected::NoOrder)?;
    Ok(order.to_owned())
}

/// The body, if it is no larger than `largest` and comes in time; of a larger one no more than that is ever held.
pub(super) async fn body(body: Body, largest: usize) -> Result<Bytes, Rejected> {
    // A body that tells its length is refused before any of it is read.
    if body.size_hint().lower() > u64::try_from(largest).unwrap_or(u64::MAX) {
        return Err(Rejected::BodyTooLarge);
    }
    let read = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, largest)).await;
    read.map_err(|_| Rejected::BodyTooSlow)?.map_err(|error| {
        let too_large = error
            .source()
            .is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_large {
            Rejected::BodyTooLarge
        } else {
            Rejected::BodyCut
        }
    })
}
