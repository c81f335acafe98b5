use std::time::Duration;

use http::header;
use tokio::time::Instant;

use super::classify;
use super::fault::{Again, Fault, Proof};
use super::witness::Witness;
use crate::request::Method;
use crate::{ErrorKind, Request};

/// An answer as it came off the wire, whole and within its cap.
pub(super) struct Fetched {
    pub(super) status: u16,
    pub(super) content_type: Option<Box<str>>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// Sends a request once and reads the whole answer, or says what went wrong and what that proves.
pub(super) async fn fetch(
    client: &reqwest::Client,
    request: &Request,
    witness: &Witness,
    cap: usize,
    until: Instant,
) -> Result<Fetched, Fault> {
    let exchanged = tokio::time::timeout_at(until, exchange(client, request, witness, cap)).await;
    match exchanged {
        Ok(fetched) => fetched,
        Err(_) if witness.proves_unsent() => Err(Fault::new(
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

async fn exchange(
    client: &reqwest::Client,
    request: &Request,
    witness: &Witness,
    cap: usize,
) -> Result<Fetched, Fault> {
    let mut response = client
        .execute(outgoing(request, witness))
        .await
        .map_err(|error| classify::sending(&error, witness))?;
    let content_length = response
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    if content_length.is_some_and(|length| length > cap) {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(content_length.unwrap_or(0));
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| classify::receiving(&error))?
    {
        if body.len().saturating_add(chunk.len()) > cap {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let header = |name| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    Ok(Fetched {
        status: response.status().as_u16(),
        content_type: header(header::CONTENT_TYPE).map(Into::into),
        retry_after: header(header::RETRY_AFTER)
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        body,
    })
}

fn outgoing(request: &Request, witness: &Witness) -> reqwest::Request {
    let method = match request.method() {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
    };
    let mut outgoing = reqwest::Request::new(method, request.endpoint().url().clone());
    outgoing.headers_mut().clone_from(request.headers());
    *outgoing.body_mut() = Some(reqwest::Body::wrap(witness.watch(request.shared_body())));
    outgoing
}

fn too_large() -> Fault {
    Fault::new(
        ErrorKind::TooLarge,
        Proof::Nothing,
        Again::Never,
        "the answer is larger than an answer can be",
    )
}
