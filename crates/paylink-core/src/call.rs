use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use tracing::Instrument;

use crate::{
    Account, Class, Effect, Error, ErrorKind, Handle, Operation, Request, SendingWindow, Transport,
    request::Method,
};

/// An operation that is ready to go: `.await` sends it.
///
/// Nothing happens before. Dropping a call in flight is an outcome too: if a byte may have left, the outcome is
/// unknown, and one `tracing` event of level WARN carries the handle. Store [`handle`](Call::handle) beforehand if the
/// process may die, and await the call within 30 seconds after: an operation that changes something is not sent later
/// than its stored handle says.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'a, O: Operation> {
    transport: &'a Transport,
    account: &'a O::Account,
    operation: O,
    timeout: Option<Duration>,
    promise: OnceLock<Promise>,
}

/// What a handle that was given out says of when its call is sent.
#[derive(Clone, Copy, Debug)]
struct Promise {
    window: SendingWindow,
    last_byte: SystemTime,
}

impl<'a, O: Operation> Call<'a, O> {
    /// Puts a call together. Client crates do it; programs call a client's methods.
    pub fn new(transport: &'a Transport, account: &'a O::Account, operation: O) -> Call<'a, O> {
        Call {
            transport,
            account,
            operation,
            timeout: None,
            promise: OnceLock::new(),
        }
    }

    /// Bounds the whole call, all attempts included, in place of the transport's total timeout.
    ///
    /// Set it before the handle is asked for: no later one lets the call go on beyond what that handle says.
    pub fn timeout(mut self, total: Duration) -> Call<'a, O> {
        self.timeout = Some(total);
        self
    }

    /// What to store **before** sending, so that a lost outcome can be looked up even after a crash.
    ///
    /// It is the same each time, and says by when the last byte had left: await the call within 30 seconds after the first
    /// time. Later it is refused as not executed.
    #[must_use]
    pub fn handle(&self) -> Handle {
        let promise = self.promise();
        let (provider, prepared_at) = (<O::Account as Account>::PROVIDER, promise.window.opened());
        let fresh = Handle::new(provider, O::NAME, prepared_at).ended_by(promise.last_byte);
        self.operation.describe(self.account, fresh)
    }

    fn promise(&self) -> &Promise {
        self.promise.get_or_init(|| {
            let window = SendingWindow::open(self.transport.environment());
            let last_byte = window.last_byte(self.total());
            Promise { window, last_byte }
        })
    }

    fn total(&self) -> Duration {
        let of_all = self.transport.timeouts().total;
        self.timeout.unwrap_or(of_all)
    }

    /// How long the call may take so that what its handle says stays true.
    fn time_to_send(&self) -> Result<Duration, Error> {
        if O::CLASS == Class::Read {
            // Nothing is looked up that changes nothing.
            return Ok(self.total());
        }
        let promise = self.promise();
        let environment = self.transport.environment();
        promise
            .window
            .must_be_open(environment)
            .map_err(|late| Error::from(late).of(<O::Account as Account>::PROVIDER, O::NAME))?;
        let left = promise.last_byte.duration_since(environment.now());
        Ok(self.total().min(left.unwrap_or_default()))
    }

    /// Writes and signs the request without sending it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] says what the account lacks, [`ErrorKind::Unsupported`] what the provider does not offer
    /// on the way that was chosen; nothing was sent.
    pub fn prepare(self) -> Result<Prepared<'a, O>, Error> {
        if let Some(why) = self.operation.unsupported(self.account) {
            return Err(Error::new(ErrorKind::Unsupported, Effect::NotExecuted, why)
                .of(<O::Account as Account>::PROVIDER, O::NAME));
        }
        let handle = self.handle();
        let request = self.operation.request(self.account).map_err(|invalid| {
            Error::from(invalid).of(<O::Account as Account>::PROVIDER, O::NAME)
        })?;
        Ok(Prepared {
            call: self,
            request,
            handle,
        })
    }
}

impl<'a, O: Operation + 'a> IntoFuture for Call<'a, O> {
    type Output = Result<O::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.prepare()?.send().await })
    }
}

impl<O: Operation> fmt::Debug for Call<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("provider", &<O::Account as Account>::PROVIDER)
            .field("operation", &O::NAME)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A request that is written and signed, and not sent.
#[must_use = "a prepared request does nothing until it is sent"]
pub struct Prepared<'a, O: Operation> {
    call: Call<'a, O>,
    request: Request,
    handle: Handle,
}

impl<O: Operation> Prepared<'_, O> {
    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.request.method()
    }

    /// The path on the provider's host.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.endpoint().path()
    }

    /// The exact bytes of the body. They may hold credentials and personal data: never log them.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.request.body()
    }

    /// What to store before sending. Send within 30 seconds after preparing; later it is refused as not executed.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// Ask [`Error::effect`] first. What was prepared is used up: an unknown outcome is resolved, not sent again.
    ///
    /// [`ErrorKind::Invalid`] if an operation that changes something was prepared more than 30 seconds ago: nothing was
    /// sent. Prepare it again, and store the new handle.
    pub async fn send(self) -> Result<O::Output, Error> {
        let Prepared {
            call,
            request,
            handle,
        } = self;
        let total = call.time_to_send()?;
        let span = tracing::debug_span!(
            "paylink",
            provider = <O::Account as Account>::PROVIDER,
            operation = O::NAME,
            reference = handle.own_reference(),
        );
        call.transport
            .send(call.account, &call.operation, &request, total, &handle)
            .instrument(span)
            .await
    }
}

impl<O: Operation> fmt::Debug for Prepared<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("call", &self.call)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
