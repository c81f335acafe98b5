use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::{
    ClientConfig, Effect, Error, ErrorKind, Handle, Idempotency, Inquiry, Operation, Request,
};

mod attempt;
mod builder;
mod by_proxy;
#[cfg(feature = "canned")]
mod canned;
mod classify;
mod fault;
mod handshake;
mod in_flight;
mod listening;
mod proxy;
mod reach;
mod retry;
pub(crate) mod runtime;
mod tls;
mod verdict;
mod witness;

pub use builder::{Timeouts, TransportBuilder};
#[cfg(feature = "canned")]
pub use canned::CannedAnswer;
pub use proxy::Proxy;
pub use reach::Reached;
pub use retry::without_rate_limit_retries;
pub use runtime::{Runtime, SystemRuntime};

use attempt::Attempt;
use builder::Setup;
use fault::Fault;
use in_flight::InFlight;
use runtime::Home;
use witness::Witness;

/// The one place with a socket: timeouts, attempts, caps, and the knowledge of whether a byte may have left.
///
/// Build one per process and give it to every client: loading the root certificates is the expensive part, and a clone
/// shares it. Connections are kept on the tokio runtime that it is first used on; on another one each call opens its own.
///
/// * HTTP/1.1 over TLS by rustls; plain HTTP on loopback only. No redirects, no cookies, no compression, no proxy but an
///   explicit one.
/// * Operations that must happen at most once go out on a connection that nobody used before, and are sent again only
///   when it is proved that nothing of them was written. Reads are tried again within bounds.
/// * Every answer is bounded while it is read.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    /// Keeps connections for a few seconds.
    reusing: reqwest::Client,
    /// Opens a connection for each request.
    fresh: reqwest::Client,
    home: Home,
    setup: Setup,
}

impl Transport {
    /// A transport with the defaults: connect 5 s, one attempt 20 s, a whole call 45 s, at most 3 attempts.
    ///
    /// # Errors
    ///
    /// As [`TransportBuilder::build`].
    pub fn new() -> Result<Transport, Error> {
        Transport::builder().build()
    }

