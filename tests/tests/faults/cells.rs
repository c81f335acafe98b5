//! What calls came to, in the words of the page.

use std::time::Duration;

use paylink_core::{Effect, Error, ErrorKind, Idempotency};
use paylink_testkit::{Sent, Wire};
use paylink_tests::table;

use super::play::{Patience, Played, TOTAL};

/// One thing that went wrong with one operation, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: u8,
    pub(super) fault: String,
    /// `plain`, `TLS`, or `both` where they come to the same.
    pub(super) over: &'static str,
    pub(super) outcome: Outcome,
}

/// Effect, kind, requests, attempts, and what is waited for.
pub(super) type Outcome = [String; 5];

/// The columns of an [`Outcome`].
pub(super) const OUTCOME: [&str; 5] = ["effect", "kind", "requests", "attempts", "waits for"];

/// Where nothing is to be said.
pub(super) const NONE: &str = "–";

/// The cells of one operation; what breaks a promise of its class is added to `broken`.
pub(super) fn cells(
    operation: &str,
    played: &[Played],
    class: Idempotency,
    broken: &mut Vec<String>,
) -> Vec<Cell> {
    let cells = played.iter().map(|one| {
        let mut outcome = observed(one.error.as_ref(), one.requests, one.tries(), one.waits());
        let mut promises = one.broken(class);
        if let Some(possible) = one.race(class) {
            for (seen, possible) in outcome.iter().zip(possible) {
                if !possible.split(" / ").any(|one| one == seen) {
                    promises.push("has an outcome that is not listed");
                }
            }
            outcome = possible.map(str::to_owned);
        }
        broken.extend(promises.into_iter().map(|promise| {
            format!(
                "{operation} {promise}: {} on {:?}: {} requests, {:?} after {:?}",
                one.fault.name(),
                one.wire,
                one.requests,
                one.error,
                one.elapsed
            )
        }));
        Cell {
            row: one.fault.row(),
            fault: one.fault.name().to_owned(),
            over: match one.wire {
                Wire::Tls => "TLS",
                Wire::Plain => "plain",
            },
            outcome,
        }
    });
    cells.collect()
}

