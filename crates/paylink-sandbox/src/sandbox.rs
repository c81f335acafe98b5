use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::clock::Clock;
use crate::credentials::{CredentialError, Credentials, Whose};
use crate::faults::{FaultError, FaultRule, Faults};
use crate::journal::{self, Journal, JournalEntry};
use crate::outbox::{self, Outbox, Targets, Webhook};
use crate::page::{self, Reader};
use crate::random::Random;
use crate::server::{self, Callers};
use crate::sms::{Sms, SmsOutbox};
use crate::snapshot::{Snapshot, SnapshotError};
use crate::world::{Changes, Locked, StopSignal, World};
use crate::{Providers, Simulated, admin, dashboard, world};

/// The payments that each provider keeps by default.
const CAPACITY: usize = 10_000;

/// A running sandbox.
///
/// It stops when it is [shut down](Sandbox::shutdown) or dropped.
#[derive(Debug)]
pub struct Sandbox {
    world: World,
    pub(crate) providers: Providers,
    stop: Option<StopSignal>,
    server: JoinHandle<()>,
    courier: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1, with an unpredictable seed.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] if the system gives no port.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder, which says how a sandbox starts.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: None,
            clock: Clock::start(),
            credentials: Credentials::default(),
            faults: Vec::new(),
            capacity: CAPACITY,
            snapshot: None,
            targets: Vec::new(),
            public_url: None,
            callers: Callers::default(),
        }
    }

    /// Returns `http://127.0.0.1:PORT`, or the [public address](SandboxBuilder::public_url).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.world.origin
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.world.address
    }

    /// Lists the providers that it simulates, in the order of their names.
    #[must_use]
    pub fn providers(&self) -> &[Simulated] {
        self.providers.list()
    }

    /// Returns the clock its providers live by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Returns the faults that are to come.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// Lists the requests its providers received, oldest first; the last 10,000 are kept.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.world.journal.entries()
    }

    /// Forgets the requests received so far.
    pub fn clear_journal(&self) {
        self.world.journal.clear();
    }

    /// Lists the webhooks its providers wrote, oldest first; the last 1,000 are kept.
    #[must_use]
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.world.outbox.webhooks()
    }

    /// Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.
    #[must_use]
    pub fn sms(&self) -> Vec<Sms> {
        self.world.sms.messages()
    }

    /// Returns the seed from which everything random in it comes.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.world.random.seed()
    }

    /// Restarts everything random from `seed`; keys and identifiers already given out stay.
    pub fn reseed(&self, seed: u64) {
        self.world.random.reseed(seed);
    }

    /// Takes a snapshot, from which another sandbox can [go on](SandboxBuilder::snapshot).
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.world, self.providers.list())
    }

    /// Forgets everything that happened: payments, webhooks, messages, faults, settings, the journal.
    /// The clock shows real time again, and the same requests get the same identifiers as after the
    /// start. Keys stay.
    pub fn reset(&self) {
        Snapshot::reset(&self.world, self.providers.list());
    }

    /// Counts the changes so far: another number means that something has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.world.changes.count()
    }

    /// Stops it and waits: requests under way have two seconds to end, the port is free afterwards.
    /// Returns what it remembers then.
    pub async fn shutdown(mut self) -> Snapshot {
        drop(self.stop.take());
        // A task that panicked has stopped as well.
        let _ = (&mut self.server).await;
        let _ = (&mut self.courier).await;
        self.snapshot()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.courier.abort();
    }
}

/// How a sandbox starts.
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    listen: SocketAddr,
    seed: Option<u64>,
    clock: Clock,
    credentials: Credentials,
    faults: Vec<FaultRule>,
    capacity: usize,
    snapshot: Option<Box<Snapshot>>,
    targets: Vec<String>,
    public_url: Option<String>,
    callers: Callers,
}

