//! How long a payment waits until it is noticed though no callback comes, and what a provider that is ill costs the others.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, Desk, DueDelivery, Ledger, OrderStore, Saved, StoredOrder, Sweep,
};
use paylink::{Account, Accounts};
use paylink_core::provider::{
    Capabilities, Created, ExpectedPayment, NewPayment, Payment, PaymentRecord, PaymentState,
    PreparedPayment, Resolved,
};
use paylink_core::{
    ComparedField, Comparison, Currency, Effect, Error, ErrorKind, Handle, Money, PaymentProvider,
    Resolution, Runtime, Settlement,
};
use paylink_tests::chance::Chance;
use tokio::time::Instant;

use super::providers::Kind;
use super::world::{MINUTE, SECOND, at, millis};

/// How long a provider takes to answer, and how long a call to a silent one takes.
const ANSWER: u64 = 200;
const TIMEOUT: u64 = 10 * SECOND;
/// When a provider falls ill, and when it is well again.
const ILL: (u64, u64) = (20 * MINUTE, 50 * MINUTE);
/// How long new orders are opened, where they come evenly.
const OPENING: u64 = 60 * MINUTE;
/// What a run lasts.
const LENGTH: u64 = 130 * MINUTE;

/// What ails the first provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Illness {
    TimesOut,
    Answers500,
    Answers429,
}

impl Illness {
    pub(super) const ALL: [Illness; 3] =
        [Illness::TimesOut, Illness::Answers500, Illness::Answers429];

    pub(super) fn what(self) -> &'static str {
        match self {
            Illness::TimesOut => "each call times out after 10 s",
            Illness::Answers500 => "each call is answered 500",
            Illness::Answers429 => "each call is answered 429 with Retry-After: 30",
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    pub(super) orders: usize,
    /// Within what time they are opened.
    pub(super) opened_within: u64,
    pub(super) has_late_payers: bool,
    pub(super) illness: Option<Illness>,
}

impl Trial {
    /// All orders within a minute, so that all are open at once.
    pub(super) fn at_once(orders: usize, has_late_payers: bool) -> Trial {
        Trial {
            orders,
            opened_within: MINUTE,
            has_late_payers,
            illness: None,
        }
    }

    /// Orders that come evenly for an hour.
    pub(super) fn evenly(orders: usize, illness: Option<Illness>) -> Trial {
        Trial {
            orders,
            opened_within: OPENING,
            has_late_payers: false,
            illness,
        }
    }
}

/// What came of it, by provider.
pub(super) struct Figures {
    /// From paid to handed out, in milliseconds, in rising order.
    pub(super) waits: [Vec<u64>; 4],
    /// Calls in each minute.
    pub(super) calls: [Vec<u64>; 4],
    pub(super) unnoticed: usize,
}

impl Figures {
    /// How long the payments of these providers waited: half of them, 99 of 100, and all, no longer than that.
    pub(super) fn percentiles(&self, providers: &[usize]) -> [u64; 3] {
        let waits = providers.iter().flat_map(|provider| &self.waits[*provider]);
        let mut waits: Vec<u64> = waits.copied().collect();
        waits.sort_unstable();
        let of = |part: usize| {
            waits.get((waits.len() * part / 1_000).min(waits.len().saturating_sub(1)))
        };
        [500, 990, 1_000].map(|part| of(part).copied().unwrap_or_default())
    }

    /// Calls of a minute, at the most, and the minute.
    pub(super) fn busiest(&self, provider: usize) -> (u64, usize) {
        let calls = self.calls[provider].iter().enumerate();
        calls
            .map(|(minute, calls)| (*calls, minute))
            .max()
            .unwrap_or_default()
    }

    /// The greatest ratio, in thousandths, of the calls to the ill provider to those in the same minute of good times.
    pub(super) fn worst_ratio(&self, normal: &Figures) -> u64 {
        let minutes = ILL.0 / MINUTE..ILL.1 / MINUTE;
        let ratios = minutes.map(|minute| {
            let minute = usize::try_from(minute).unwrap_or_default();
            let calls =
                |figures: &Figures| figures.calls[0].get(minute).copied().unwrap_or_default();
            calls(self) * 1_000 / calls(normal).max(1)
        });
        ratios.max().unwrap_or_default()
    }
}

/// Measures that, with one process.
pub(super) fn measure(trial: Trial) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(run(trial))
}

