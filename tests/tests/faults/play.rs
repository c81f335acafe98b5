//! Plays the catalogue of faults against one operation and tables what came of it.

use std::future::Future;
use std::time::Duration;

use paylink_core::{Effect, Error, Idempotency, Timeouts, Transport};
use paylink_testkit::{Answer, NamedFault, Sent, Strikes, Wire, catalogue, faults};
use paylink_tests::impatience::{self, Impatience};
use paylink_tests::table;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The calls that are made at once, in all tests together, under faults that end by themselves: as few as keep the processor
/// busy, so that no handshake waits for many others.
static BUSY: Semaphore = Semaphore::const_new(4);

/// The same, under faults that last until a timeout: they spend their time waiting.
static WAITING: Semaphore = Semaphore::const_new(24);

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
    pub(crate) wire: Wire,
    /// The error, or `None` where the call succeeded.
    pub(crate) error: Option<Error>,
    /// Requests of which the server saw at least one byte.
    pub(crate) requests: usize,
}

impl Played {
    /// What it may come to, where that is a race.
    fn race(&self, class: Idempotency) -> Option<[&'static str; 4]> {
        let races = match class {
            Idempotency::NonIdempotent => RACES_ONCE,
            Idempotency::Idempotent => RACES_IDEMPOTENT,
            Idempotency::ReadOnly => RACES_READ,
        };
        races
            .iter()
            .find(|(name, _)| *name == self.fault.name())
            .map(|(_, possible)| *possible)
    }

    /// Effect, kind, requests and attempts.
    fn cells(&self) -> [String; 4] {
        let requests = self.requests.to_string();
        match &self.error {
            None => [
                "executed".to_owned(),
                "–".to_owned(),
                requests,
                "1".to_owned(),
            ],
            Some(error) => {
                let effect = match error.effect() {
                    Effect::NotExecuted => "not executed",
                    Effect::Unknown => "unknown",
                };
                let attempts = error.attempts().to_string();
                [
                    effect.to_owned(),
                    error.kind().to_string(),
                    requests,
                    attempts,
                ]
            }
        }
    }
}

/// Calls `call` once under each fault, plain and TLS. A fault of kept connections strikes the second call.
pub(crate) async fn every_fault<F, C>(good: &Answer, call: C) -> Vec<Played>
where
    C: Fn(Transport, String) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
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
                    .runtime(Impatience::new())
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
                (
                    index,
                    Played {
                        fault,
                        wire,
                        error,
                        requests,
                    },
                )
            });
        }
    }
    let mut played = running.join_all().await;
    played.sort_by_key(|(index, played)| (*index, played.wire == Wire::Tls));
    played.into_iter().map(|(_, played)| played).collect()
}

/// Calls once under each proved-unsent fault that passes, with a server that recovers: the call must succeed.
pub(crate) async fn recovery<F, C>(good: &Answer, call: C)
where
    C: Fn(Transport, String) -> F,
    F: Future<Output = Result<(), Error>>,
{
    for fault in catalogue(good, "https://elsewhere.example/") {
        if fault.sent() != Sent::Nothing || is_an_alarm(&fault) {
            continue;
        }
        for &wire in fault.wires() {
            let (timeouts, places) = patience_with(&fault);
            let _place = places.acquire().await.unwrap();
            let transport = impatience::transport().timeouts(timeouts).build().unwrap();
            let server = fault.start_then(wire, faults::answer(good)).await.unwrap();
            let outcome = call(transport, server.url()).await;
            assert!(
                outcome.is_ok(),
                "{} on {wire:?}: {:?}",
                fault.name(),
                outcome.err()
            );
            assert_eq!(
                server.tally().requests_begun(),
                1,
                "{} on {wire:?}",
                fault.name()
            );
        }
    }
}

/// Holds what was observed against what an operation of this class promises: how often it is sent, what its errors prove.
pub(crate) fn hold(played: &[Played], class: Idempotency) {
    for one in played {
        let Played {
            fault,
            wire,
            error,
            requests,
        } = one;
        let what = format!("{} on {wire:?}: {error:?}", fault.name());
        let most = if class == Idempotency::NonIdempotent {
            1
        } else {
            3
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
type Races = &'static [(&'static str, [&'static str; 4])];

/// The server hangs up after its garbage, and the client may see that before it sees the garbage.
const NOT_TLS: (&str, [&str; 4]) = (
    "garbage where TLS is due",
    ["not executed", "tls / connect", "0", "1 / 2 / 3"],
);

/// If the server's end of the connection races with the writing of the request, the outcome is unknown if a byte may
/// have left, else it is proved unsent and tried again.
const RACES_ONCE: Races = &{
    const WITH_WRITING: [&str; 4] = [
        "unknown / not executed",
        "disconnected / connect",
        "0 / 1",
        "1 / 2 / 3",
    ];
    [
        ("reset on accept", WITH_WRITING),
        ("closed on accept", WITH_WRITING),
        ("reset before the request is read", WITH_WRITING),
        ("closed before the request is read", WITH_WRITING),
        (
            "endless headers",
            ["unknown", "protocol / timeout", "1", "1"],
        ),
        ("endless body", ["unknown", "too_large / timeout", "1", "1"]),
        NOT_TLS,
    ]
};

/// The same, where every attempt but the last is followed by another.
const RACES_IDEMPOTENT: Races = &{
    const WITH_WRITING: [&str; 4] = [
        "unknown / not executed",
        "disconnected / connect",
        "0 / 1 / 2 / 3",
        "3",
    ];
    [
        ("reset on accept", WITH_WRITING),
        ("closed on accept", WITH_WRITING),
        ("reset before the request is read", WITH_WRITING),
        ("closed before the request is read", WITH_WRITING),
        (
            "endless headers",
            ["unknown", "protocol / timeout", "1 / 2 / 3", "1 / 2 / 3"],
        ),
        (
            "endless body",
            ["unknown", "too_large / timeout", "1 / 2 / 3", "1 / 2 / 3"],
        ),
        NOT_TLS,
    ]
};

/// The same, where nothing could be executed.
const RACES_READ: Races = &{
    const WITH_WRITING: [&str; 4] = [
        "not executed",
        "disconnected / connect",
        "0 / 1 / 2 / 3",
        "3",
    ];
    [
        ("reset on accept", WITH_WRITING),
        ("closed on accept", WITH_WRITING),
        ("reset before the request is read", WITH_WRITING),
        ("closed before the request is read", WITH_WRITING),
        (
            "endless headers",
            [
                "not executed",
                "protocol / timeout",
                "1 / 2 / 3",
                "1 / 2 / 3",
            ],
        ),
        (
            "endless body",
            [
                "not executed",
                "too_large / timeout",
                "1 / 2 / 3",
                "1 / 2 / 3",
            ],
        ),
        NOT_TLS,
    ]
};

/// What was observed, as the table that stands in the docs.
pub(crate) fn tabled(played: &[Played], class: Idempotency) -> String {
    let rows = played.iter().map(|one| {
        let name = one.fault.name();
        let observed = one.cells();
        let cells = match one.race(class) {
            Some(possible) => {
                for (seen, possible) in observed.iter().zip(possible) {
                    assert!(
                        possible.split(" / ").any(|one| one == seen),
                        "{name}: {seen}"
                    );
                }
                possible.map(str::to_owned)
            }
            None => observed,
        };
        let wire = if one.wire == Wire::Tls {
            "TLS"
        } else {
            "plain"
        };
        let what = [
            one.fault.row().to_string(),
            name.to_owned(),
            wire.to_owned(),
        ];
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
