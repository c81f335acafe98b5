//! The listening side: accepting, serving and stopping.

pub(crate) mod connection;
mod host;
mod intake;

use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::stopping::Stopping;

pub(crate) use connection::PeerAddress;
pub(crate) use host::is_localhost;

/// How long requests under way may still take once the sandbox is told to stop.
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
    let mut router = router.layer(from_fn(intake::buffer));
    if callers == Callers::Loopback {
        router = router.layer(from_fn(host::refuse_foreign));
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
                    // Out of file descriptors, say: waiting is all that helps.
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
