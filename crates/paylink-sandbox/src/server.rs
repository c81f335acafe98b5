//! The listening side: accepting, serving and stopping.

mod callers;
pub(crate) mod connection;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
pub(crate) use callers::{Callers, is_localhost};
pub(crate) use connection::PeerAddress;
use http_body_util::LengthLimitError;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::admin::{self, Problem, SNAPSHOT};
use crate::world::Stopping;

/// How long requests under way may still take once the sandbox is stopping.
const GRACE: Duration = Duration::from_secs(2);

/// Serves `router` on `listener` until the sandbox stops.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    callers: Callers,
    mut stopping: Stopping,
) {
    let router = router.layer(from_fn_with_state(Arc::new(callers), guard));
    let graceful = GracefulShutdown::new();
    // Dropping the set, as when this task is aborted, closes every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let watcher = graceful.watcher();
                    connections.spawn(connection::serve(stream, peer, router.clone(), watcher));
                }
                Err(error) => {
                    // Such as no free file descriptor: waiting is all that helps.
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = stopping.wait() => break,
        }
    }
    drop(listener);
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::debug!("connections were still busy when the sandbox stopped");
    }
    connections.shutdown().await;
}

/// Lets in who may call, and answers each refusal in the form of the place it was asked at.
async fn guard(State(callers): State<Arc<Callers>>, request: Request, next: Next) -> Response {
    let is_api = admin::serves(request.uri().path());
    let answer = match admit(&callers, request, is_api).await {
        Ok(request) => next.run(request).await,
        Err(problem) if is_api => problem.into_response(),
        Err(problem) => problem.into_text(),
    };
    if is_api {
        admin::protect(answer)
    } else {
        answer
    }
}

async fn admit(callers: &Callers, request: Request, is_api: bool) -> Result<Request, Problem> {
    callers.check_host(request.headers())?;
    callers::check_page(request.method(), request.headers(), is_api)?;
    let request = buffer(request).await?;
    if is_api {
        admin::require_json_or_nothing(&request)?;
    }
    Ok(request)
}

/// The longest body any part of the sandbox reads, apart from a snapshot.
const BODY_LIMIT: usize = 64 * 1024;

/// The longest snapshot.
const SNAPSHOT_LIMIT: usize = 64 * 1024 * 1024;

const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the whole body before anything looks at the request, so that no handler meets half a body,
/// an endless one or one that never comes.
async fn buffer(request: Request) -> Result<Request, Problem> {
    let (head, body) = request.into_parts();
    let limit = match head.uri.path() {
        SNAPSHOT => SNAPSHOT_LIMIT,
        _ => BODY_LIMIT,
    };
    let (status, message) = match timeout(BODY_TIMEOUT, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => return Ok(Request::from_parts(head, Body::from(bytes))),
        Ok(Err(error)) if is_too_long(&error) => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is longer than 64 KiB, or the snapshot than 64 MiB: send a shorter one",
        ),
        Ok(Err(_)) => (StatusCode::BAD_REQUEST, "the body broke off: send it again"),
        Err(_) => (
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time: send it again",
        ),
    };
    Err(Problem::new(status, message))
}

fn is_too_long(error: &axum::Error) -> bool {
    error
        .source()
        .is_some_and(<dyn Error>::is::<LengthLimitError>)
}
