use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[cfg(feature = "canned")]
use super::canned::{Canned, CannedAnswer};
use super::listening::ListenFirst;
use super::runtime::Home;
use super::tls::{Resolver, Tls};
use super::{Inner, Transport, tls};
#[cfg(feature = "canned")]
use crate::Request;
use crate::{Effect, Error, ErrorKind, Proxy, Runtime, SystemRuntime};

/// How long a kept connection may idle. Servers commonly close at five seconds and more.
const IDLE: Duration = Duration::from_secs(4);

/// The most connections that are kept open to one host.
const KEPT_CONNECTIONS: usize = 16;

/// How long a fresh connection is listened to before the request goes out: enough for who speaks first by mistake on the
/// same machine or network, and little beside a TLS handshake.
///
/// Over TLS too: what comes with the handshake is heard without a wait, but not what its server says right after it. On
/// loopback, of 100 answers that came 2 ms after the handshake without a request, 79 were believed with no wait, 50 with
/// one of 1 ms and 11 with this one; plain it was 60, 36 and none. A call took 5 to 7 ms longer for it.
const LISTEN: Duration = Duration::from_millis(5);

/// Sets up a [`Transport`].
#[derive(Debug)]
#[must_use = "nothing is set up before build"]
pub struct TransportBuilder {
    timeouts: Timeouts,
    attempts: u32,
    reuse_for_once: bool,
    proxy: Option<Proxy>,
    extra_roots: Vec<Vec<u8>>,
    runtime: Arc<dyn Runtime>,
    listen: Duration,
    #[cfg(feature = "canned")]
    canned: Option<Canned>,
}

impl TransportBuilder {
    pub(super) fn new() -> TransportBuilder {
        TransportBuilder {
            timeouts: Timeouts::default(),
            attempts: 3,
            reuse_for_once: false,
            proxy: None,
            extra_roots: Vec::new(),
            runtime: Arc::new(SystemRuntime),
            listen: LISTEN,
            #[cfg(feature = "canned")]
            canned: None,
        }
    }

    /// Sets the timeouts.
    pub fn timeouts(mut self, timeouts: Timeouts) -> TransportBuilder {
        self.timeouts = timeouts;
        self
    }

    /// Sets the most attempts of one call, the first included; 3 by default.
    pub fn attempts(mut self, attempts: u32) -> TransportBuilder {
        self.attempts = attempts;
        self
    }

    /// Sends operations that must happen once over kept connections as well.
    ///
    /// It saves a TLS handshake, and has a price: a connection that the server closes just then makes the outcome
    /// unknown, and a server that sends an answer too many can have it taken for the next one.
    pub fn reuse_connections_for_non_idempotent(mut self) -> TransportBuilder {
        self.reuse_for_once = true;
        self
    }

    /// Goes out by this proxy. The environment's proxy variables are never read.
    ///
    /// What is on this machine, such as a sandbox, is reached directly, unless the proxy is on it too.
    pub fn proxy(mut self, proxy: Proxy) -> TransportBuilder {
        self.proxy = Some(proxy);
        self
    }

    /// Trusts the certificates of this PEM text as well as the machine's own roots.
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> TransportBuilder {
        self.extra_roots.push(pem.into());
        self
    }

