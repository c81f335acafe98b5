//! The world of a shop: its clock, who sleeps by it, and when something stood in the merchant's way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use paylink_sandbox::{Clock, Sandbox};
use tokio::sync::{RwLock, Semaphore, oneshot};

use super::books::{Due, Reader};
use super::merchant::Life;
use super::order::{Facts, Order};
use super::tally::Tally;

/// The accounts, by their providers' names, in the order in which orders go through them.
pub(super) const ACCOUNTS: [&str; 4] = ["zipay", "pod", "sizpay", "cardpay"];

/// How many calls of payers are under way at once.
pub(super) const AT_ONCE: usize = 48;

/// The pause between two steps of the clock, in real time.
const TICK: Duration = Duration::from_millis(4);
/// How much simulated time a real millisecond is, in milliseconds: as long as something is in a delicate state, while calls are
/// slow, and else.
const HELD: u64 = 5;
const SLOW: u64 = 20;
const FAST: u64 = 80;
/// How old a look into the books may be as long as somebody does something.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How far a step goes when nobody does anything.
const IDLE_STEP: Duration = Duration::from_secs(10);
/// A call that takes longer than this makes time go slowly.
const LONG_CALL: Duration = Duration::from_millis(120);
/// How long an order may have been due before time goes slowly.
const OVERDUE: Duration = Duration::from_secs(60);
/// How long time waits for an order that nobody looks at: what is left alone for good is told at the end.
const LEFT_ALONE: Duration = Duration::from_secs(600);
/// How long an account may be left alone after its provider was down.
const REST: Duration = Duration::from_secs(90);

/// A time in which the merchant could not ask a provider, or none of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked {
    pub(super) account: Option<&'static str>,
    pub(super) from: SystemTime,
    /// `None` as long as it lasts.
    pub(super) until: Option<SystemTime>,
}

impl Blocked {
    pub(super) fn concerns(&self, account: &str) -> bool {
        self.account.is_none_or(|it| it == account)
    }
}

/// What everybody in a shop's world shares.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    /// The merchant's books, beside the merchant.
    pub(super) reader: Reader,
    /// The merchant's processes that are up.
    pub(super) lives: Mutex<Vec<Arc<Life>>>,
    /// The providers; nobody writes but who starts them anew.
    pub(super) sandbox: RwLock<Option<Sandbox>>,
    /// Payments are created under it, and the clock jumps when nobody has it: a clock must not jump while it is not known
    /// what came of a create.
    pub(super) gate: RwLock<()>,
    pub(super) calls: Semaphore,
    /// How often the goods of each order were sent.
    pub(super) sent: Mutex<BTreeMap<String, u32>>,
    pub(super) facts: Mutex<BTreeMap<u64, Facts>>,
    /// Whether things go wrong at random.
    pub(super) is_stormy: AtomicBool,
    /// Whether new payers come.
    pub(super) is_selling: AtomicBool,
    /// The number of the last webhook that was counted.
    pub(super) last_webhook: Mutex<Option<u64>>,
    blocked: Mutex<Vec<Blocked>>,
    timers: Mutex<BinaryHeap<Reverse<Timer>>>,
    numbers: AtomicU64,
    under_way: Mutex<BTreeMap<u64, Instant>>,
    held_until: Mutex<Instant>,
    is_stopped: AtomicBool,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// Somebody who sleeps.
struct Timer {
    at: SystemTime,
    number: u64,
    wake: oneshot::Sender<()>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Timer) -> bool {
        self.number == other.number
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Timer) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Timer) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// A call that is under way, as long as it is kept.
pub(super) struct UnderWay<'w>(&'w World, u64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        locked(&self.0.under_way).remove(&self.1);
    }
}

