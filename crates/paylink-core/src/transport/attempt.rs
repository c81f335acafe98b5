use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use tokio::time::Instant;

use super::fault::{Again, Fault, Proof};
use super::witness::Witness;
use super::{classify, retry_after};
use crate::operation::request::Method;
use crate::{ErrorKind, MediaType, Request, Runtime};

/// An answer as it came off the wire, whole and within its cap.
pub(super) struct Fetched {
    pub(super) status: u16,
    pub(super) content_type: Option<Box<str>>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// One sending of a request.
pub(super) struct Attempt<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) request: &'a Request,
    pub(super) witness: &'a Witness,
    /// What the answer is read as.
    pub(super) answer: MediaType,
    /// The most bytes that the answer may have.
    pub(super) cap: usize,
    pub(super) runtime: &'a dyn Runtime,
}

impl Attempt<'_> {
    /// Sends the request once and reads the whole answer, or says what went wrong and what that proves.
    pub(super) async fn fetch(&self, until: Instant) -> Result<Fetched, Fault> {
        match tokio::time::timeout_at(until, self.exchange()).await {
            Ok(fetched) => fetched,
            Err(_) if self.witness.proves_unsent() => Err(Fault::new(
                ErrorKind::Timeout,
                Proof::Unsent,
                Again::Yes,
                "the time was over while connecting; nothing was sent",
            )),
            Err(_) => Err(Fault::new(
                ErrorKind::Timeout,
                Proof::Nothing,
                Again::Yes,
                "no complete answer came in time",
            )),
        }
    }

    async fn exchange(&self) -> Result<Fetched, Fault> {
        let mut response = self
            .client
            .execute(self.outgoing())
            .await
            .map_err(|error| classify::sending(&error, self.witness))?;
        if !self.witness.saw_it_written() {
            return Err(too_early());
        }
        let content_length = response
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        if content_length.is_some_and(|length| length > self.cap) {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(content_length.unwrap_or(0));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| classify::receiving(&error))?
        {
            if body.len().saturating_add(chunk.len()) > self.cap {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        Ok(Fetched {
            status: response.status().as_u16(),
            content_type: headers
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(Into::into),
            retry_after: retry_after::asked_for(headers, self.runtime.now()),
            body,
        })
    }

    fn outgoing(&self) -> reqwest::Request {
        let method = match self.request.method() {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        };
        let mut outgoing = reqwest::Request::new(method, self.request.endpoint().url().clone());
        outgoing.headers_mut().clone_from(self.request.headers());
        say_what_is_accepted(outgoing.headers_mut(), self.answer);
        *outgoing.body_mut() = Some(reqwest::Body::wrap(
            self.witness.watch(self.request.shared_body()),
        ));
        outgoing
    }
}

/// Says what HTTP would otherwise leave open: any form, any compression, an answer out of a cache.
///
/// The rest is left unsaid on purpose. `Connection: close` would allow an answer whose end nothing marks, and
/// `Accept-Charset` is deprecated (RFC 9110, section 12.5.2; RFC 9112, section 6.3).
fn say_what_is_accepted(headers: &mut HeaderMap, answer: MediaType) {
    let said = [
        (header::ACCEPT, answer.accepted()),
        (header::ACCEPT_ENCODING, "identity"),
        (header::CACHE_CONTROL, "no-cache, no-store"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn too_early() -> Fault {
    Fault::new(
        ErrorKind::Untrusted,
        Proof::Nothing,
        Again::Once,
        "an answer came before the whole request had left, so it cannot be the answer to it",
    )
}

fn too_large() -> Fault {
    Fault::new(
        ErrorKind::TooLarge,
        Proof::Nothing,
        Again::Never,
        "the answer is larger than an answer can be",
    )
}

#[cfg(test)]
mod tests;
