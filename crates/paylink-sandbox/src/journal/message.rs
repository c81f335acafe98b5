//! Requests and answers as they went over the wire, and what may be shown of them.

pub(super) mod mask;

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Message, Parameter, REDACTED, Secrets};
use crate::faults::FAULT_HEADER;
use crate::world::debug_shows;

/// The header with which the sandbox sends a request again; its value is the number of the first.
pub(crate) const REPEATS_HEADER: &str = "sandbox-repeats";

/// The headers whose values may be seen.
const SHOWN: [&str; 11] = [
    "accept",
    "accept-encoding",
    "allow",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "host",
    "soapaction",
    "user-agent",
    FAULT_HEADER,
];

/// A request as it came.
pub(crate) struct Received {
    pub(crate) method: Method,
    /// The path and the query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

debug_shows!(Received { method });

/// Keeps a request beside what its handler reads of it.
pub(crate) async fn receive(request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    // The server has read and bounded it before.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let received = Received {
        method: head.method.clone(),
        target: head.uri.to_string(),
        headers: copied(&head.headers),
        body: Bytes::copy_from_slice(&body),
    };
    head.extensions.insert(Arc::new(received));
    next.run(Request::from_parts(head, Body::from(body))).await
}

/// Copies headers out of the buffer of the connection, which each of them would keep in memory.
fn copied(headers: &HeaderMap) -> HeaderMap {
    let copy = |(name, value): (&HeaderName, &HeaderValue)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    };
    headers.iter().filter_map(copy).collect()
}

impl Received {
    #[cfg(test)]
    pub(super) fn new(method: Method, target: String, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            method,
            target,
            headers,
            body,
        }
    }

    /// Returns the number of the request that it repeats.
    pub(super) fn repeats(&self) -> Option<u64> {
        let header = self.headers.get(REPEATS_HEADER)?;
        header.to_str().ok()?.parse().ok()
    }

    pub(super) fn weight(&self) -> usize {
        self.target.len() + self.body.len() + headers_weight(&self.headers)
    }

    /// Shows it; `shown` says of which fields the values may be seen.
    pub(super) fn message(&self, secrets: &Secrets, shown: &dyn Fn(&str) -> bool) -> Message {
        let (path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.target.as_str(), None),
        };
        let query = query.map(|query| ["?", &mask::form(query, shown)].concat());
        let line = format!("{} {path}{}", self.method, query.unwrap_or_default());
        let body = mask::body(media_type(&self.headers), &self.body, shown);
        Message {
            line: mask::cards(&secrets.redacted(&line)),
            headers: shown_headers(&self.headers, secrets),
            body: mask::cards(&secrets.redacted(&body)),
        }
    }
}

/// An answer as it was sent.
pub(crate) struct Sent {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Bytes,
}

impl Sent {
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers: headers.clone(),
            body,
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.body.len() + headers_weight(&self.headers)
    }

    /// Shows it: the sandbox wrote it, so that every field is known; tokens are not shown.
    pub(super) fn message(&self, secrets: &Secrets) -> Message {
        let shown = |name: &str| !matches!(name, "ott" | "hash");
        let body = mask::body(media_type(&self.headers), &self.body, &shown);
        Message {
            line: self.status.to_string(),
            headers: shown_headers(&self.headers, secrets),
            body: mask::cards(&secrets.redacted(&body)),
        }
    }
}

pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn headers_weight(headers: &HeaderMap) -> usize {
    let each = headers.iter();
    each.map(|(name, value)| name.as_str().len() + value.len() + 64)
        .sum()
}

pub(super) fn is_shown(name: &HeaderName) -> bool {
    SHOWN.contains(&name.as_str())
}

fn shown_headers(headers: &HeaderMap, secrets: &Secrets) -> Vec<Parameter> {
    let show = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = match value.to_str() {
            Ok(value) if is_shown(name) => secrets.redacted(value),
            _ => REDACTED.to_owned(),
        };
        Parameter::shown(name.as_str(), value)
    };
    headers.iter().map(show).collect()
}