/// The sandbox could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address can be reached from other machines, and this was not allowed.
    #[error(
        "{0} can be reached from other machines; the sandbox listens on loopback by default: choose a loopback address, or allow others"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// The error of the system.
        source: io::Error,
    },
    /// The public address is none.
    #[error(
        "{0:?} is no public address: write http or https, a host and a port, and nothing behind them"
    )]
    PublicUrl(String),
    /// A credential cannot be chosen.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A fault can never befall anything.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// The snapshot cannot be loaded.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl SandboxBuilder {
    /// Listens on this address instead of a free port of 127.0.0.1; port 0 means a free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Draws everything random from `seed`: the same requests then get the same keys,
    /// identifiers and numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Lives by this clock instead of one of its own: one that another sandbox or a client lives by.
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Chooses credentials of the account that tests use, by the keys of
    /// [`Simulated::settings`], in place of drawn ones. Made-up ones: a sandbox needs no real key.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), paylink_sandbox::StartError> {
    /// use paylink_sandbox::Sandbox;
    ///
    /// // Two businesses of POD, as a payment of one to the other needs them.
    /// let sandbox = Sandbox::builder()
    ///     .account("pod", &[("token", "business-1"), ("api_key", "key-1")])
    ///     .other_account("pod", &[("token", "business-2")])
    ///     .start()
    ///     .await?;
    /// assert_eq!(sandbox.pod().other_business().token(), "business-2");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn account(mut self, provider: &str, credentials: &[(&str, &str)]) -> Self {
        self.credentials.choose(Whose::Own, provider, credentials);
        self
    }

    /// Chooses credentials of the other merchant's account, by the keys of
    /// [`Simulated::other_settings`].
    #[must_use]
    pub fn other_account(mut self, provider: &str, credentials: &[(&str, &str)]) -> Self {
        self.credentials.choose(Whose::Other, provider, credentials);
        self
    }

    /// Starts with a fault in force.
    #[must_use]
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.faults.push(rule);
        self
    }

    /// Keeps so many payments of each provider, and of what belongs to them; the oldest make room.
    /// By default that are 10,000.
    #[must_use]
    pub fn keep_payments(mut self, most: usize) -> Self {
        self.capacity = most.max(1);
        self
    }

    /// Goes on from where another sandbox was. Its seed counts, so that keys are the same too.
    #[must_use]
    pub fn snapshot(mut self, snapshot: Snapshot) -> Self {
        self.seed = Some(snapshot.seed());
        self.snapshot = Some(Box::new(snapshot));
        self
    }

    /// Allows webhooks to this host, over plain `http`, and payers to be sent back to it, beside this
    /// machine: the host of a shop in another container.
    #[must_use]
    pub fn allow_target(mut self, host: impl Into<String>) -> Self {
        self.targets.push(host.into());
        self
    }

    /// Answers to this host name as well, such as one that a proxy on the way keeps.
    #[must_use]
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.callers.admit_host(name.into());
        self
    }

    /// Calls itself by this address in pay links and settings, such as `http://sandbox:8080` where other
    /// containers reach it by that name, and answers to its host. By default it is the address it
    /// listens on.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Allows an address that other machines can reach, such as a container's, and requests under
    /// host names without a dot, as a network of containers has them. [`allow_host`](Self::allow_host)
    /// adds others.
    ///
    /// Everyone who reaches the sandbox can pay, set faults and read the journal: allow it only on a
    /// network where that is intended.
    #[must_use]
    pub fn allow_non_loopback(mut self) -> Self {
        self.callers.admit_network();
        self
    }

    /// Starts the sandbox on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError::NotLoopback`] for an address that was not allowed: choose one on loopback, or
    /// [allow it](Self::allow_non_loopback). [`StartError::Listen`] if it cannot be listened on:
    /// choose another port.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let Self {
            listen,
            seed,
            clock,
            credentials,
            faults: rules,
            capacity,
            snapshot,
            targets,
            public_url,
            mut callers,
        } = self;
        let public_url = public_url.map(public).transpose()?;
        if let Some(host) = public_url.as_ref().and_then(Url::host_str) {
            callers.admit_host(host.to_owned());
        }
        if !callers.are_from_network() && !listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(listen));
        }
        let failed = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;

        let (stop, stopping) = world::pair();
        let random = Random::seeded(seed.unwrap_or_else(Random::unpredictable_seed));
        let played = Providers::played();
        credentials.check(&played)?;
        let faults = Faults::new(played, random.clone());
        for rule in rules {
            faults.set(rule)?;
        }
        let (changes, targets) = (Changes::new(), Targets::and(targets));
        let (outbox, parcels) = Outbox::new(
            clock.clone(),
            faults.clone(),
            changes.clone(),
            targets.clone(),
        );
        let world = World {
            origin: match public_url {
                Some(url) => url.origin().ascii_serialization(),
                None => origin(address),
            }
            .into(),
            address,
            sms: SmsOutbox::new(clock.clone()),
            clock,
            started: Arc::new(Locked::new(random.state())),
            random,
            credentials: Arc::new(credentials),
            capacity,
            faults,
            journal: Journal::new(),
            outbox: outbox.clone(),
            changes,
            targets,
            stopping: stopping.clone(),
        };

        let providers = Providers::open(&world);
        world.started.set(world.random.state());
        if let Some(snapshot) = snapshot {
            snapshot.load(&world, providers.list())?;
        }
        let mut router = Router::new().merge(admin::router(&world, providers.list()));
        router = router.merge(dashboard::router(&world, providers.list()));
        for provider in providers.list() {
            let routes = Router::new().nest(&format!("/{}", provider.name()), provider.routes());
            router = router.merge(routes.layer(from_fn(journal::receive)));
        }
        let router = router.layer(from_fn_with_state(world.clone(), watched));
        let server = tokio::spawn(server::serve(listener, router, callers, stopping.clone()));
        let courier = tokio::spawn(outbox::run(outbox, parcels, stopping));
        Ok(Sandbox {
            world,
            providers,
            stop: Some(stop),
            server,
            courier,
        })
    }
}

/// Waits for the webhooks that come before answers, keeps payers on this machine, and tells whoever
/// watches what may have changed.
async fn watched(
    State(world): State<World>,
    reader: Reader,
    request: Request,
    next: Next,
) -> Response {
    let reads = request.method().is_safe() && !is_of_a_provider(request.uri().path());
    let response = outbox::before_answer(next.run(request)).await;
    let response = page::keep_here(&reader, response, &world.targets);
    if !reads {
        world.changed();
    }
    response
}

/// Returns whether a path lies below a provider's root, where reading may change something: ZiPay notes
/// that a page was opened.
fn is_of_a_provider(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    Providers::played()
        .iter()
        .any(|played| played.name == first)
}

/// Reads a public address.
fn public(text: String) -> Result<Url, StartError> {
    let url = Url::parse(&text).ok().filter(|url| {
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let has_user = !url.username().is_empty() || url.password().is_some();
        matches!(url.scheme(), "http" | "https") && is_bare && !has_user
    });
    url.ok_or(StartError::PublicUrl(text))
}

/// Writes the address for a browser on this machine: the unspecified one cannot be called.
fn origin(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}