    /// Sets one up differently.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::new()
    }

    /// How long things may take.
    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        self.0.setup.timeouts
    }

    /// The proxy by which it goes out, if it has one.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.0.setup.proxy.as_ref()
    }

    /// A transport with the same settings that goes out by this proxy, or by none.
    ///
    /// Both share the root certificates; it keeps connections of its own. With the proxy that this one has already, it is
    /// this one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the HTTP stack does not take the proxy.
    pub fn with_proxy(&self, proxy: Option<Proxy>) -> Result<Transport, Error> {
        if self.proxy() == proxy.as_ref() {
            return Ok(self.clone());
        }
        let setup = Setup {
            proxy,
            ..self.0.setup.clone()
        };
        setup.open()
    }

    /// The clock, sleep and chance it uses.
    #[must_use]
    pub fn runtime(&self) -> &dyn Runtime {
        &*self.0.setup.runtime
    }

    /// Looks up by `asking` what became of an operation, and says from when on that counts; see [`Inquiry`].
    ///
    /// No settling time is taken to be shorter than a whole call of this transport.
    pub async fn inquire<F: Future>(&self, asking: F) -> (Inquiry, F::Output) {
        let (inquiry, answered) = Inquiry::of(self.runtime(), asking).await;
        (
            inquiry.settling_at_least(self.0.setup.timeouts.total),
            answered,
        )
    }

    /// Sends a request that `operation` wrote, and reads its answer, with the attempts that its idempotency allows.
    ///
    /// It ends by `total`, and by what `prepared` says.
    pub(crate) async fn send<O: Operation>(
        &self,
        config: &O::Config,
        operation: &O,
        request: &Request,
        total: Duration,
        prepared: &Handle,
    ) -> Result<O::Output, Error> {
        let provider = <O::Config as ClientConfig>::PROVIDER;
        let at_home = self
            .0
            .usable_for(request.endpoint().url())
            .map_err(|error| error.with_operation(provider, O::NAME))?;
        let deadline = after(total);
        let mut attempts = 0;
        let mut in_flight = InFlight::of(O::IDEMPOTENCY, prepared, &self.0.setup.runtime);
        loop {
            attempts += 1;
            let client = if at_home {
                self.client_for(config, operation, attempts)
            } else {
                &self.0.fresh
            };
            let fault = match self
                .attempt(
                    client,
                    config,
                    operation,
                    request,
                    deadline,
                    &in_flight.begins(),
                )
                .await
            {
                Ok(output) => {
                    in_flight.landed();
                    tracing::debug!(provider, operation = O::NAME, attempts, "answered");
                    return Ok(output);
                }
                Err(fault) => fault,
            };
            in_flight.failed(&fault);
            let pause = retry::pause(
                O::IDEMPOTENCY,
                &fault,
                attempts,
                self.0.setup.attempts,
                self.runtime(),
            )
            .filter(|_| !(in_flight.is_ambiguous() && O::IDEMPOTENCY == Idempotency::NonIdempotent))
            .filter(|_| !(fault.asks_for_time() && retry::ends_calls()))
            .filter(|pause| after(*pause) < deadline);
            tracing::debug!(
                provider,
                operation = O::NAME,
                attempts,
                kind = fault.kind().as_str(),
                again = pause.is_some(),
                "attempt failed"
            );
            let Some(pause) = pause else {
                return Err(self.conclude::<O>(fault, in_flight.landed(), attempts, prepared));
            };
            self.runtime().sleep(pause).await;
            let is_over =
                O::IDEMPOTENCY != Idempotency::ReadOnly && prepared.is_over(self.runtime().now());
            if is_over || Instant::now() >= deadline {
                // The machine itself slept meanwhile, say.
                return Err(self.conclude::<O>(fault, in_flight.landed(), attempts, prepared));
            }
        }
    }

    /// Over which connections an attempt goes: once, and after a failure, over one that nobody used before.
    fn client_for<O: Operation>(
        &self,
        config: &O::Config,
        operation: &O,
        attempt: u32,
    ) -> &reqwest::Client {
        let once = O::IDEMPOTENCY == Idempotency::NonIdempotent && !self.0.setup.reuse_for_once;
        if once || attempt > 1 || operation.needs_fresh_connection(config) {
            &self.0.fresh
        } else {
            &self.0.reusing
        }
    }

    async fn attempt<O: Operation>(
        &self,
        client: &reqwest::Client,
        config: &O::Config,
        operation: &O,
        request: &Request,
        deadline: Instant,
        witness: &Witness,
    ) -> Result<O::Output, Fault> {
        #[cfg(feature = "canned")]
        if let Some(canned) = &self.0.setup.canned {
            let fetched = canned.fetch(request, operation.max_response_bytes(config))?;
            return verdict::judge(config, operation, &fetched);
        }
        let until = deadline.min(after(self.0.setup.timeouts.attempt));
        let attempt = Attempt {
            client,
            proxy: self.proxy(),
            request,
            witness,
            answer: operation.accepts(config),
            cap: operation.max_response_bytes(config),
            runtime: self.runtime(),
        };
        verdict::judge(config, operation, &attempt.fetch(until).await?)
    }

    /// Turns the last fault into the call's error: ambiguity of any attempt sticks to the whole.
    fn conclude<O: Operation>(
        &self,
        fault: Fault,
        ambiguous: bool,
        attempts: u32,
        prepared: &Handle,
    ) -> Error {
        let effect = match O::IDEMPOTENCY {
            Idempotency::ReadOnly => Effect::NotExecuted,
            Idempotency::Idempotent | Idempotency::NonIdempotent if ambiguous => Effect::Unknown,
            Idempotency::Idempotent | Idempotency::NonIdempotent => Effect::NotExecuted,
        };
        let error = fault
            .into_error(effect)
            .with_operation(<O::Config as ClientConfig>::PROVIDER, O::NAME)
            .with_attempts(attempts);
        match effect {
            Effect::Unknown => error
                .found_out(O::LOOKUP)
                .with_handle(prepared.clone().with_failed_at(self.runtime().now())),
            Effect::NotExecuted => error,
        }
    }
}

/// The instant when this much time has passed; a year hence if it is longer than that.
fn after(time: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(time.min(YEAR)).unwrap_or(now)
}

impl Inner {
    /// Whether kept connections may serve it, or why it cannot be sent at all.
    fn usable_for(&self, url: &url::Url) -> Result<bool, Error> {
        #[cfg(feature = "canned")]
        if self.setup.canned.is_some() {
            return Ok(false);
        }
        if url.scheme() == "https" && !self.setup.tls.has_roots {
            return Err(tls::no_roots());
        }
        let here = self.home.is_here();
        here.map_err(|problem| Error::new(ErrorKind::Configuration, Effect::NotExecuted, problem))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("timeouts", &self.0.setup.timeouts)
            .field("attempts", &self.0.setup.attempts)
            .field("reuse_for_once", &self.0.setup.reuse_for_once)
            .field("proxy", &self.0.setup.proxy)
            .finish_non_exhaustive()
    }
}

/// What threads share in the witness. A test puts other types in their place, which let it try every interleaving.
mod sync {
    pub(super) use std::sync::Mutex;
    pub(super) use std::sync::atomic::AtomicU8;
}

#[cfg(test)]
mod tests;

// They stand here and not in the witness, which is compiled a second time by one of them.
#[cfg(test)]
#[path = "transport/witness/interleavings.rs"]
mod witness_interleavings;
#[cfg(test)]
#[path = "transport/witness/tests.rs"]
mod witness_tests;
