//! What stands before every handler: the key, its rights, and how much is allowed.

use std::error::Error;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, MatchedPath, Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::LARGEST_BODY;
use crate::keys::{KeyLine, Right};
use crate::limits::Limits;
use crate::listener::PeerAddress;
use crate::metrics::Metrics;
use crate::problem::{Problem, ProblemKind};
use crate::returns::one_moment;
use crate::service::Service;
use crate::store::Store;

/// How long a whole body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Who may come in, and how many at once.
pub(crate) struct Gate {
    pub(crate) service: Arc<Service>,
    pub(crate) limits: Limits,
    /// Of the API and of the public routes, so that a flood at one does not close the other.
    api: Semaphore,
    public: Semaphore,
}

impl Gate {
    pub(crate) fn new(service: Arc<Service>, limits: Limits, at_once: usize) -> Gate {
        let at_once = at_once.min(Semaphore::MAX_PERMITS);
        Gate {
            service,
            limits,
            api: Semaphore::new(at_once),
            public: Semaphore::new(at_once),
        }
    }

    fn store(&self) -> &Store {
        &self.service.store
    }

    fn metrics(&self) -> &Metrics {
        &self.service.metrics
    }

    /// Whose request it is.
    pub(crate) fn caller(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<PeerAddress>();
        let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
        self.limits.caller(peer, request.headers())
    }

    /// A place for one more request of a key that is known.
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.api.try_acquire().map_err(|_| self.full())
    }

    /// A place for one more request of a stranger, if that address has not asked for too much.
    pub(crate) fn place_of_a_stranger(
        &self,
        caller: IpAddr,
    ) -> Result<SemaphorePermit<'_>, Problem> {
        self.limits
            .address(caller)
            .map_err(|wait| self.too_many(wait))?;
        self.public.try_acquire().map_err(|_| self.full())
    }

    pub(crate) fn too_many(&self, wait: Duration) -> Problem {
        self.metrics().limited.inc();
        let detail =
            "too many requests: send fewer, and this one again after the time in Retry-After";
        Problem::new(ProblemKind::TooManyRequests, detail).again_in(wait)
    }

    fn full(&self) -> Problem {
        self.metrics().limited.inc();
        let detail = "the service is at its limit: send the request again in a moment";
        Problem::new(ProblemKind::Unavailable, detail).again_in(Duration::from_secs(1))
    }

    /// The key that was presented, if it counts.
    pub(crate) async fn known(&self, caller: IpAddr, presented: &str) -> Result<KeyLine, Problem> {
        if let Some(key) = self.store().known_key(presented).await? {
            self.limits
                .key(&key.id)
                .map_err(|wait| self.too_many(wait))?;
            return Ok(key);
        }
        // A key that counts is heard even then: others may share the address.
        self.metrics().refused_keys.inc();
        self.limits
            .address(caller)
            .map_err(|wait| self.too_many(wait))?;
        tracing::warn!(%caller, "an API key that does not count was presented");
        let detail = "the API key does not count: send one that was made with `paylink serve keys create`, as `Authorization: Bearer KEY`";
        Err(Problem::new(ProblemKind::Unauthorized, detail))
    }
}

/// Lets nobody in without a key, and no more at once than there is room for.
pub(crate) async fn authenticated(
    State(gate): State<Arc<Gate>>,
    mut request: Request,
    next: Next,
) -> Response {
    let _place = match gate.place() {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    let caller = gate.caller(&request);
    match gate.known(caller, presented(&request)).await {
        Ok(key) => {
            request.extensions_mut().insert(Arc::new(key));
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

pub(crate) fn presented(request: &Request) -> &str {
    let value = request.headers().get(AUTHORIZATION);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
        _ => "",
    }
}

/// Bounds what strangers ask for. A payer among them reads a page and no problem.
pub(crate) async fn limited_by_address(
    State(gate): State<Arc<Gate>>,
    order: Option<Path<String>>,
    request: Request,
    next: Next,
) -> Response {
    let refused = match gate.place_of_a_stranger(gate.caller(&request)) {
        Ok(_place) => return next.run(request).await,
        Err(problem) => problem,
    };
    match order {
        Some(Path(order)) => one_moment(&order).await,
        None => refused.into_response(),
    }
}

/// Reads the whole body before a handler begins, so that none waits for one that never comes.
pub(crate) async fn buffered(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let problem = match timeout(BODY_TIMEOUT, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(bytes)) => return next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(error)) if is_too_large(&error) => Problem::new(
            ProblemKind::TooLarge,
            "the body is larger than 64 KiB: send less",
        ),
        Ok(Err(_)) => Problem::new(ProblemKind::Malformed, "the body broke off: send it again"),
        Err(_) => Problem::new(
            ProblemKind::TooSlow,
            "the body did not arrive within 10 seconds",
        ),
    };
    problem.into_response()
}

fn is_too_large(error: &axum::Error) -> bool {
    error
        .source()
        .is_some_and(<dyn Error>::is::<LengthLimitError>)
}

/// Counts every answer, by the pattern of its path.
pub(crate) async fn counted(
    State(gate): State<Arc<Gate>>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    // A method of nobody's invention may not make a label of its own.
    let method = match method.as_str() {
        known @ ("GET" | "POST" | "HEAD" | "OPTIONS") => known,
        _ => "other",
    };
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    gate.metrics()
        .answered(method, &route, status, began.elapsed());
    response
}

/// A right that a handler asks for.
pub(crate) trait Needed {
    const RIGHT: Right;
}

pub(crate) struct TakePayments;
pub(crate) struct Read;
pub(crate) struct Refund;
pub(crate) struct Operate;

impl Needed for TakePayments {
    const RIGHT: Right = Right::TakePayments;
}

impl Needed for Read {
    const RIGHT: Right = Right::Read;
}

impl Needed for Refund {
    const RIGHT: Right = Right::Refund;
}

impl Needed for Operate {
    const RIGHT: Right = Right::Operate;
}

/// The key of a request, which has the right that is needed.
pub(crate) struct Held<N> {
    pub(crate) key: Arc<KeyLine>,
    right: PhantomData<N>,
}

impl<S: Send + Sync, N: Needed> FromRequestParts<S> for Held<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Held<N>, Problem> {
        let Some(key) = parts.extensions.get::<Arc<KeyLine>>() else {
            return Err(Problem::new(
                ProblemKind::Internal,
                "the request has no key",
            ));
        };
        if !key.rights.have(N::RIGHT) {
            let right = N::RIGHT.as_str();
            let detail = format!("the API key has not the right {right}: use one that has");
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        Ok(Held {
            key: Arc::clone(key),
            right: PhantomData,
        })
    }
}
