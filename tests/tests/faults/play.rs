//! Plays faults against a call, and notes what came of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use paylink_core::{Error, Runtime, Timeouts, Transport, TransportBuilder};
use paylink_testkit::{Answer, FaultServer, MockClock, NamedFault, Strikes, Wire, catalogue};
use paylink_tests::impatience;
use paylink_tests::providers::Sample;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Where redirects lead.
pub(crate) const ELSEWHERE: &str = "https://elsewhere.example/";

/// How long a whole call may take, in every play.
pub(super) const TOTAL: Duration = Duration::from_secs(30);

/// The calls that are made at once, in all tests together, under faults that end by themselves: as few as keep the processor
/// busy, so that no handshake waits for many others.
static BUSY: Semaphore = Semaphore::const_new(8);

/// The same, under faults that last until a timeout: they spend their time waiting.
static WAITING: Semaphore = Semaphore::const_new(192);

/// The operations that are played at once, in all tests together: enough that some wait for a timeout while others work.
static PLAYED: Semaphore = Semaphore::const_new(18);

/// How long things may take under a fault, and among which calls this one counts. A timeout is short only where the fault
/// is to meet it: on a loaded machine a handshake may take seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// No connection comes about.
    Connecting,
    /// No answer comes, or no end of one.
    Silent,
    /// The fault ends by itself.
    Busy,
}

impl Patience {
    pub(super) fn with(fault: &NamedFault) -> Patience {
        match fault.row() {
            4 | 5 => Patience::Connecting,
            10 | 13 | 15 | 16 | 17 | 21 => Patience::Silent,
            _ => Patience::Busy,
        }
    }

    pub(super) fn timeouts(self) -> Timeouts {
        let (connect, attempt) = match self {
            Patience::Connecting => (1_000, 2_500),
            Patience::Silent => (4_500, 5_000),
            Patience::Busy => (8_000, 10_000),
        };
        Timeouts {
            connect: Duration::from_millis(connect),
            attempt: Duration::from_millis(attempt),
            total: TOTAL,
        }
    }

    pub(super) fn places(self) -> &'static Semaphore {
        match self {
            Patience::Connecting | Patience::Silent => &WAITING,
            Patience::Busy => &BUSY,
        }
    }
}

/// A transport for each patience. Setting one up is the expensive part of a call.
#[derive(Clone)]
pub(super) struct Transports([Transport; 3]);

impl Transports {
    /// Those whose waits between attempts are over at once, and noted.
    pub(super) fn impatient() -> Transports {
        Transports::of(|builder| builder.runtime(Arc::new(Impatient::new())))
    }

    /// Those that wait as long as they say.
    pub(super) fn patient() -> Transports {
        Transports::of(|builder| builder)
    }

    fn of(set_up: fn(TransportBuilder) -> TransportBuilder) -> Transports {
        let of = |patience: Patience| {
            let builder = impatience::transport().timeouts(patience.timeouts());
            set_up(builder).build().unwrap()
        };
        Transports([Patience::Connecting, Patience::Silent, Patience::Busy].map(of))
    }

    pub(super) fn with(&self, patience: Patience) -> Transport {
        let Transports([connecting, silent, busy]) = self;
        let transport = match patience {
            Patience::Connecting => connecting,
            Patience::Silent => silent,
            Patience::Busy => busy,
        };
        transport.clone()
    }
}

/// What one call came to.
pub(crate) struct Played {
    pub(crate) fault: NamedFault,
    pub(super) wire: Wire,
    /// The error, or `None` where the call succeeded.
    pub(crate) error: Option<Error>,
    /// Requests of which the server saw at least one byte.
    pub(super) requests: usize,
    /// Those of them that came on the connection which an earlier call had left kept.
    pub(super) on_kept: usize,
    /// How long the call took.
    pub(super) elapsed: Duration,
    /// How long it was to wait between attempts; the clock of the tests lets such a wait be over at once.
    pub(super) pauses: Vec<Duration>,
}

/// Calls `call` once under each fault of the catalogue, plain and TLS. A fault of kept connections strikes the second call.
pub(crate) async fn every_fault<F, C>(good: &Answer, call: C) -> Vec<Played>
where
    C: Fn(Transport, String) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
    let faults = catalogue(good, ELSEWHERE);
    on_new_connections(&Transports::impatient(), faults, call).await
}

