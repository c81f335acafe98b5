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
        let runtime = self.transport.runtime();
        promise.window.check_open(runtime).map_err(|late| {
            Error::from(late).with_operation(<O::Config as ClientConfig>::PROVIDER, O::NAME)
        })?;
        let left = promise.last_byte.duration_since(runtime.now());
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
    crate::getters! { self;
        /// The method.
        method: Method = self.request.method();
        /// The path on the provider's host.
        path: &str = self.request.endpoint().path();
        /// The exact bytes of the body. They may hold credentials and personal data: never log them.
        body: &[u8] = self.request.body();
        /// What to store before sending. Send within 30 seconds after preparing; later it is refused as not executed.
        handle: &Handle = &self.handle;
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

#[cfg(test)]
mod tests {
    //! What is sent is sent while the stored handle says so, and dated by when it was under way.

    use std::net::TcpListener;
    use std::sync::Arc;

    use paylink_testkit::{Canaries, Capture, FaultServer, Wire, faults};

    use super::*;
    use crate::settlement::handle::from_millis;
    use crate::transport::runtime::MovedClock;
    use crate::{BaseUrl, DecodeError, Invalid, Lookup, Response};

    struct Shop(BaseUrl);

    impl ClientConfig for Shop {
        const PROVIDER: &'static str = "test";

        fn base_url(&self) -> &BaseUrl {
            &self.0
        }
    }

    struct Pay;
    struct Look;

    macro_rules! operation {
        ($operation:ty, $class:expr) => {
            impl Operation for $operation {
                type Config = Shop;
                type Output = ();

                const NAME: &'static str = "operation";
                const IDEMPOTENCY: Idempotency = $class;
                const LOOKUP: Lookup = Lookup::ByReference;

                fn request(&self, shop: &Shop) -> Result<Request, Invalid> {
                    Ok(Request::get(&shop.0.endpoint("pay")?))
                }

                fn decode(&self, _: &Shop, _: Response<'_>) -> Result<(), DecodeError> {
                    Ok(())
                }

                fn fill_handle(&self, _: &Shop, handle: Handle) -> Handle {
                    handle.with_reference("1000")
                }
            }
        };
    }
    operation!(Pay, Idempotency::NonIdempotent);
    operation!(Look, Idempotency::ReadOnly);

    const START: u64 = 1_000_000_000;
    const TOTAL: Duration = Duration::from_secs(45);

    fn at(seconds: u64) -> SystemTime {
        from_millis(START + seconds * 1_000)
    }

    struct MockClient {
        clock: Arc<MovedClock>,
        transport: Transport,
        shop: Shop,
    }

    impl MockClient {
        fn at(url: &str) -> MockClient {
            MockClient::with(MovedClock::at(START), url)
        }

        fn with(clock: MovedClock, url: &str) -> MockClient {
            let clock = Arc::new(clock);
            let transport = Transport::builder().runtime(clock.clone());
            MockClient {
                clock,
                transport: transport.build().unwrap(),
                shop: Shop(BaseUrl::parse(url).unwrap()),
            }
        }

        fn call<O: Operation<Config = Shop>>(&self, operation: O) -> Call<'_, O> {
            Call::new(&self.transport, &self.shop, operation)
        }

        fn pass(&self, seconds: u64) {
            self.clock.set(START + seconds * 1_000);
        }
    }

    /// An address at which nobody listens.
    fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    }

    #[tokio::test]
    async fn a_handle_says_by_when_the_last_byte_left_and_stays_as_it_is() {
        let client = MockClient::at(&nobody());
        let call = client.call(Pay);
        let handle = call.handle();
        assert_eq!(handle.prepared_at(), at(0));
        assert_eq!(handle.sent_by(), Some(at(60) + TOTAL));
        client.pass(20);
        assert_eq!(call.handle(), handle);
        assert_eq!(call.prepare().unwrap().handle(), &handle);

        let patient = client.call(Pay).timeout(Duration::from_secs(600));
        assert_eq!(patient.handle().sent_by(), Some(at(20 + 60 + 600)));
    }

    #[tokio::test]
    async fn what_was_prepared_too_long_ago_is_not_sent() {
        let server = FaultServer::start(Wire::Plain, faults::stall_after_request());
        let server = server.await.unwrap();
        let client = MockClient::at(&server.url());
        let prepared = client.call(Pay).prepare().unwrap();
        let told = client.call(Pay);
        drop(told.handle());
        client.pass(31);
        for refused in [prepared.send().await, told.await] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.attempts(), 0);
            assert!(error.to_string().contains("30 seconds"), "{error}");
        }
        assert_eq!(server.shutdown().await.requests_begun(), 0);
    }

    #[tokio::test]
    async fn what_nobody_was_told_of_and_what_changes_nothing_is_sent_whenever_it_is_wanted() {
        let client = MockClient::at(&nobody());
        let untold = client.call(Pay);
        let read = client.call(Look).prepare().unwrap();
        client.pass(3_600);
        assert_eq!(untold.await.unwrap_err().attempts(), 3);
        assert_eq!(read.send().await.unwrap_err().attempts(), 3);
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_keeps_nothing_from_being_sent() {
        let client = MockClient::at(&nobody());
        let prepared = client.call(Pay).prepare().unwrap();
        client.clock.set(START - 500_000);
        assert_eq!(prepared.send().await.unwrap_err().attempts(), 3);
    }

    #[test]
    fn no_timeout_goes_beyond_what_was_told() {
        let client = MockClient::at(&nobody());
        let hour = Duration::from_secs(3_600);
        assert_eq!(client.call(Pay).time_to_send().unwrap(), TOTAL);
        assert_eq!(client.call(Pay).timeout(hour).time_to_send().unwrap(), hour);

        let call = client.call(Pay);
        drop(call.handle());
        let call = call.timeout(hour);
        let left = |seconds| TOTAL + Duration::from_secs(seconds);
        assert_eq!(call.time_to_send().unwrap(), left(60));
        client.pass(30);
        assert_eq!(call.time_to_send().unwrap(), left(30));
        client.pass(31);
        assert!(call.time_to_send().is_err());
    }

    /// A pause between two attempts in which the machine slept for an hour.
    #[tokio::test]
    async fn nothing_is_tried_again_after_the_time_that_was_told() {
        let client = MockClient::with(MovedClock::at(START).waiting(3_600_000), &nobody());
        let error = client.call(Pay).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(client.call(Look).await.unwrap_err().attempts(), 3);
    }

    #[tokio::test]
    async fn an_error_dates_its_handle_by_when_the_call_ended() {
        let server = FaultServer::start(Wire::Plain, faults::close_after_request());
        let server = server.await.unwrap();
        let client = MockClient::at(&server.url());
        let prepared = client.call(Pay).prepare().unwrap();
        client.pass(20);
        let error = prepared.send().await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle().unwrap().sent_by(), Some(at(20)));
        assert_eq!(error.handle().unwrap().prepared_at(), at(0));
    }

    #[tokio::test]
    async fn the_warning_of_a_dropped_call_dates_its_handle_by_the_dropping() {
        let server = FaultServer::start(Wire::Plain, faults::stall_after_request());
        let server = server.await.unwrap();
        let client = MockClient::at(&server.url());
        let prepared = client.call(Pay).prepare().unwrap();
        client.pass(20);
        let capture = Capture::new(Canaries::new(["nothing secret"]).unwrap());
        {
            let _listening = capture.listen();
            let until_then = async {
                server.until(|tally| tally.requests_complete() == 1).await;
                client.pass(27);
            };
            tokio::select! {
                biased;
                () = until_then => {}
                _ = prepared.send() => panic!("the server should have kept silent"),
            }
        }
        let said = capture.transcript();
        let said = said.iter().find(|it| it.contains("dropped in flight"));
        let said = said.unwrap().replace("\\\"", "\"");
        let dated = format!("\"failed_at_ms\":{}", START + 27_000);
        assert!(said.contains(&dated), "{said}");
    }

    #[test]
    fn what_is_shown_of_a_call_names_it_and_holds_no_value() {
        let client = MockClient::at("http://127.0.0.1:9/");
        let shown = format!("{:?}", client.call(Pay));
        assert_eq!(
            shown,
            r#"Call { provider: "test", operation: "operation", timeout: None, .. }"#
        );
        let prepared = format!("{:?}", client.call(Pay).prepare().unwrap());
        assert!(
            prepared.starts_with(&format!(
                "Prepared {{ call: {shown}, request: Request {{ method: Get, "
            )),
            "{prepared}"
        );
        assert!(
            prepared.ends_with("body_bytes: 0, .. }, .. }"),
            "{prepared}"
        );
        let header = crate::Header::plain("x-key", "value").unwrap();
        assert_eq!(format!("{header:?}"), "Header(x-key: …)");
        let response = format!("{:?}", Response::new(200, "{}"));
        assert_eq!(response, "Response { status: 200, bytes: 2, .. }");
    }
}