    /// Injects clock, sleep and chance.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> TransportBuilder {
        self.runtime = runtime;
        self
    }

    /// Reads the time from `now`, such as a sandbox's clock that a test moves ahead; waits stay real.
    ///
    /// It takes the place of a [`runtime`](TransportBuilder::runtime) that was injected before.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use paylink_core::Transport;
    ///
    /// let transport = Transport::builder().clock(|| SystemTime::UNIX_EPOCH).build()?;
    /// assert_eq!(transport.runtime().now(), SystemTime::UNIX_EPOCH);
    /// # Ok::<(), paylink_core::Error>(())
    /// ```
    pub fn clock(self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> TransportBuilder {
        self.runtime(Arc::new(SystemRuntime::with_clock(now)))
    }

    /// Listens longer on a fresh connection, so that a test need not race.
    #[cfg(test)]
    pub(super) fn listen(mut self, time: Duration) -> TransportBuilder {
        self.listen = time;
        self
    }

    /// Takes each answer from `answer` in place of a network, for tests of what a client makes of it. Nothing is ever sent.
    ///
    /// The answer is judged as one that came whole from a server. No tokio runtime is needed.
    ///
    /// ```
    /// use paylink_core::{CannedAnswer, Transport};
    ///
    /// let refusing = |_: &paylink_core::Request| CannedAnswer::new(403, "application/json", "{}");
    /// let transport = Transport::builder().answered_by(refusing).build()?;
    /// # let _ = transport;
    /// # Ok::<(), paylink_core::Error>(())
    /// ```
    #[cfg(feature = "canned")]
    pub fn answered_by(
        mut self,
        answer: impl Fn(&Request) -> CannedAnswer + Send + Sync + 'static,
    ) -> TransportBuilder {
        self.canned = Some(Canned::new(answer));
        self
    }

    /// Sets it up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`], and says what to correct: timeouts out of order, no attempts, a certificate that is
    /// not PEM.
    pub fn build(self) -> Result<Transport, Error> {
        if !self.timeouts.are_ordered() {
            return Err(configuration(
                "the timeouts have to be connect < attempt <= total, and not zero",
            ));
        }
        if self.attempts == 0 {
            return Err(configuration("a call needs at least one attempt"));
        }
        let setup = Setup {
            timeouts: self.timeouts,
            attempts: self.attempts,
            reuse_for_once: self.reuse_for_once,
            proxy: self.proxy,
            tls: tls::configure(&self.extra_roots)?,
            runtime: self.runtime,
            listen: self.listen,
            #[cfg(feature = "canned")]
            canned: self.canned,
        };
        setup.open()
    }
}

/// All that it takes to open a transport, and another one like it.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) timeouts: Timeouts,
    pub(super) attempts: u32,
    pub(super) reuse_for_once: bool,
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: Tls,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) listen: Duration,
    #[cfg(feature = "canned")]
    pub(super) canned: Option<Canned>,
}

impl Setup {
    pub(super) fn open(self) -> Result<Transport, Error> {
        Ok(Transport(Arc::new(Inner {
            reusing: self.client(KEPT_CONNECTIONS)?,
            fresh: self.client(0)?,
            home: Home::default(),
            setup: self,
        })))
    }

    /// The HTTP stack, which keeps so many connections to a host.
    fn client(&self, kept: usize) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.config.clone())
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("paylink/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Resolver)
            .connect_timeout(self.timeouts.connect)
            // Around the whole connector: it listens where the request will be written, inside of a tunnel too.
            .connector_layer(ListenFirst {
                time: self.listen.min(self.timeouts.connect / 4),
            })
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(kept);
        if let Some(proxy) = &self.proxy {
            let proxy = proxy.to_stack();
            builder = builder
                .proxy(proxy.ok_or_else(|| configuration("the proxy's URL cannot be used"))?);
        }
        builder
            .build()
            .map_err(|_| configuration("the HTTP client could not be set up"))
    }
}

fn configuration(problem: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, Effect::NotExecuted, problem)
}

/// How long things may take: connect < attempt ≤ total.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS together.
    pub connect: Duration,
    /// One attempt, from looking up the name to the last byte of the answer.
    pub attempt: Duration,
    /// The whole call with all its attempts and the waits between them.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(20),
            total: Duration::from_secs(45),
        }
    }
}

impl Timeouts {
    /// Whether the order is kept, so that each failure is recognised for what it is.
    pub(super) fn are_ordered(&self) -> bool {
        !self.connect.is_zero() && self.connect < self.attempt && self.attempt <= self.total
    }
}
