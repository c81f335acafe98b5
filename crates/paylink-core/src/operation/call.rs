#[cfg(test)]
mod tests;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tracing::Instrument;

use crate::operation::request::Method;
use crate::{
    ClientConfig, Effect, Error, ErrorKind, FieldKey, Handle, Idempotency, Invalid, Operation,
    Request, Runtime, Transport,
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
    config: &'a O::Config,
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
    pub fn new(transport: &'a Transport, config: &'a O::Config, operation: O) -> Call<'a, O> {
        Call {
            transport,
            config,
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
        let (provider, prepared_at) = (
            <O::Config as ClientConfig>::PROVIDER,
            promise.window.opened(),
        );
        let fresh = Handle::new(provider, O::NAME, prepared_at).with_deadline(promise.last_byte);
        self.operation.fill_handle(self.config, fresh)
    }

    fn promise(&self) -> &Promise {
        self.promise.get_or_init(|| {
            let window = SendingWindow::open(self.transport.runtime());
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
        if O::IDEMPOTENCY == Idempotency::ReadOnly {
            // Nothing is looked up that changes nothing.
            return Ok(self.total());
        }
        let promise = self.promise();
        let environment = self.transport.runtime();
        promise.window.check_open(environment).map_err(|late| {
            Error::from(late).with_operation(<O::Config as ClientConfig>::PROVIDER, O::NAME)
        })?;
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
        if let Some(why) = self.operation.unsupported(self.config) {
            return Err(Error::new(ErrorKind::Unsupported, Effect::NotExecuted, why)
                .with_operation(<O::Config as ClientConfig>::PROVIDER, O::NAME));
        }
        let handle = self.handle();
        let request = self.operation.request(self.config).map_err(|invalid| {
            Error::from(invalid).with_operation(<O::Config as ClientConfig>::PROVIDER, O::NAME)
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
            .field("provider", &<O::Config as ClientConfig>::PROVIDER)
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
            provider = <O::Config as ClientConfig>::PROVIDER,
            operation = O::NAME,
            reference = handle.reference(),
        );
        call.transport
            .send(call.config, &call.operation, &request, total, &handle)
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

/// How long after it was prepared an operation may begin to be sent.
const LENGTH: Duration = Duration::from_secs(30);

const OPERATION: FieldKey = FieldKey::new("prepared_operation", "prepared operation");

/// Longer than any call; it keeps sums of times within a clock's range.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The 30 seconds between preparing an operation and beginning to send it.
///
/// A handle is stored before its operation is sent, and says by when every byte had left. That stays true only if what was
/// prepared is not sent later. A [`Prepared`](crate::Prepared) request and a [`Call`](crate::Call) whose handle was asked for
/// keep it by themselves, and so does a [`PreparedPayment`](crate::provider::PreparedPayment) that is built on one. A program
/// that has to know beforehand whether there is time opens a window before preparing:
///
/// ```
/// use paylink_core::{SendingWindow, SystemRuntime};
///
/// let clock = SystemRuntime;
/// let window = SendingWindow::open(&clock);
/// // let prepared = provider.prepare(&payment)?;
/// // store.write(prepared.handle())?;
/// window.check_open(&clock)?;
/// // prepared.create().await
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SendingWindow {
    opened: SystemTime,
    /// Goes on when the clock is set back.
    opened_by_uptime: Instant,
}

impl SendingWindow {
    /// Opens it now; do this before preparing.
    #[must_use]
    pub fn open(runtime: &dyn Runtime) -> SendingWindow {
        SendingWindow {
            opened: runtime.now(),
            opened_by_uptime: Instant::now(),
        }
    }

    /// Checks that the operation may still be sent.
    ///
    /// # Errors
    ///
    /// If too much time has passed since it was prepared: prepare it again, and store the new handle.
    pub fn check_open(&self, runtime: &dyn Runtime) -> Result<(), Invalid> {
        // A clock that was set back shows no time at all; the uptime does.
        let by_clock = runtime.now().duration_since(self.opened);
        let passed = by_clock
            .unwrap_or_default()
            .max(self.opened_by_uptime.elapsed());
        if passed <= LENGTH {
            return Ok(());
        }
        Err(Invalid::new(
            OPERATION,
            "was prepared more than 30 seconds ago, so that its stored handle would lead astray; nothing was sent",
        )
        .with_remedy("prepare it again, and store the new handle"))
    }

    /// When it was opened.
    pub(crate) fn opened(&self) -> SystemTime {
        self.opened
    }

    /// The moment after which no byte leaves of a call that takes `total` at most.
    ///
    /// It leaves as much time again between the look at the clock and the first byte: for a machine that is busy, and for
    /// what a provider's adapter does before it sends.
    pub(crate) fn last_byte(&self, total: Duration) -> SystemTime {
        let longest = LENGTH.saturating_mul(2).saturating_add(total.min(YEAR));
        self.opened.checked_add(longest).unwrap_or(self.opened)
    }
}