impl Played {
    /// What an operation of this class promises and this call did not keep: how often it is sent, what its error proves, and
    /// when it returns.
    fn broken(&self, class: Idempotency) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let mut must = |holds: bool, otherwise| {
            if !holds {
                broken.push(otherwise);
            }
        };
        let fault = &self.fault;
        let once = class == Idempotency::NonIdempotent;
        let most = if once { 1 } else { 3 };
        must(self.requests <= most, "is sent too often");
        let in_time = self.elapsed < TOTAL + A_LOADED_MACHINE;
        must(in_time, "does not return within its total timeout");
        let Some(error) = &self.error else {
            // A call succeeds where the fault leaves the answer whole, or the provider says that it was done before.
            let is_harmless = matches!(fault.row(), 8 | 12 | 23 | 26 | 35);
            // A read tells what is there, and a list names each payment by itself: settling compares and decides.
            let is_told = class == Idempotency::ReadOnly
                && matches!(fault.name(), "a field is missing" | "another one in a list");
            must(is_harmless || is_told || self.is_spared(), "succeeds");
            return broken;
        };
        if error.kind() == ErrorKind::Indeterminate {
            return broken;
        }
        let attempts = self.tries();
        must(attempts <= 3, "is tried too often");
        let counted = usize::try_from(error.attempts()) == Ok(attempts);
        must(counted, "does not tell how often it was tried");
        must(
            self.requests <= attempts,
            "is sent more often than it is tried",
        );
        let unknown = error.effect() == Effect::Unknown;
        let finds = error.handle().is_some();
        must(finds == unknown, "has a handle without need, or none");
        let waited = self.race(class).is_some() || self.elapsed >= self.least(error);
        must(waited, "returns before its timeouts");
        let refused = error.kind() == ErrorKind::Refused;
        must(
            refused || fault.row() != 28,
            "does not take a refusal for one",
        );
        if class == Idempotency::ReadOnly {
            must(
                !unknown,
                "is a read, and says that something may have happened",
            );
            return broken;
        }
        // Of the faults that a server can play without knowing the provider none is a refusal.
        let may_refuse = matches!(fault.row(), 28 | 31 | 35);
        must(!refused || may_refuse, "takes something else for a refusal");
        if self.requests > 0 {
            must(
                unknown != refused,
                "says wrongly that nothing happened, or that it may have",
            );
        }
        if self.race(class).is_some() || refused {
            return broken;
        }
        let unsent = fault.sent() == Sent::Nothing;
        must(unknown != unsent, "does not know whether anything left");
        if once {
            let again = unsent && !is_an_alarm(fault.row());
            must(
                attempts == if again { 3 } else { 1 },
                "is not tried as often as it should",
            );
        }
        broken
    }

    /// The least time that a call takes which waits for a timeout in each attempt.
    fn least(&self, error: &Error) -> Duration {
        match self.timeout(error) {
            Some((_, timeout)) => timeout * error.attempts(),
            None => Duration::ZERO,
        }
    }

    /// The timeout that ended the last attempt.
    fn timeout(&self, error: &Error) -> Option<(&'static str, Duration)> {
        let timeouts = Patience::with(&self.fault).timeouts();
        (error.kind() == ErrorKind::Timeout).then_some(match self.requests {
            0 => ("connect", timeouts.connect),
            _ => ("attempt", timeouts.attempt),
        })
    }

    /// Whether it came on a kept connection, and so did not meet what strikes while one comes about.
    fn is_spared(&self) -> bool {
        self.on_kept > 0 && self.fault.spares_kept()
    }

    /// What it may come to, where that is a race.
    fn race(&self, class: Idempotency) -> Option<[&'static str; 5]> {
        let races = match class {
            Idempotency::NonIdempotent => RACES_ONCE,
            Idempotency::Idempotent => RACES_IDEMPOTENT,
            Idempotency::ReadOnly => RACES_READ,
        };
        let mut races = races.into_iter();
        let race = races.find(|(name, _)| *name == self.fault.name() && !self.is_spared());
        race.map(|(_, possible)| possible)
    }

    /// How many attempts the call had, counted by the waits between them.
    fn tries(&self) -> usize {
        self.pauses.len() + 1
    }

    /// What the call waited for: a timeout in each attempt, or what the provider asked for between them.
    fn waits(&self) -> String {
        const A_SECOND: Duration = Duration::from_secs(1);
        let asked = self.pauses.iter().filter(|pause| **pause >= A_SECOND);
        let asked = asked.count();
        let error = self.error.as_ref();
        match error.and_then(|error| Some((error.attempts(), self.timeout(error)?))) {
            _ if asked > 0 => format!("{asked} × Retry-After"),
            Some((attempts, (name, _))) => format!("{attempts} × {name} timeout"),
            None => NONE.to_owned(),
        }
    }
}

/// The cells of a call that came to this.
///
/// A call that succeeds does not tell its attempts: each but the last was followed by a wait, so that `tries` counts them.
pub(super) fn observed(
    error: Option<&Error>,
    requests: usize,
    tries: usize,
    waits: String,
) -> Outcome {
    let (effect, kind, attempts) = match error {
        None => ("executed", NONE.to_owned(), tries.to_string()),
        Some(error) if error.kind() == ErrorKind::Indeterminate => {
            ("executed, undecided", NONE.to_owned(), tries.to_string())
        }
        Some(error) => {
            let effect = match error.effect() {
                Effect::NotExecuted => "not executed",
                Effect::Unknown => "unknown",
            };
            (
                effect,
                error.kind().to_string(),
                error.attempts().to_string(),
            )
        }
    };
    [
        effect.to_owned(),
        kind,
        requests.to_string(),
        attempts,
        waits,
    ]
}

