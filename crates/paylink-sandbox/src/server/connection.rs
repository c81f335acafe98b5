//! One connection, including the ways of breaking it off.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const HEAD_LIMIT: usize = 64 * 1024;

/// The address a request came from, among its extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerAddress(pub(crate) SocketAddr);

/// Makes an answer that closes the connection without a byte.
pub(crate) fn hang_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(HangUp);
    response
}

pub(crate) fn hangs_up(response: &Response<Body>) -> bool {
    response.extensions().get::<HangUp>().is_some()
}

/// Makes an answer that promises the whole of `response` and breaks off in the middle of its body.
pub(crate) async fn truncate(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let Ok(whole) = to_bytes(body, usize::MAX).await else {
        return hang_up();
    };
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(head, Body::new(BrokenOff::Sending(half)))
}

/// Serves requests on `stream` until either side ends it.
pub(crate) async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, watcher: Watcher) {
    // Small answers must not wait for the acknowledgement of the ones before.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        let answer = router.call(request);
        async move {
            let Ok(response) = answer.await;
            // hyper writes nothing for a service that fails: it drops the socket.
            if hangs_up(&response) {
                Err(HangUp)
            } else {
                Ok(response)
            }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::trace!(%error, "connection ended");
    }
}

#[derive(Debug, Clone, Copy)]
struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl Error for HangUp {}

/// A body that fails after its data.
enum BrokenOff {
    Sending(Bytes),
    Flushing,
    Broken,
}

impl hyper::body::Body for BrokenOff {
    type Data = Bytes;
    type Error = HangUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HangUp>>> {
        match std::mem::replace(&mut *self, Self::Broken) {
            Self::Sending(data) => {
                *self = Self::Flushing;
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Self::Flushing => {
                // hyper drops what it has not flushed when a body fails, and flushes when it waits.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Broken => Poll::Ready(Some(Err(HangUp))),
        }
    }
}
