//! What the processes of a schedule share: the time, the chance, the providers, the trace, and what was found wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use paylink_tests::chance::Chance;
use tokio::time::Instant;

use super::corners::{Corner, Corners};
use super::providers::Books;

/// When every schedule begins.
const EPOCH: u64 = 1_800_000_000_000;

pub(super) const SECOND: u64 = 1_000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;

/// The whole of a schedule. All times in it are milliseconds since its beginning.
pub(super) struct World {
    begun: Instant,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) chance: Chance,
    pub(super) corners: Corners,
    /// What was found wrong.
    pub(super) wrong: Vec<String>,
    /// What happened, if anybody wants to read it.
    trace: Option<Vec<String>>,
    /// The providers, an account each.
    pub(super) books: Vec<Books>,
    /// Which order a reference is of.
    pub(super) references: BTreeMap<String, usize>,
    pub(super) faults: Faults,
    /// When nobody could look at any order: no process was up, or the store was down.
    pub(super) closed: Vec<(u64, u64)>,
    /// When nobody could look at this order: somebody held it who was not at it, or a fault hit a look at it.
    pub(super) held_up: BTreeMap<usize, Vec<(u64, u64)>>,
    /// When a look at this order came to nothing since a provider or the store failed.
    pub(super) troubles: BTreeMap<usize, Vec<u64>>,
    /// How many processes are up.
    pub(super) up: usize,
    /// Since when none is.
    pub(super) down_since: Option<u64>,
    /// What is under way and belongs to no process: requests that a provider has still to carry out.
    pub(super) under_way: usize,
    /// How often a caller was told to deliver an order now.
    pub(super) told: BTreeMap<usize, u32>,
    /// How often the handler had an order's goods out.
    pub(super) sent: BTreeMap<usize, u32>,
    /// Of which orders somebody said by hand that the goods went out.
    pub(super) by_hand: BTreeMap<usize, u32>,
}

/// How often something goes wrong with a single call: once in so many; 0 is never.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Faults {
    pub(super) requests: u64,
    pub(super) store: u64,
    pub(super) deliveries: u64,
    /// Between any two things that a process does, it dies or is paused.
    pub(super) processes: u64,
    /// Until when the store is down.
    pub(super) store_down_until: u64,
}

impl World {
    pub(super) fn new(seed: u64, with_trace: bool) -> World {
        World {
            begun: Instant::now(),
            state: Mutex::new(State {
                chance: Chance::seeded(seed),
                corners: Corners::default(),
                wrong: Vec::new(),
                trace: with_trace.then(Vec::new),
                books: Vec::new(),
                references: BTreeMap::new(),
                faults: Faults::default(),
                closed: Vec::new(),
                held_up: BTreeMap::new(),
                troubles: BTreeMap::new(),
                up: 0,
                down_since: Some(0),
                under_way: 0,
                told: BTreeMap::new(),
                sent: BTreeMap::new(),
                by_hand: BTreeMap::new(),
            }),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The true time.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) async fn sleep(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    /// A number below `end`.
    pub(super) fn below(&self, end: u64) -> u64 {
        self.state().chance.below(end)
    }

    /// A number from `low` up to and without `high`.
    pub(super) fn between(&self, low: u64, high: u64) -> u64 {
        low + self.below(high - low)
    }

    /// True once in so many times; 0 is never.
    pub(super) fn once_in(&self, times: u64) -> bool {
        times > 0 && self.below(times) == 0
    }

    pub(super) fn saw(&self, corner: Corner) {
        self.state().corners.saw(corner);
    }

    /// Notes that a promise was broken.
    pub(super) fn wrong(&self, what: impl Into<String>) {
        let now = self.now();
        self.state().is_wrong(now, what);
    }

    /// Writes a line of the trace, if there is one.
    pub(super) fn say(&self, what: impl FnOnce() -> String) {
        let now = self.now();
        self.state().say(now, what);
    }

    /// The trace, and what was found wrong.
    pub(super) fn end(&self) -> (Vec<String>, Vec<String>, Corners) {
        let mut state = self.state();
        let trace = state.trace.take().unwrap_or_default();
        (
            trace,
            std::mem::take(&mut state.wrong),
            state.corners.clone(),
        )
    }
}

impl State {
    pub(super) fn say(&mut self, now: u64, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{}  {}", clock(now), what()));
        }
    }

    pub(super) fn is_wrong(&mut self, now: u64, what: impl Into<String>) {
        let what = format!("{}  {}", clock(now), what.into());
        if let Some(trace) = &mut self.trace {
            trace.push(format!("WRONG {what}"));
        }
        self.wrong.push(what);
    }

    pub(super) fn once_in(&mut self, times: u64) -> bool {
        times > 0 && self.chance.below(times) == 0
    }

    /// A number from `low` up to and without `high`.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.chance.below(high - low)
    }

    /// Nobody could look at this order for that time.
    pub(super) fn hold_up(&mut self, order: usize, from: u64, until: u64) {
        self.held_up.entry(order).or_default().push((from, until));
    }

    /// A process came up.
    pub(super) fn comes_up(&mut self, now: u64) {
        self.up += 1;
        if let Some(since) = self.down_since.take() {
            self.closed.push((since, now));
        }
    }

    /// A process died, or was paused.
    pub(super) fn goes_down(&mut self, now: u64) {
        self.up -= 1;
        if self.up == 0 {
            self.down_since = Some(now);
        }
    }

    /// A look at this order came to nothing.
    pub(super) fn had_trouble(&mut self, order: usize, until: u64) {
        self.troubles.entry(order).or_default().push(until);
    }

    /// The parts of a span of time in which an order could be looked at.
    pub(super) fn in_reach(
        &self,
        order: usize,
        account: usize,
        span: (u64, u64),
    ) -> Vec<(u64, u64)> {
        let held_up = self.held_up.get(&order).into_iter().flatten();
        let all = self.closed.iter().chain(held_up);
        let all = all.chain(&self.books[account].outages);
        let mut spans: Vec<(u64, u64)> = all.copied().collect();
        spans.push((span.1, u64::MAX));
        spans.sort_unstable();
        let (mut parts, mut since) = (Vec::new(), span.0);
        for (from, until) in spans {
            let end = from.min(span.1);
            if since < end {
                parts.push((since, end));
            }
            since = since.max(until);
        }
        parts
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// A moment as the clock of the whole world shows it.
pub(super) fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(EPOCH + millis)
}

/// The moment that a clock shows as this.
pub(super) fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(at(0)).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A moment in hours, minutes, seconds and milliseconds.
pub(super) fn clock(millis: u64) -> String {
    let (hours, rest) = (millis / HOUR, millis % HOUR);
    let (minutes, rest) = (rest / MINUTE, rest % MINUTE);
    format!(
        "{hours:02}:{minutes:02}:{:02}.{:03}",
        rest / SECOND,
        rest % SECOND
    )
}