/// How much longer than its total timeout a call may take on a machine that is busy with other things.
pub(super) const A_LOADED_MACHINE: Duration = Duration::from_secs(15);

/// A server that cannot prove who it is (row 6), or speaks before it was asked (row 40), is not asked again.
pub(super) fn is_an_alarm(row: u8) -> bool {
    matches!(row, 6 | 40)
}

/// Faults in which two things race on the machine: each cell lists what it may come to.
type Races = [(&'static str, [&'static str; 5]); 8];

/// How often it may be sent, where every attempt but the last is followed by another.
const AGAIN: &str = "1 / 2 / 3";

/// If the server's end of the connection races with the writing of the request, the outcome is unknown if a byte may
/// have left, else it is proved unsent and tried again.
const RACES_ONCE: Races = races(
    ["unknown / not executed", "0 / 1", "1 / 2 / 3"],
    ["unknown", "1", "1", "– / 1 × attempt timeout"],
);

/// The same, where every attempt but the last is followed by another.
const RACES_IDEMPOTENT: Races = races(
    ["unknown / not executed", "0 / 1 / 2 / 3", "3"],
    ["unknown", AGAIN, AGAIN, ANY_TIMEOUTS],
);

/// The same, where nothing could be executed.
const RACES_READ: Races = races(
    ["not executed", "0 / 1 / 2 / 3", "3"],
    ["not executed", AGAIN, AGAIN, ANY_TIMEOUTS],
);

const ANY_TIMEOUTS: &str = "– / 1 × attempt timeout / 2 × attempt timeout / 3 × attempt timeout";

/// Effect, requests and attempts of a fault that races with the writing, and of an answer without end; with the latter, what
/// is waited for.
const fn races(with_writing: [&'static str; 3], endless: [&'static str; 4]) -> Races {
    const fn cells(
        of: [&'static str; 3],
        kind: &'static str,
        waits: &'static str,
    ) -> [&'static str; 5] {
        [of[0], kind, of[1], of[2], waits]
    }
    let with_writing = cells(with_writing, "disconnected / connect", NONE);
    let [effect, requests, attempts, waits] = endless;
    let endless = [effect, requests, attempts];
    [
        ("reset on accept", with_writing),
        ("closed on accept", with_writing),
        ("reset before the request is read", with_writing),
        ("closed before the request is read", with_writing),
        (
            "endless headers",
            cells(endless, "protocol / timeout", waits),
        ),
        ("endless body", cells(endless, "too_large / timeout", waits)),
        // Where a list may be long, a busy machine does not come to its bound in time.
        ("gzip bomb", cells(endless, "too_large / timeout", waits)),
        // The server hangs up after its garbage, and the client may see that before it sees the garbage.
        (
            "garbage where TLS is due",
            ["not executed", "tls / connect", "0", "1 / 2 / 3", NONE],
        ),
    ]
}

/// Cells as a table, of which two that differ in the wire alone are one.
pub(super) fn tabled(cells: &[Cell]) -> String {
    let heading = [&["row", "fault", "over"][..], &OUTCOME].concat();
    let rows = merged(cells.to_vec()).into_iter().map(|cell| {
        let what = [cell.row.to_string(), cell.fault, cell.over.to_owned()];
        what.into_iter().chain(cell.outcome).collect()
    });
    table::markdown(&heading, &rows.collect::<Vec<_>>())
}

/// Two cells that differ in the wire alone become one.
pub(super) fn merged(cells: Vec<Cell>) -> Vec<Cell> {
    let mut merged: Vec<Cell> = Vec::new();
    for cell in cells {
        let twin = merged.iter_mut().rev().find(|seen| {
            (seen.row, &seen.fault, &seen.outcome) == (cell.row, &cell.fault, &cell.outcome)
        });
        match twin {
            Some(twin) => twin.over = "both",
            None => merged.push(cell),
        }
    }
    merged
}