/// Calls `call` once under each of these faults, plain and TLS.
pub(super) async fn on_new_connections<F, C>(
    transports: &Transports,
    faults: Vec<NamedFault>,
    call: C,
) -> Vec<Played>
where
    C: Fn(Transport, String) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
    let transports = transports.clone();
    on_every_wire(faults, move |fault, wire| {
        let call = call.clone();
        let transport = transports.with(Patience::with(&fault));
        async move {
            let server = fault.start(wire).await.unwrap();
            if fault.strikes() == Strikes::SecondCall {
                call(transport.clone(), server.url()).await.unwrap();
            }
            struck(fault, wire, server, move |url| call(transport, url)).await
        }
    })
    .await
}

/// Calls `sample` once under each of these faults, plain and TLS, as the second call over a transport of which the first,
/// `opener`, left its connection kept.
pub(super) async fn on_kept_connections(
    transports: &Transports,
    faults: Vec<NamedFault>,
    opener: &Arc<Sample>,
    sample: &Sample,
) -> Vec<Played> {
    let faults = faults.into_iter().filter(NamedFault::is_for_kept);
    let (transports, call) = (transports.clone(), sample.call);
    let (opener, good) = (Arc::clone(opener), sample.answer());
    on_every_wire(faults.collect(), move |fault, wire| {
        let (opener, good) = (Arc::clone(&opener), good.clone());
        let transport = transports.with(Patience::with(&fault));
        async move {
            let first = opener.answer();
            let server = fault.start_kept(wire, &first, &good).await.unwrap();
            let first = (opener.call)(transport.clone(), server.url());
            first.await.unwrap();
            struck(fault, wire, server, move |url| call(transport, url)).await
        }
    })
    .await
}

async fn on_every_wire<F>(
    faults: Vec<NamedFault>,
    play: impl Fn(NamedFault, Wire) -> F,
) -> Vec<Played>
where
    F: Future<Output = Played> + Send + 'static,
{
    let _turn = PLAYED.acquire().await.unwrap();
    let mut running = JoinSet::new();
    for (index, fault) in faults.into_iter().enumerate() {
        let places = Patience::with(&fault).places();
        for &wire in fault.wires() {
            let playing = play(fault.clone(), wire);
            running.spawn(async move {
                let _place = places.acquire().await.unwrap();
                (index, playing.await)
            });
        }
    }
    let mut played = running.join_all().await;
    played.sort_by_key(|(index, played)| (*index, played.wire == Wire::Tls));
    played.into_iter().map(|(_, played)| played).collect()
}

/// Makes the call that the fault strikes.
async fn struck<F: Future<Output = Result<(), Error>>>(
    fault: NamedFault,
    wire: Wire,
    server: FaultServer,
    call: impl FnOnce(String) -> F,
) -> Played {
    let before = server.tally().requests_begun();
    let pauses = Arc::default();
    let began = Instant::now();
    let error = PAUSES
        .scope(Arc::clone(&pauses), call(server.url()))
        .await
        .err();
    let elapsed = began.elapsed();
    let tally = server.shutdown().await;
    let struck = tally.received().iter().skip(before);
    let pauses = pauses
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    Played {
        fault,
        wire,
        error,
        requests: tally.requests_begun() - before,
        on_kept: struck
            .filter(|it| before > 0 && it.connection() == 1)
            .count(),
        elapsed,
        pauses,
    }
}

tokio::task_local! {
    /// How long the call of this task was to wait between attempts.
    static PAUSES: Arc<Mutex<Vec<Duration>>>;
}

/// Lets every wait between attempts be over at once, and notes how long it was to be.
#[derive(Debug)]
pub(super) struct Impatient(MockClock);

impl Impatient {
    pub(super) fn new() -> Impatient {
        Impatient(MockClock::at(SystemTime::now()))
    }
}

impl Runtime for Impatient {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let _ = PAUSES.try_with(|pauses| {
            let mut pauses = pauses.lock().unwrap_or_else(PoisonError::into_inner);
            pauses.push(time);
        });
        self.0.sleep(time)
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}
