use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tracing::Instrument;

use crate::{
    Account, Effect, Error, ErrorKind, Handle, Operation, Request, Transport, request::Method,
};

/// An operation that is ready to go: `.await` sends it.
///
/// Nothing happens before. Dropping a call in flight is an outcome too: if a byte may have left, the outcome is
/// unknown, and one `tracing` event of level WARN carries the handle. Store [`handle`](Call::handle) beforehand if the
/// process may die.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'a, O: Operation> {
    transport: &'a Transport,
    account: &'a O::Account,
    operation: O,
    timeout: Option<Duration>,
}

impl<'a, O: Operation> Call<'a, O> {
    /// Puts a call together. Client crates do it; programs call a client's methods.
    pub fn new(transport: &'a Transport, account: &'a O::Account, operation: O) -> Call<'a, O> {
        Call {
            transport,
            account,
            operation,
            timeout: None,
        }
    }

    /// Bounds the whole call, all attempts included, in place of the transport's total timeout.
    pub fn timeout(mut self, total: Duration) -> Call<'a, O> {
        self.timeout = Some(total);
        self
    }

    /// What to store **before** sending, so that a lost outcome can be looked up even after a crash.
    #[must_use]
    pub fn handle(&self) -> Handle {
        let fresh = Handle::new(
            <O::Account as Account>::PROVIDER,
            O::NAME,
            self.transport.environment().now(),
        );
        self.operation.describe(self.account, fresh)
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

    /// What to store before sending.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// Ask [`Error::effect`] first. What was prepared is used up: an unknown outcome is resolved, not sent again.
    pub async fn send(self) -> Result<O::Output, Error> {
        let Prepared {
            call,
            request,
            handle,
        } = self;
        let span = tracing::debug_span!(
            "paylink",
            provider = <O::Account as Account>::PROVIDER,
            operation = O::NAME,
            reference = handle.own_reference(),
        );
        call.transport
            .send(
                call.account,
                &call.operation,
                &request,
                call.timeout,
                &handle,
            )
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
