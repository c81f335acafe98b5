use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBuf};
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Listens on each fresh connection for a moment before a request goes out on it.
///
/// In HTTP the client speaks first. Whatever comes before it did is no answer, and who sent it is not the server that was
/// meant: without this moment the two would race, and the stray bytes be read as the answer whenever they lose.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListenFirst {
    /// How long to listen.
    pub(super) time: Duration,
}

impl<S> Layer<S> for ListenFirst {
    type Service = Listening<S>;

    fn layer(&self, connecting: S) -> Listening<S> {
        Listening {
            connecting,
            time: self.time,
        }
    }
}

/// Connects, and listens.
#[derive(Clone, Debug)]
pub(super) struct Listening<S> {
    connecting: S,
    time: Duration,
}

impl<S, Target> Service<Target> for Listening<S>
where
    S: Service<Target, Error = BoxError>,
    S::Response: Read + Unpin + Send,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connecting.poll_ready(cx)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let connecting = self.connecting.call(target);
        let time = self.time;
        Box::pin(async move {
            let mut connection = connecting.await?;
            match tokio::time::timeout(time, first_byte(&mut connection)).await {
                Err(_silent) => Ok(connection),
                Ok(Ok(true)) => Err(SpokeFirst.into()),
                Ok(Ok(false)) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(Err(error)) => Err(error.into()),
            }
        })
    }
}

/// Waits until a byte comes; `false` if the connection ends without one.
async fn first_byte(connection: &mut (impl Read + Unpin)) -> io::Result<bool> {
    poll_fn(|cx| {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut *connection).poll_read(cx, buffer.unfilled()))?;
        Poll::Ready(Ok(!buffer.filled().is_empty()))
    })
    .await
}

/// Bytes came on a connection on which nothing had been asked.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the server spoke before it was asked")]
pub(super) struct SpokeFirst;
