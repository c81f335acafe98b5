use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Delivery, DueDelivery, Ledger, StoredOrder};

/// Where a merchant keeps the orders. It knows nothing of payments: it keeps a document, and lets one at a time write it.
///
/// Four promises carry everything that the [`Desk`](super::Desk) promises:
///
/// 1. **One claim at a time.** [`claim`](OrderStore::claim) is atomic. While a claim runs, nobody else gets one.
/// 2. **The newest fence alone writes.** Each grant of an order has a greater fence than every grant before it. A write
///    compares the fence and changes the row in one step, so that whoever slept through the end of a claim changes nothing.
/// 3. **Delivering is one step.** [`deliver`](OrderStore::deliver) writes the ledger and makes the delivery due, both or
///    neither: in SQL, one transaction.
/// 4. **What is due is found.** Each write of a ledger also writes [`stage`](Ledger::stage) and
///    [`look_again_at`](Ledger::look_again_at) where [`due`](OrderStore::due) searches them, in the same step.
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
    /// This is the moment in which the order is handed out: a row of an outbox, a job, a flag that a worker looks for.
    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Self::Error>;

    /// Ends a claim before its time, if its fence is still the newest. The fence itself stays, so that the next one is
    /// greater.
    async fn release(&self, claim: &Claim) -> Result<(), Self::Error>;

    /// The names of the orders that are to be looked at: those whose [`look_again_at`](Ledger::look_again_at) has come at
    /// `now` and that nobody holds at `now`, the earliest first, at most `limit` of them.
    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, Self::Error>;

    /// Takes deliveries that are due at `now`, the earliest first, at most `limit` of them. In the same step each is put
    /// off until `now + lease`, so that no other worker takes it meanwhile, and its [`tries`](DueDelivery::tries) go up by
    /// one.
    ///
    /// A delivery is due as soon as [`deliver`](OrderStore::deliver) wrote it.
    async fn take_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Self::Error>;

    /// Makes a delivery due again at `until`, if nobody has taken or closed it since: its number of tries is still the one
    /// that was taken.
    async fn put_off_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, Self::Error>;

    /// Makes the delivery of this [`id`](Delivery::id) due no more: its goods went out. Doing it again changes nothing.
    async fn close_delivery(&self, id: &str) -> Result<(), Self::Error>;
}

/// The right to write an order, until it runs out or somebody else gets the next one.
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

    /// From when on somebody else may claim the order.
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
    /// Somebody else has it.
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
    /// Somebody else has claimed the order since; nothing was written.
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

    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, S::Error> {
        (**self).due(now, limit).await
    }

    async fn take_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, S::Error> {
        (**self).take_deliveries(now, lease, limit).await
    }

    async fn put_off_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, S::Error> {
        (**self).put_off_delivery(taken, until).await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), S::Error> {
        (**self).close_delivery(id).await
    }
}
