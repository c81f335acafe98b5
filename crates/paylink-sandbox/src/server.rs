//! The listening side: accepting, serving and stopping.

pub(crate) mod connection;

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
pub(crate) use connection::PeerAddress;
use http_body_util::LengthLimitError;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::world::Stopping;

/// How long requests under way may still take once the sandbox is stopping.
const GRACE: Duration = Duration::from_secs(2);

/// Who may call the sandbox by which name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Those on this machine, by an address or a name that means this machine.
    Loopback,
    Anyone,
}

/// Serves `router` on `listener` until the sandbox stops.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    callers: Callers,
    mut stopping: Stopping,
) {
    let mut router = router.layer(from_fn(buffer));
    if callers == Callers::Loopback {
        router = router.layer(from_fn(refuse_foreign));
    }
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

/// Refuses a request that reached loopback under a foreign name.
///
/// A page in the developer's browser could otherwise have its own name resolve to 127.0.0.1 and read
/// the sandbox as its own origin (DNS rebinding). Addresses cannot be rebound.
pub(crate) async fn refuse_foreign(request: Request, next: Next) -> Response {
    let host = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().unwrap_or_default(),
        None => return next.run(request).await,
    };
    if names_this_machine(host) {
        return next.run(request).await;
    }
    let reason = "The sandbox answers to localhost and to IP addresses only.\n";
    (StatusCode::MISDIRECTED_REQUEST, reason).into_response()
}

fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    address.parse::<IpAddr>().is_ok() || is_localhost(name)
}

/// Returns whether `name` is one that always means this machine (RFC 6761).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_answered_and_foreign_names_are_not() {
        let own = "127.0.0.1:8080 127.0.0.1 [::1]:80 [::1] localhost LocalHost:1 a.localhost:9";
        for host in own.split(' ') {
            assert!(names_this_machine(host), "{host}");
        }
        let foreign = " evil.example evil.example:8080 127.0.0.1.evil.example \
                       localhost.evil.example notlocalhost";
        for host in foreign.split(' ') {
            assert!(!names_this_machine(host), "{host}");
        }
    }
}