/// Locks what no step leaves half-written.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(super) fn new(seed: u64, clock: Clock, sandbox: Sandbox, reader: Reader) -> World {
        World {
            seed,
            clock,
            tally: Tally::default(),
            reader,
            lives: Mutex::default(),
            sandbox: RwLock::new(Some(sandbox)),
            gate: RwLock::new(()),
            calls: Semaphore::new(AT_ONCE),
            sent: Mutex::default(),
            facts: Mutex::default(),
            is_stormy: AtomicBool::new(true),
            is_selling: AtomicBool::new(true),
            last_webhook: Mutex::default(),
            blocked: Mutex::default(),
            timers: Mutex::default(),
            numbers: AtomicU64::default(),
            under_way: Mutex::default(),
            held_until: Mutex::new(Instant::now()),
            is_stopped: AtomicBool::default(),
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Waits by the world's clock.
    pub(super) async fn sleep(&self, pause: Duration) {
        if pause.is_zero() {
            tokio::task::yield_now().await;
            return;
        }
        let now = self.now();
        let (wake, woken) = oneshot::channel();
        let timer = Timer {
            at: now.checked_add(pause).unwrap_or(now),
            number: self.number(),
            wake,
        };
        locked(&self.timers).push(Reverse(timer));
        // The clock ends when the world does.
        let _ = woken.await;
    }

    /// Begins a call.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        let number = self.number();
        locked(&self.under_way).insert(number, Instant::now());
        UnderWay(self, number)
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Looks at the providers, or does something there as a payer; waits while they are started anew.
    pub(super) async fn at_providers<T>(&self, act: impl FnOnce(&Sandbox) -> T) -> Option<T> {
        self.sandbox.read().await.as_ref().map(act)
    }

    /// Notes what an order's payer did.
    pub(super) fn note(&self, order: &Order, note: impl FnOnce(&mut Facts)) {
        note(locked(&self.facts).entry(order.number).or_default());
    }

    /// Notes that the merchant cannot ask the provider of an account, or anybody, from now on.
    pub(super) fn block(&self, account: Option<&'static str>) -> usize {
        let from = self.now();
        let mut blocked = locked(&self.blocked);
        blocked.push(Blocked {
            account,
            from,
            until: None,
        });
        blocked.len() - 1
    }

    /// Notes that this is over.
    pub(super) fn unblock(&self, number: usize) {
        let now = self.now();
        if let Some(blocked) = locked(&self.blocked).get_mut(number) {
            blocked.until = Some(now);
        }
    }

    pub(super) fn all_blocked(&self) -> Vec<Blocked> {
        locked(&self.blocked).clone()
    }

    /// Lets time go slowly for a moment: a request may be on its way of which nobody knows.
    pub(super) fn hold(&self, moment: Duration) {
        let until = Instant::now().checked_add(moment);
        let mut held_until = locked(&self.held_until);
        *held_until = until.map_or(*held_until, |until| until.max(*held_until));
    }

    /// Whether time goes slowly for that reason.
    pub(super) fn is_held(&self) -> bool {
        Instant::now() < *locked(&self.held_until)
    }

    /// Stops the clock but for real time, or lets it go on.
    pub(super) fn stop_clock(&self, is_stopped: bool) {
        self.is_stopped.store(is_stopped, Ordering::Relaxed);
    }

    /// Sets the clock ahead at once.
    pub(super) fn jump(&self, by: Duration) {
        let blocked = self.block(None);
        self.clock.advance(by);
        self.unblock(blocked);
        self.wake();
    }

    /// Lets the clock go, as fast as the merchant follows: on a slow machine a shop takes longer, and nothing else changes.
    pub(super) async fn live(self: Arc<World>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looked = None;
        loop {
            ticks.tick().await;
            if !self.is_stopped.load(Ordering::Relaxed) {
                let step = self.step(&mut looked).await;
                self.clock.advance(step);
            }
            self.wake();
        }
    }

    async fn step(&self, looked: &mut Option<(Instant, Due)>) -> Duration {
        let rate = |rate: u64| Duration::from_millis(rate * 4);
        if self.is_held() {
            return rate(HELD);
        }
        let (calls, longest) = {
            let under_way = locked(&self.under_way);
            let longest = under_way.values().map(Instant::elapsed).max();
            (under_way.len(), longest.unwrap_or_default())
        };
        let now = self.now();
        let is_fresh = |(at, _): &(Instant, Due)| calls > 0 && at.elapsed() < LOOK_EVERY;
        if !looked.as_ref().is_some_and(is_fresh) {
            *looked = self
                .reader
                .due(now)
                .await
                .ok()
                .map(|due| (Instant::now(), due));
        }
        let Some((_, due)) = looked else {
            return rate(SLOW);
        };
        if due
            .since
            .iter()
            .any(|(account, since)| self.is_overdue(account, *since, now))
        {
            return rate(HELD);
        }
        if longest > LONG_CALL {
            rate(SLOW)
        } else if calls == 0 && due.since.is_empty() && !due.has_deliveries {
            IDLE_STEP
        } else {
            rate(FAST)
        }
    }

    /// Whether an order of that account could have been looked at for too long, and was not.
    fn is_overdue(&self, account: &str, since: SystemTime, now: SystemTime) -> bool {
        let blocked = locked(&self.blocked);
        let concerned = || blocked.iter().filter(|it| it.concerns(account));
        if concerned().any(|it| it.until.is_none()) {
            return false;
        }
        let ended = concerned().filter_map(|it| it.until).max();
        let free_at = ended.and_then(|ended| ended.checked_add(REST));
        let free_at = free_at.map_or(since, |free_at| since.max(free_at));
        let since_then = |then: SystemTime| now.duration_since(then).unwrap_or_default();
        since_then(free_at) > OVERDUE && since_then(since) < LEFT_ALONE
    }

    /// Wakes whoever has slept long enough.
    fn wake(&self) {
        let now = self.now();
        let mut timers = locked(&self.timers);
        while timers.peek().is_some_and(|Reverse(next)| next.at <= now) {
            if let Some(Reverse(timer)) = timers.pop() {
                // Who sleeps no more has left.
                let _ = timer.wake.send(());
            }
        }
    }
}
