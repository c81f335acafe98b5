use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Claim, Claimed, Delivery, DueDelivery, Ledger, OrderStore, Saved, StoredOrder};

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
    /// `None` once its goods went out.
    due_at: Option<SystemTime>,
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
        if let Some(until) = row.claimed_until.filter(|until| now < *until) {
            return Ok(Claimed::Held { until });
        }
        let until = now.checked_add(lease).unwrap_or(now);
        row.fence = row.fence.saturating_add(1);
        row.claimed_until = Some(until);
        Ok(Claimed::Granted {
            claim: Claim::new(order, row.fence, until),
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
            due_at: Some(delivery.at()),
        });
        Ok(Saved::Done)
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        if let Some(row) = self.books().claimed_by(claim) {
            row.claimed_until = None;
        }
        Ok(())
    }

    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, Infallible> {
        let books = self.books();
        let mut due: Vec<_> = books
            .orders
            .iter()
            .filter(|(_, row)| row.claimed_until.is_none_or(|until| until <= now))
            .filter_map(|(name, row)| Some((row.order.ledger().look_again_at()?, name)))
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort_unstable();
        Ok(due
            .into_iter()
            .take(limit)
            .map(|(_, name)| name.clone())
            .collect())
    }

    async fn take_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        let mut books = self.books();
        let is_due = |due: &&mut Due| due.due_at.is_some_and(|at| at <= now);
        let mut due: Vec<_> = books.outbox.iter_mut().filter(is_due).collect();
        due.sort_by_key(|due| due.due_at);
        let take = |due: &mut Due| {
            due.tries = due.tries.saturating_add(1);
            due.due_at = Some(now.checked_add(lease).unwrap_or(now));
            DueDelivery::new(due.delivery.clone(), due.tries)
        };
        Ok(due.into_iter().take(limit).map(take).collect())
    }

    async fn put_off_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, Infallible> {
        let mut books = self.books();
        let is_taken = |due: &&mut Due| {
            due.delivery.id() == taken.delivery().id()
                && due.tries == taken.tries()
                && due.due_at.is_some()
        };
        Ok(match books.outbox.iter_mut().find(is_taken) {
            Some(due) => {
                due.due_at = Some(until);
                Saved::Done
            }
            None => Saved::Superseded,
        })
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        let mut books = self.books();
        let of_id = |due: &&mut Due| due.delivery.id() == id;
        for due in books.outbox.iter_mut().filter(of_id) {
            due.due_at = None;
        }
        Ok(())
    }
}
