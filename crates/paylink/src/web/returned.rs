use std::borrow::Cow;
use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::Method;

use super::{Rejected, request};
use crate::{Capability, Error, FieldKey, Hint, Invalid, PaymentProvider};

/// The most bytes of a return's query, and of the form that a browser may post in its place.
pub const MAX_RETURN_BYTES: usize = 16 * 1024;

const FORM: FieldKey = FieldKey::new("form", "form");

/// A payer's browser that came back: which order the path names, and what the browser brought, to the byte.
///
/// Anybody can send one. It is worth looking at the order, and proves nothing. `Debug` leaves out what was brought, which
/// can hold a piece of a card's number.
#[derive(Clone, PartialEq, Eq)]
pub struct Returned {
    order: String,
    query: String,
    form: Bytes,
}

impl Returned {
    /// The order whose return address was called.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The query as it came, still encoded.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The body as it came; empty unless the browser posted.
    #[must_use]
    pub fn form(&self) -> &[u8] {
        &self.form
    }

    /// What it claims, as the order's own provider reads it; `None` if that provider brings nothing readable back.
    ///
    /// # Errors
    ///
    /// If it cannot be read. Look at the order all the same: a forged query must not keep a paid order from its payer.
    pub fn hint(&self, provider: &dyn PaymentProvider) -> Result<Option<Hint>, Error> {
        let support = provider.capabilities().support(Capability::ReadReturn);
        if !support.is_supported() {
            return Ok(None);
        }
        provider.read_return(&self.parameters()?).map(Some)
    }

    /// What the URL and the form say together.
    fn parameters(&self) -> Result<Cow<'_, str>, Invalid> {
        let form = str::from_utf8(&self.form).map_err(|_| {
            Invalid::new(FORM, "is not UTF-8").with_remedy("look the order up instead")
        })?;
        Ok(match (self.query.is_empty(), form.is_empty()) {
            (_, true) => Cow::Borrowed(&self.query),
            (true, false) => Cow::Borrowed(form),
            (false, false) => Cow::Owned(format!("{}&{form}", self.query)),
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Returned {
    type Rejection = Rejected;

    async fn from_request(request: Request, _: &S) -> Result<Returned, Rejected> {
        let (mut parts, body) = request.into_parts();
        let order = request::order(&mut parts).await?;
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_RETURN_BYTES {
            return Err(Rejected::QueryTooLong);
        }
        let form = match parts.method {
            Method::POST => request::body(body, MAX_RETURN_BYTES).await?,
            _ => Bytes::new(),
        };
        Ok(Returned {
            order,
            query: query.to_owned(),
            form,
        })
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Returned");
        shown.field("order", &self.order).finish_non_exhaustive()
    }
}