async fn run(trial: Trial) -> Figures {
    let clock = Arc::new(Clock(Instant::now()));
    let mut chance = Chance::seeded(1);
    let shelves = Arc::new(Shelves::default());
    let counters: Vec<_> = (0..4)
        .map(|index| {
            Arc::new(Counter::new(
                index,
                &clock,
                trial.illness.filter(|_| index == 0),
            ))
        })
        .collect();
    let accounts = counters.iter().map(|counter| {
        let provider: Arc<dyn PaymentProvider> = counter.clone();
        Account::from_arc(counter.kind.name(), provider)
    });
    let accounts = Accounts::new(accounts).unwrap();
    // One process opens orders, and another one sweeps: what the first hears of a provider the second does not.
    let desk = || {
        let desk = Desk::new(Arc::clone(&shelves), accounts.clone());
        Arc::new(desk.runtime(Arc::<Clock>::clone(&clock)))
    };
    let (desk, sweeping) = (desk(), desk());
    let mut opened = Vec::new();
    for order in 0..trial.orders {
        let opened_at = chance.below(trial.opened_within);
        let is_late = trial.has_late_payers && chance.below(10) == 0;
        let time = if is_late {
            chance.below(60 * MINUTE)
        } else {
            pays_after(&mut chance)
        };
        opened.push((opened_at, order, opened_at + time));
    }
    opened.sort_unstable();
    let sweep = tokio::spawn(Sweep::new(sweeping).run(pending()));
    for (opened_at, order, paid_at) in opened {
        let counter = &counters[order % 4];
        let name = order.to_string();
        let price = Money::new("150000", Currency::Irr).unwrap();
        let payment = NewPayment::new(&name, price).unwrap();
        counter.lock().paid_at.insert(name.clone(), paid_at);
        shelves.put(&name, StoredOrder::new(counter.kind.name(), payment));
        clock.until(opened_at).await;
        let desk = Arc::clone(&desk);
        drop(tokio::spawn(async move {
            let _ = desk.open(&name).await;
        }));
    }
    clock.until(LENGTH).await;
    sweep.abort();
    let noticed = shelves.lock().noticed.clone();
    let mut figures = Figures {
        waits: Default::default(),
        calls: Default::default(),
        unnoticed: trial.orders - noticed.len(),
    };
    for (index, counter) in counters.iter().enumerate() {
        let books = counter.lock();
        let waits = books
            .paid_at
            .iter()
            .filter_map(|(name, paid_at)| Some(noticed.get(name)? - paid_at));
        figures.waits[index] = waits.collect();
        figures.calls[index] = books.calls.clone();
    }
    figures
}

/// A time of mean three minutes: it ends within each second with a chance of one in 180, and after a quarter of an hour.
fn pays_after(chance: &mut Chance) -> u64 {
    let mut seconds = 0;
    while seconds < 15 * 60 && chance.below(180) != 0 {
        seconds += 1;
    }
    seconds * SECOND + chance.below(SECOND)
}

#[derive(Debug)]
struct Clock(Instant);

