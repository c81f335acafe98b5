//! Every fault that a socket can play, against every operation of every provider; `faults.md` beside it has the tables.

use std::future::Future;
use std::time::Duration;

use paylink_core::{Effect, Error, Idempotency, Timeouts, Transport};
use paylink_testkit::{Answer, NamedFault, Sent, Strikes, Wire, catalogue, faults};
use paylink_tests::impatience;
use paylink_tests::providers::{Known, Sample, descriptor, known};
use paylink_tests::{page, table};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const PAGE: &str = "tests/tests/faults.md";

#[test]
fn every_operation_of_every_provider_has_a_sample() {
    let all = known();
    let named: Vec<_> = all.iter().map(|it| it.name).collect();
    let listed: Vec<_> = paylink::providers().iter().map(|it| it.name()).collect();
    assert_eq!(named, listed);
    for known in &all {
        let Known {
            name, operations, ..
        } = known;
        let provider = descriptor(name);
        for sample in operations {
            let is_listed = sample.info(provider).is_some();
            assert!(is_listed, "{name} has no {}", sample.operation);
        }
        for operation in provider.operations() {
            let mut samples = operations.iter();
            let has_one = samples.any(|it| it.operation == operation.name());
            assert!(has_one, "{name}: {} has no sample", operation.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_does_anything_twice_that_must_happen_once() {
    hold_all(Idempotency::NonIdempotent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_happen_again_is_asked_again_within_bounds() {
    hold_all(Idempotency::Idempotent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_is_asked_again_within_bounds_and_proves_that_nothing_changed() {
    hold_all(Idempotency::ReadOnly).await;
}

/// Holds every operation of this kind to what its errors have to prove, and to its table.
async fn hold_all(class: Idempotency) {
    let mut running = JoinSet::new();
    for (provider, sample) in samples() {
        if sample.info(descriptor(provider)).unwrap().class() == class {
            running.spawn(async move {
                let played = every_fault(&sample.answer(), sample.call).await;
                (provider, sample, played)
            });
        }
    }
    for (provider, sample, played) in running.join_all().await {
        let what = format!("{provider}, {}", sample.operation);
        hold(&what, &played, class);
        for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
            assert!((sample.finds)(handle), "{what}: {handle:?} finds nothing");
        }
        let table = match class {
            Idempotency::NonIdempotent => Some("non-idempotent"),
            Idempotency::Idempotent => Some("idempotent"),
            Idempotency::ReadOnly => sample.table,
        };
        println!("{what} is held to the table {table:?}");
        if let Some(table) = table {
            page::hold(PAGE, table, &tabled(&played, class));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_proved_unsent_is_sent_when_the_server_recovers() {
    let mut running = JoinSet::new();
    for (provider, sample) in samples() {
        running.spawn(async move {
            let what = format!("{provider}, {}", sample.operation);
            recovery(&what, &sample.answer(), sample.call).await;
        });
    }
    running.join_all().await;
}

fn samples() -> impl Iterator<Item = (&'static str, Sample)> {
    let all = known().into_iter();
    all.flat_map(|it| {
        it.operations
            .into_iter()
            .map(move |sample| (it.name, sample))
    })
}

/// The calls that are made at once, in all tests together, under faults that end by themselves: as few as keep the processor
/// busy, so that no handshake waits for many others.
static BUSY: Semaphore = Semaphore::const_new(4);

/// The same, under faults that last until a timeout: they spend their time waiting.
static WAITING: Semaphore = Semaphore::const_new(48);

/// The operations that are played at once, in all tests together: enough that some wait for a timeout while others work.
static PLAYED: Semaphore = Semaphore::const_new(6);

/// How long things may take under a fault, and among which calls this one counts. A timeout is short only where the fault
/// is to meet it: on a loaded machine a handshake may take seconds.
fn patience_with(fault: &NamedFault) -> (Timeouts, &'static Semaphore) {
    let (connect, attempt, places) = match fault.row() {
        // No connection comes about.
        4 | 5 => (1_000, 2_500, &WAITING),
        // No answer comes, or no end of one.
        10 | 13 | 15 | 16 | 17 | 21 => (4_500, 5_000, &WAITING),
        _ => (8_000, 10_000, &BUSY),
    };
    let timeouts = Timeouts {
        connect: Duration::from_millis(connect),
        attempt: Duration::from_millis(attempt),
        total: Duration::from_secs(30),
    };
    (timeouts, places)
}

/// What one call came to.
pub(crate) struct Played {
    pub(crate) fault: NamedFault,
    wire: Wire,
    /// The error, or `None` where the call succeeded.
    pub(crate) error: Option<Error>,
    /// Requests of which the server saw at least one byte.
    requests: usize,
}

impl Played {
    /// What it may come to, where that is a race.
    fn race(&self, class: Idempotency) -> Option<[&'static str; 4]> {
        let races = match class {
            Idempotency::NonIdempotent => RACES_ONCE,
            Idempotency::Idempotent => RACES_IDEMPOTENT,
            Idempotency::ReadOnly => RACES_READ,
        };
        let mut races = races.into_iter();
        let race = races.find(|(name, _)| *name == self.fault.name());
        race.map(|(_, possible)| possible)
    }

    /// Effect, kind, requests and attempts.
    fn cells(&self) -> [String; 4] {
        let requests = self.requests.to_string();
        let (effect, kind, attempts) = match &self.error {
            None => ("executed", "–".to_owned(), 1),
            Some(error) => {
                let effect = match error.effect() {
                    Effect::NotExecuted => "not executed",
                    Effect::Unknown => "unknown",
                };
                (effect, error.kind().to_string(), error.attempts())
            }
        };
        [effect.to_owned(), kind, requests, attempts.to_string()]
    }
}

/// Calls `call` once under each fault, plain and TLS. A fault of kept connections strikes the second call.
pub(crate) async fn every_fault<F, C>(good: &Answer, call: C) -> Vec<Played>
where
    C: Fn(Transport, String) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
    let _turn = PLAYED.acquire().await.unwrap();
    let mut running = JoinSet::new();
    for (index, fault) in catalogue(good, "https://elsewhere.example/")
        .into_iter()
        .enumerate()
    {
        for &wire in fault.wires() {
            let (fault, call) = (fault.clone(), call.clone());
            running.spawn(async move {
                let (timeouts, places) = patience_with(&fault);
                let _place = places.acquire().await.unwrap();
                let transport = impatience::transport()
                    .timeouts(timeouts)
                    .runtime(impatience::clock())
                    .build()
                    .unwrap();
                let server = fault.start(wire).await.unwrap();
                let mut before = 0;
                if fault.strikes() == Strikes::SecondCall {
                    call(transport.clone(), server.url()).await.unwrap();
                    before = server.tally().requests_begun();
                }
                let error = call(transport, server.url()).await.err();
                let requests = server.shutdown().await.requests_begun() - before;
                let played = Played {
                    fault,
                    wire,
                    error,
                    requests,
                };
                (index, played)
            });
        }
    }
    let mut played = running.join_all().await;
    played.sort_by_key(|(index, played)| (*index, played.wire == Wire::Tls));
    played.into_iter().map(|(_, played)| played).collect()
}

/// Calls once under each proved-unsent fault that passes, with a server that recovers: the call must succeed.
async fn recovery<F, C>(what: &str, good: &Answer, call: C)
where
    C: Fn(Transport, String) -> F,
    F: Future<Output = Result<(), Error>>,
{
    let _turn = PLAYED.acquire().await.unwrap();
    for fault in catalogue(good, "https://elsewhere.example/") {
        if fault.sent() != Sent::Nothing || is_an_alarm(&fault) {
            continue;
        }
        for &wire in fault.wires() {
            let (timeouts, places) = patience_with(&fault);
            let _place = places.acquire().await.unwrap();
            let transport = impatience::transport().timeouts(timeouts).build().unwrap();
            let server = fault.start_then(wire, faults::answer(good)).await.unwrap();
            let what = format!("{what}: {} on {wire:?}", fault.name());
            let outcome = call(transport, server.url()).await;
            assert!(outcome.is_ok(), "{what}: {:?}", outcome.err());
            assert_eq!(server.tally().requests_begun(), 1, "{what}");
        }
    }
}

/// Holds what was observed against what an operation of this class promises: how often it is sent, what its errors prove.
fn hold(operation: &str, played: &[Played], class: Idempotency) {
    for one in played {
        let Played {
            fault,
            wire,
            error,
            requests,
        } = one;
        let what = format!("{operation}: {} on {wire:?}: {error:?}", fault.name());
        let most = match class {
            Idempotency::NonIdempotent => 1,
            Idempotency::Idempotent | Idempotency::ReadOnly => 3,
        };
        assert!(*requests <= most, "sent {requests} times: {what}");
        let Some(error) = error else { continue };
        let attempts = usize::try_from(error.attempts()).unwrap();
        assert!(*requests <= attempts && attempts <= 3, "{what}");
        let unknown = error.effect() == Effect::Unknown;
        assert_eq!(error.handle().is_some(), unknown, "{what}");
        if class == Idempotency::ReadOnly {
            assert!(!unknown, "{what}");
            continue;
        }
        if *requests > 0 {
            assert!(unknown, "{what}");
        }
        if one.race(class).is_some() {
            continue;
        }
        let unsent = fault.sent() == Sent::Nothing;
        assert_eq!(unknown, !unsent, "{what}");
        if class == Idempotency::NonIdempotent {
            let retried = unsent && !is_an_alarm(fault);
            assert_eq!(attempts, if retried { 3 } else { 1 }, "{what}");
        }
    }
}

/// A server that cannot prove who it is (row 6), or speaks before it was asked (row 40), is not asked again.
fn is_an_alarm(fault: &NamedFault) -> bool {
    matches!(fault.row(), 6 | 40)
}

/// Faults in which two things race on the machine: each cell lists what it may come to.
type Races = [(&'static str, [&'static str; 4]); 7];

/// How often it may be sent, where every attempt but the last is followed by another.
const AGAIN: &str = "1 / 2 / 3";

/// If the server's end of the connection races with the writing of the request, the outcome is unknown if a byte may
/// have left, else it is proved unsent and tried again.
const RACES_ONCE: Races = races(
    ["unknown / not executed", "0 / 1", "1 / 2 / 3"],
    ["unknown", "1", "1"],
);

/// The same, where every attempt but the last is followed by another.
const RACES_IDEMPOTENT: Races = races(
    ["unknown / not executed", "0 / 1 / 2 / 3", "3"],
    ["unknown", AGAIN, AGAIN],
);

/// The same, where nothing could be executed.
const RACES_READ: Races = races(
    ["not executed", "0 / 1 / 2 / 3", "3"],
    ["not executed", AGAIN, AGAIN],
);

/// Effect, requests and attempts of a fault that races with the writing, and of an answer without end.
const fn races(with_writing: [&'static str; 3], endless: [&'static str; 3]) -> Races {
    const fn cells(of: [&'static str; 3], kind: &'static str) -> [&'static str; 4] {
        [of[0], kind, of[1], of[2]]
    }
    let with_writing = cells(with_writing, "disconnected / connect");
    [
        ("reset on accept", with_writing),
        ("closed on accept", with_writing),
        ("reset before the request is read", with_writing),
        ("closed before the request is read", with_writing),
        ("endless headers", cells(endless, "protocol / timeout")),
        ("endless body", cells(endless, "too_large / timeout")),
        // The server hangs up after its garbage, and the client may see that before it sees the garbage.
        (
            "garbage where TLS is due",
            ["not executed", "tls / connect", "0", "1 / 2 / 3"],
        ),
    ]
}

/// What was observed, as the table that stands in the docs.
fn tabled(played: &[Played], class: Idempotency) -> String {
    let rows = played.iter().map(|one| {
        let name = one.fault.name();
        let observed = one.cells();
        let cells = match one.race(class) {
            Some(possible) => {
                for (seen, possible) in observed.iter().zip(possible) {
                    let is_possible = possible.split(" / ").any(|one| one == seen);
                    assert!(is_possible, "{name}: {seen}");
                }
                possible.map(str::to_owned)
            }
            None => observed,
        };
        let wire = match one.wire {
            Wire::Tls => "TLS",
            Wire::Plain => "plain",
        };
        let row = one.fault.row().to_string();
        let what = [row, name.to_owned(), wire.to_owned()];
        what.into_iter().chain(cells).collect()
    });
    let heading = [
        "row", "fault", "over", "effect", "kind", "requests", "attempts",
    ];
    table::markdown(&heading, &merged(rows.collect()))
}

/// Two rows that differ in the wire alone become one.
fn merged(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut merged: Vec<Vec<String>> = Vec::new();
    for row in rows {
        let twin = merged.iter_mut().rev().find(|seen| {
            let same = |(index, cell)| index == 2 || row.get(index) == Some(cell);
            seen.iter().enumerate().all(same)
        });
        match twin {
            Some(twin) => twin[2] = "both".to_owned(),
            None => merged.push(row),
        }
    }
    merged
}
