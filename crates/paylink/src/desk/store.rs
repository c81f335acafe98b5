//! Where a merchant keeps the orders, and a store in memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink_core::provider::NewPayment;

use super::ledger::{Delivery, Ledger};

/// Where a merchant keeps the orders. It knows nothing of payments: it keeps a document, and lets one at a time write it.
///
/// Four promises carry everything that the [`Desk`](super::Desk) promises:
///
/// 1. **One claim at a time.** [`claim`](OrderStore::claim) is atomic. While a claim runs, nobody else gets one.
/// 2. **The newest fence alone writes.** Each grant of an order has a greater fence than every grant before it. A write
///    compares the fence and changes the row in one step, so that a process that slept through the end of its claim changes
///    nothing.
/// 3. **Delivering is one step.** [`deliver`](OrderStore::deliver) writes the ledger and makes the delivery due, both or
///    neither: in SQL, one transaction.
/// 4. **What is due is found.** Each write of a ledger also writes [`stage`](Ledger::stage) and
///    [`next_check_at`](Ledger::next_check_at) where [`claim_due`](OrderStore::claim_due) searches them, in the same step.
///
/// The clock is the desk's: compare times with the `now` that is passed, not with the database's own. Whether an
/// implementation keeps the promises, the module `contract` behind the feature `store-contract` checks with real
/// concurrency.
///
/// Every method may be dropped half-way or fail after it was carried out, as a database does when its answer is lost. The
/// desk expects it.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// What goes wrong with the store.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads an order without claiming it; `None` if there is none of this name.
    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Self::Error>;

    /// Claims an order until `now + lease`, if nobody holds it at `now`, and hands over what is stored of it **at that
    /// moment**.
    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Self::Error>;

    /// Writes the ledger, if the claim's fence is still the newest.
    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Self::Error>;

    /// Writes the ledger **and** makes the delivery due, in one step, if the claim's fence is still the newest.
    ///
    /// This is the moment in which the order is handed out: a row of an outbox, a job, a flag that a worker looks for. Nothing
    /// is done under the claim after it but its release, so that it may end in the same step.
    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Self::Error>;

    /// Ends a claim before its time, if its fence is still the newest. The fence itself stays, so that the next one is
    /// greater.
    async fn release(&self, claim: &Claim) -> Result<(), Self::Error>;

    /// Writes the ledger and ends the claim, if its fence is still the newest: [`save`](OrderStore::save), then
    /// [`release`](OrderStore::release).
    ///
    /// Most looks end so. A store for which each write waits for the disk does both in one step.
    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Self::Error> {
        let saved = self.save(claim, ledger).await?;
        if saved == Saved::Done {
            self.release(claim).await?;
        }
        Ok(saved)
    }

    /// Claims orders that are to be looked at until `now + lease`: those of this [account](StoredOrder::account) whose
    /// [`next_check_at`](Ledger::next_check_at) has come at `now` and that nobody holds at `now`, the earliest first, at
    /// most `limit` of them. Each is granted to one caller, as by [`claim`](OrderStore::claim).
    ///
    /// Callers that come together had better not wait for one another: in PostgreSQL by `FOR UPDATE SKIP LOCKED`.
    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, Self::Error>;

    /// Takes deliveries that are due at `now`, the earliest first, at most `limit` of them. In the same step each is put
    /// off until `now + lease`, so that no other worker takes it meanwhile, and its [`attempts`](DueDelivery::attempts) go up by
    /// one.
    ///
    /// A delivery is due as soon as [`deliver`](OrderStore::deliver) wrote it.
    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Self::Error>;

    /// Makes a delivery due again at `until`, or with `None` not by itself: a dead letter, which stays where a person sees
    /// it and makes it due again. Only if nobody has taken or closed it since: its number of tries is still the one that
    /// was taken.
    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, Self::Error>;

    /// Makes the delivery of this [`id`](Delivery::id) due no more: its goods went out. Doing it again changes nothing.
    async fn close_delivery(&self, id: &str) -> Result<(), Self::Error>;
}

/// The right to write an order, until it runs out or the next one is granted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    order: String,
    fence: u64,
    until: SystemTime,
}

impl Claim {
    /// The claim that a store has just granted.
    #[must_use]
    pub fn new(order: impl Into<String>, fence: u64, until: SystemTime) -> Claim {
        Claim {
            order: order.into(),
            fence,
            until,
        }
    }

    /// Which order it is for.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The number of this grant: greater than that of every grant of the order before it.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// From when on another call may claim the order.
    #[must_use]
    pub fn until(&self) -> SystemTime {
        self.until
    }
}

