//! The server, and what it bounds: how many connections there are, how large and how slow a head is, and how long a connection
//! lasts. The routes of `paylink::web` cannot do that, and `axum::serve` does not.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many connections there are at once; the next ones wait where the system queues them. Behind a proxy, it is as many as
/// the proxy opens.
const CONNECTIONS: usize = 1_000;
/// How long the head of a request may take, and how long a connection may wait for its next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection lasts at the most: the bound of a slow body, and of a caller who never reads an answer.
const LONGEST: Duration = Duration::from_secs(60);
/// How many bytes of a connection are kept while a head is read, about: more than a return's longest query.
const HEAD_BYTES: usize = 32 * 1024;
const HEADERS: usize = 64;

/// Serves for ever; all connections are closed when it is dropped.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            (place, accepted) = next => match accepted {
                Ok((stream, _)) => {
                    let router = router.clone();
                    connections.spawn(async move {
                        connection(stream, router).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    // Such as no free file descriptor: waiting is all that helps.
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection<S>(stream: S, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    match timeout(LONGEST, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection ended"),
        Err(_) => tracing::debug!("a connection lasted too long"),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::Instant;

    use super::*;

    /// What is answered to a caller who sends this and no more, and after how long the connection is closed.
    async fn answered(sent: &str) -> (String, Duration) {
        let router = Router::new().route("/", post(async |body: Bytes| body));
        let (mut near, far) = duplex(8 * HEAD_BYTES);
        let begun = Instant::now();
        let serving = tokio::spawn(connection(far, router));
        near.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = near.read_to_end(&mut answer).await;
        serving.await.unwrap();
        (
            String::from_utf8_lossy(&answer).into_owned(),
            begun.elapsed(),
        )
    }

    const BEGUN: &str = "POST / HTTP/1.1\r\nhost: x\r\n";

    #[tokio::test(start_paused = true)]
    async fn a_head_is_bounded_in_time_and_in_size() {
        for slow in ["", "POST", BEGUN] {
            let (answer, after) = answered(slow).await;
            assert!(!answer.contains("200 OK"), "{answer}");
            assert!(after >= HEAD_TIMEOUT && after < LONGEST, "{after:?}");
        }
        let long = format!("{BEGUN}x: {}\r\n\r\n", "x".repeat(4 * HEAD_BYTES));
        let many = format!("{BEGUN}{}\r\n", "x: 1\r\n".repeat(HEADERS));
        for large in [long, many] {
            let (answer, after) = answered(&large).await;
            assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
            assert!(after < HEAD_TIMEOUT, "{after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_waits_for_its_next_request_is_closed() {
        let (answer, after) = answered(&format!("{BEGUN}content-length: 2\r\n\r\nhi")).await;
        assert!(answer.ends_with("hi"), "{answer}");
        assert!(after >= HEAD_TIMEOUT && after < LONGEST, "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_closed() {
        let (answer, after) = answered(&format!("{BEGUN}content-length: 2\r\n\r\nh")).await;
        assert_eq!(answer, "");
        assert!(after >= LONGEST, "{after:?}");
    }

    /// Each answer is as long as the room for it, and none is read.
    #[tokio::test(start_paused = true)]
    async fn a_caller_who_reads_nothing_is_left() {
        let router = Router::new().route("/", post(async |body: Bytes| body));
        let (mut near, far) = duplex(256);
        let begun = Instant::now();
        let serving = tokio::spawn(connection(far, router));
        let request = format!("{BEGUN}content-length: 256\r\n\r\n{}", "x".repeat(256));
        let asking =
            tokio::spawn(async move { while near.write_all(request.as_bytes()).await.is_ok() {} });
        serving.await.unwrap();
        assert!(begun.elapsed() >= LONGEST);
        asking.await.unwrap();
    }
}
