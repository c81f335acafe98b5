use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Claim, Claimed, Delivery, Ledger, OrderStore, Saved, StoredOrder};

/// Orders in memory, for tests, samples and shops that may forget.
///
/// It keeps every promise of an [`OrderStore`] as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    orders: BTreeMap<String, Row>,
    outbox: Vec<Delivery>,
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

    /// The outbox: what was handed out, in the order in which it was.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.books().outbox.clone()
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
        books.outbox.push(delivery.clone());
        Ok(Saved::Done)
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        if let Some(row) = self.books().claimed_by(claim) {
            row.claimed_until = None;
        }
        Ok(())
    }
}