impl Clock {
    fn millis(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn until(&self, millis: u64) {
        tokio::time::sleep_until(self.0 + Duration::from_millis(millis)).await;
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        at(self.millis())
    }

    fn sleep(&self, pause: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A provider that counts its calls, and may be ill for half an hour.
#[derive(Debug)]
struct Counter {
    kind: Kind,
    capabilities: Capabilities,
    clock: Arc<Clock>,
    illness: Option<Illness>,
    books: Mutex<Bought>,
}

#[derive(Debug, Default)]
struct Bought {
    paid_at: BTreeMap<String, u64>,
    settled: BTreeSet<String>,
    calls: Vec<u64>,
}

impl Counter {
    fn new(index: usize, clock: &Arc<Clock>, illness: Option<Illness>) -> Counter {
        let kind = Kind::ALL[index];
        let mut capabilities = Capabilities::new(kind.name(), &[Currency::Irr]);
        if let Some(window) = kind.window() {
            capabilities = capabilities.with_settlement_window(Duration::from_millis(window));
        }
        Counter {
            kind,
            capabilities,
            clock: Arc::clone(clock),
            illness,
            books: Mutex::default(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Bought> {
        self.books.lock().unwrap()
    }

    /// One call.
    async fn call(&self) -> Result<(), Error> {
        let now = self.clock.millis();
        let minute = usize::try_from(now / MINUTE).unwrap_or_default();
        {
            let mut books = self.lock();
            let minutes = books.calls.len().max(minute + 1);
            books.calls.resize(minutes, 0);
            books.calls[minute] += 1;
        }
        let illness = self.illness.filter(|_| (ILL.0..ILL.1).contains(&now));
        let time = if illness == Some(Illness::TimesOut) {
            TIMEOUT
        } else {
            ANSWER
        };
        tokio::time::sleep(Duration::from_millis(time)).await;
        let (kind, retry_after) = match illness {
            None => return Ok(()),
            Some(Illness::TimesOut) => (ErrorKind::Timeout, None),
            Some(Illness::Answers500) => (ErrorKind::Status, None),
            Some(Illness::Answers429) => (ErrorKind::RateLimited, Some(Duration::from_secs(30))),
        };
        Err(Error::new(kind, Effect::NotExecuted, "it is ill").with_retry_after(retry_after))
    }
}

#[async_trait]
impl PaymentProvider for Counter {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn longest_call(&self) -> Duration {
        Duration::from_millis(TIMEOUT)
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let (now, name) = (self.clock.now(), self.kind.name());
        let handle = Handle::new(name, "create", now).with_deadline(now + Duration::from_secs(60));
        let record = PaymentRecord::new(name, payment.reference().clone(), *payment.price(), now);
        // Orders are opened while it is ill as well: what is measured is how payments are noticed.
        Ok(PreparedPayment::new(handle, async move {
            Ok(Created::new(record))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        self.call().await?;
        let (name, now) = (expected.reference().as_str(), self.clock.millis());
        let is_paid = self.lock().paid_at.get(name).is_some_and(|at| *at <= now);
        if !is_paid {
            let payment = Payment::new(self.kind.name(), PaymentState::Unpaid, "unpaid");
            return Ok(Settlement::NotPaid(payment));
        }
        if self.kind.window().is_some() && self.lock().settled.insert(name.to_owned()) {
            self.call().await?;
        }
        let agreement = Comparison::new(self.kind.name())
            .money_not_reported(expected.record().amount())
            .equal(ComparedField::Order, name, name)
            .not_reported(ComparedField::Merchant, "shop")
            .not_reported(ComparedField::Reference, name)
            .finish();
        Ok(match agreement {
            Ok(agreement) => agreement.already_settled(),
            Err(mismatch) => Settlement::Mismatch(mismatch),
        })
    }

    async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> {
        Ok(Resolution::NotExecuted)
    }
}

/// Orders in memory that are found by an index, since there are many. Nothing fails, and nobody dies.
#[derive(Default)]
struct Shelves(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    orders: BTreeMap<String, (StoredOrder, u64, Option<SystemTime>)>,
    /// What is to be looked at, and when: of each account.
    due: BTreeMap<String, BTreeSet<(u64, String)>>,
    noticed: BTreeMap<String, u64>,
}

impl Shelves {
    fn lock(&self) -> std::sync::MutexGuard<'_, Rows> {
        self.0.lock().unwrap()
    }

    fn put(&self, name: &str, order: StoredOrder) {
        self.lock().orders.insert(name.to_owned(), (order, 0, None));
    }
}

impl Rows {
    fn grant(&mut self, name: &str, now: SystemTime, lease: Duration) -> Option<Claim> {
        let (order, fence, held) = self.orders.get_mut(name)?;
        let until = now + lease;
        *fence += 1;
        *held = Some(until);
        if let Some(at) = order.ledger().next_check_at() {
            let due = self.due.entry(order.account().to_owned()).or_default();
            due.remove(&(millis(at), name.to_owned()));
        }
        Some(Claim::new(name, *fence, until))
    }
}

#[async_trait]
impl OrderStore for Shelves {
    type Error = Infallible;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Infallible> {
        Ok(self.lock().orders.get(order).map(|row| row.0.clone()))
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Infallible> {
        let mut rows = self.lock();
        let Some((stored, _, held)) = rows.orders.get(order) else {
            return Ok(Claimed::NoSuchOrder);
        };
        if let Some(until) = held {
            return Ok(Claimed::Held { until: *until });
        }
        let order_of = Box::new(stored.clone());
        let claim = rows.grant(order, now, lease);
        Ok(
            claim.map_or(Claimed::NoSuchOrder, |claim| Claimed::Granted {
                claim,
                order: order_of,
            }),
        )
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        if let Some(row) = self.lock().orders.get_mut(claim.order()) {
            row.0 = row.0.clone().with_ledger(ledger.clone());
        }
        Ok(Saved::Done)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Infallible> {
        let at = millis(delivery.settled_at());
        self.lock().noticed.insert(claim.order().to_owned(), at);
        self.save(claim, ledger).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        let mut rows = self.lock();
        let Some((order, _, held)) = rows.orders.get_mut(claim.order()) else {
            return Ok(());
        };
        *held = None;
        let next = (order.account().to_owned(), order.ledger().next_check_at());
        if let (account, Some(at)) = next {
            let due = rows.due.entry(account).or_default();
            due.insert((millis(at), claim.order().to_owned()));
        }
        Ok(())
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, Infallible> {
        let mut rows = self.lock();
        let due = rows.due.get(account).into_iter().flatten();
        let due = due.take_while(|(at, _)| *at <= millis(now)).take(limit);
        let due: Vec<String> = due.map(|(_, name)| name.clone()).collect();
        Ok(due
            .iter()
            .filter_map(|name| rows.grant(name, now, lease))
            .collect())
    }

    async fn take_due_deliveries(
        &self,
        _: SystemTime,
        _: Duration,
        _: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        Ok(Vec::new())
    }

    async fn postpone_delivery(
        &self,
        _: &DueDelivery,
        _: Option<SystemTime>,
    ) -> Result<Saved, Infallible> {
        Ok(Saved::Done)
    }

    async fn close_delivery(&self, _: &str) -> Result<(), Infallible> {
        Ok(())
    }
}