/// What came of a wish to claim an order.
#[derive(Debug)]
#[must_use = "a claim that was granted has to be used or released"]
pub enum Claimed {
    /// It is the caller's.
    Granted {
        /// What every write has to show.
        claim: Claim,
        /// The order, as it was stored at the moment of the grant.
        order: Box<StoredOrder>,
    },
    /// Another claim holds it.
    Held {
        /// When that claim runs out.
        until: SystemTime,
    },
    /// There is none of this name.
    NoSuchOrder,
}

/// What came of a write.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use = "a superseded claim has written nothing"]
pub enum Saved {
    /// It is written.
    Done,
    /// The order was claimed again since; nothing was written.
    Superseded,
}

#[async_trait]
impl<S: OrderStore + ?Sized> OrderStore for Arc<S> {
    type Error = S::Error;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, S::Error> {
        (**self).load(order).await
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, S::Error> {
        (**self).claim(order, now, lease).await
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, S::Error> {
        (**self).save(claim, ledger).await
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, S::Error> {
        (**self).deliver(claim, ledger, delivery).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), S::Error> {
        (**self).release(claim).await
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, S::Error> {
        (**self).save_and_release(claim, ledger).await
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, S::Error> {
        (**self).claim_due(account, now, lease, limit).await
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, S::Error> {
        (**self).take_due_deliveries(now, lease, limit).await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, S::Error> {
        (**self).postpone_delivery(taken, until).await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), S::Error> {
        (**self).close_delivery(id).await
    }
}

/// An order, as the merchant's store has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredOrder {
    account: String,
    payment: NewPayment,
    ledger: Ledger,
}

impl StoredOrder {
    /// An order that is to be paid through the account of this name, and of which the desk has written nothing yet.
    ///
    /// The payment is built from the order's own rows, every time alike: its reference and its price are what a
    /// provider's report is held against. No two orders have the same reference.
    #[must_use]
    pub fn new(account: impl Into<String>, payment: NewPayment) -> StoredOrder {
        StoredOrder {
            account: account.into(),
            payment,
            ledger: Ledger::default(),
        }
    }

    /// The same order, with the ledger that was stored with it.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Ledger) -> StoredOrder {
        self.ledger = ledger;
        self
    }

    /// The name of the account through which the order is to be paid. What was begun through another stays with that one.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What is to be paid.
    pub fn payment(&self) -> &NewPayment {
        &self.payment
    }

    /// What the desk has written of it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }
}

/// A delivery that a worker has taken from the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a delivery that was taken has to be closed or put off"]
pub struct DueDelivery {
    delivery: Delivery,
    attempts: u32,
}

impl DueDelivery {
    /// A row of the outbox, taken so often, this time included.
    pub fn new(delivery: Delivery, attempts: u32) -> DueDelivery {
        DueDelivery { delivery, attempts }
    }

    /// What is due.
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// How often it was taken, this time included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// Orders in memory, for tests, samples and shops that may forget.
///
/// It keeps every promise of an [`OrderStore`] as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    orders: BTreeMap<String, Row>,
    outbox: Vec<Due>,
}

/// A row of the outbox.
#[derive(Debug)]
struct Due {
    delivery: Delivery,
    tries: u32,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Due(SystemTime),
    /// A dead letter.
    Dead,
    /// Its goods went out.
    Closed,
}

#[derive(Debug)]
struct Row {
    order: StoredOrder,
    fence: u64,
    claimed_until: Option<SystemTime>,
}

impl MemoryStore {
    /// A store without orders.
    #[must_use]
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Puts an order in, under the name by which the desk is asked about it.
    ///
    /// One that is there keeps its claim, and its ledger too unless another one comes with it: an order that was handed
    /// out is not a new one for being put in again.
    pub fn put(&self, name: impl Into<String>, mut order: StoredOrder) {
        let mut books = self.books();
        match books.orders.entry(name.into()) {
            Entry::Occupied(mut row) => {
                let row = row.get_mut();
                if *order.ledger() == Ledger::default() {
                    *order.ledger_mut() = row.order.ledger().clone();
                }
                row.order = order;
            }
            Entry::Vacant(place) => {
                place.insert(Row {
                    order,
                    fence: 0,
                    claimed_until: None,
                });
            }
        }
    }

    /// The outbox: what was handed out, in the order in which it was, whether its goods went out or not.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        let books = self.books();
        books
            .outbox
            .iter()
            .map(|due| due.delivery.clone())
            .collect()
    }

    /// The dead letters: what was tried so often that it is tried no more.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<Delivery> {
        let books = self.books();
        let dead = books
            .outbox
            .iter()
            .filter(|it| it.standing == Standing::Dead);
        dead.map(|it| it.delivery.clone()).collect()
    }

    /// Makes a dead letter due again, at once and for one more try. Whether there is one of this id.
    pub fn retry_delivery(&self, id: &str) -> bool {
        let mut books = self.books();
        let mut outbox = books.outbox.iter_mut();
        let dead = outbox.find(|it| it.delivery.id() == id && it.standing == Standing::Dead);
        let is_there = dead.is_some();
        if let Some(dead) = dead {
            dead.standing = Standing::Due(SystemTime::UNIX_EPOCH);
        }
        is_there
    }

    /// The names of the orders that are due at this moment and that nobody holds, the earliest first.
    #[must_use]
    pub fn due(&self, now: SystemTime) -> Vec<String> {
        let books = self.books();
        let names = books.due(now).into_iter();
        names.map(str::to_owned).collect()
    }

    /// The names of all orders.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.books().orders.keys().cloned().collect()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // No step below leaves the books half-written, whatever the thread that held them died of.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// The row that this claim may write.
    fn claimed_by(&mut self, claim: &Claim) -> Option<&mut Row> {
        let row = self.orders.get_mut(claim.order())?;
        (row.fence == claim.fence()).then_some(row)
    }

    fn due(&self, now: SystemTime) -> Vec<&str> {
        let free = self.orders.iter().filter(|(_, row)| row.is_free(now));
        let due = free.filter_map(|(name, row)| {
            let at = row.order.ledger().next_check_at()?;
            (at <= now).then_some((at, name.as_str()))
        });
        let mut due: Vec<_> = due.collect();
        due.sort_unstable();
        due.into_iter().map(|(_, name)| name).collect()
    }
}

impl Row {
    fn is_free(&self, now: SystemTime) -> bool {
        self.claimed_until.is_none_or(|until| until <= now)
    }

    fn grant(&mut self, order: &str, now: SystemTime, lease: Duration) -> Claim {
        let until = now.checked_add(lease).unwrap_or(now);
        self.fence = self.fence.saturating_add(1);
        self.claimed_until = Some(until);
        Claim::new(order, self.fence, until)
    }
}

#[async_trait]
impl OrderStore for MemoryStore {
    type Error = Infallible;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Infallible> {
        let books = self.books();
        Ok(books.orders.get(order).map(|row| row.order.clone()))
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Infallible> {
        let mut books = self.books();
        let Some(row) = books.orders.get_mut(order) else {
            return Ok(Claimed::NoSuchOrder);
        };
        if let Some(until) = row.claimed_until.filter(|_| !row.is_free(now)) {
            return Ok(Claimed::Held { until });
        }
        Ok(Claimed::Granted {
            claim: row.grant(order, now, lease),
            order: Box::new(row.order.clone()),
        })
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        let mut books = self.books();
        let Some(row) = books.claimed_by(claim) else {
            return Ok(Saved::Superseded);
        };
        *row.order.ledger_mut() = ledger.clone();
        Ok(Saved::Done)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Infallible> {
        let mut books = self.books();
        let Some(row) = books.claimed_by(claim) else {
            return Ok(Saved::Superseded);
        };
        *row.order.ledger_mut() = ledger.clone();
        books.outbox.push(Due {
            delivery: delivery.clone(),
            tries: 0,
            standing: Standing::Due(delivery.settled_at()),
        });
        Ok(Saved::Done)
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        if let Some(row) = self.books().claimed_by(claim) {
            row.claimed_until = None;
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
        let mut books = self.books();
        let due: Vec<_> = books.due(now).into_iter().map(str::to_owned).collect();
        let mut claims = Vec::new();
        for name in due {
            let row = books.orders.get_mut(&name);
            let row = row.filter(|row| row.order.account() == account && claims.len() < limit);
            claims.extend(row.map(|row| row.grant(&name, now, lease)));
        }
        Ok(claims)
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        let mut books = self.books();
        let due = books.outbox.iter_mut().filter_map(|it| match it.standing {
            Standing::Due(at) if at <= now => Some((at, it)),
            _ => None,
        });
        let mut due: Vec<_> = due.collect();
        due.sort_by_key(|(at, _)| *at);
        let take = |(_, due): (_, &mut Due)| {
            due.tries = due.tries.saturating_add(1);
            due.standing = Standing::Due(now.checked_add(lease).unwrap_or(now));
            DueDelivery::new(due.delivery.clone(), due.tries)
        };
        Ok(due.into_iter().take(limit).map(take).collect())
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, Infallible> {
        let mut books = self.books();
        let is_taken = |due: &&mut Due| {
            due.delivery.id() == taken.delivery().id()
                && due.tries == taken.attempts()
                && matches!(due.standing, Standing::Due(_))
        };
        Ok(match books.outbox.iter_mut().find(is_taken) {
            Some(due) => {
                due.standing = until.map_or(Standing::Dead, Standing::Due);
                Saved::Done
            }
            None => Saved::Superseded,
        })
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        let mut books = self.books();
        let of_id = |due: &&mut Due| due.delivery.id() == id;
        for due in books.outbox.iter_mut().filter(of_id) {
            due.standing = Standing::Closed;
        }
        Ok(())
    }
}
