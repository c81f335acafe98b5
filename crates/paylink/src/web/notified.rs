use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use super::{MAX_RETURN_BYTES, Rejected, request};
use crate::{Capability, Error, Hint, PaymentProvider};

/// The most bytes of a notification.
pub const MAX_NOTIFICATION_BYTES: usize = 64 * 1024;

/// A call that says it is the provider's: which order the path names, and the raw bytes that came with it.
///
/// Nothing signs it, so it proves no more than a [`Returned`](super::Returned) does. Its content type is not looked at:
/// the provider's documents name none. A call without a body speaks through its query, as a GET does. `Debug` leaves the
/// bytes out.
#[derive(Clone, PartialEq, Eq)]
pub struct Notified {
    order: String,
    body: Bytes,
}

impl Notified {
    /// The order whose notification address was called.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The bytes as they came: the body, or the query of a call without one.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What it claims, as the order's own provider reads it; `None` if that provider notifies of nothing readable.
    ///
    /// # Errors
    ///
    /// If it cannot be read. Look at the order all the same.
    pub fn hint(&self, provider: &dyn PaymentProvider) -> Result<Option<Hint>, Error> {
        let support = provider.capabilities().support(Capability::ReadWebhook);
        if !support.is_supported() {
            return Ok(None);
        }
        provider.read_webhook(&self.body).map(Some)
    }
}

impl<S: Send + Sync> FromRequest<S> for Notified {
    type Rejection = Rejected;

    async fn from_request(request: Request, _: &S) -> Result<Notified, Rejected> {
        let (mut parts, body) = request.into_parts();
        let order = request::order(&mut parts).await?;
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_RETURN_BYTES {
            return Err(Rejected::QueryTooLong);
        }
        let mut body = request::body(body, MAX_NOTIFICATION_BYTES).await?;
        if body.is_empty() {
            body = Bytes::copy_from_slice(query.as_bytes());
        }
        Ok(Notified { order, body })
    }
}

impl fmt::Debug for Notified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notified")
            .field("order", &self.order)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
