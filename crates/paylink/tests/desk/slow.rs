use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, MemoryStore, OrderStore, Saved, StoredOrder,
};

use crate::clock::Clock;

/// A store that takes so long to save, and counts the claims that it is asked for.
#[derive(Debug)]
pub(crate) struct Slow {
    inner: Arc<MemoryStore>,
    clock: Arc<Clock>,
    saving: Duration,
    claims: AtomicU32,
}

impl Slow {
    pub(crate) fn new(inner: &Arc<MemoryStore>, clock: &Arc<Clock>, saving: Duration) -> Slow {
        Slow {
            inner: Arc::clone(inner),
            clock: Arc::clone(clock),
            saving,
            claims: AtomicU32::new(0),
        }
    }

    pub(crate) fn claims(&self) -> u32 {
        self.claims.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl OrderStore for Slow {
    type Error = Infallible;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Infallible> {
        self.inner.load(order).await
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Infallible> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        self.inner.claim(order, now, lease).await
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        self.clock.advance(self.saving);
        self.inner.save(claim, ledger).await
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Infallible> {
        self.inner.deliver(claim, ledger, delivery).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        self.inner.release(claim).await
    }

    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, Infallible> {
        self.inner.due(now, limit).await
    }

    async fn take_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        self.inner.take_deliveries(now, lease, limit).await
    }

    async fn put_off_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, Infallible> {
        self.inner.put_off_delivery(taken, until).await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        self.inner.close_delivery(id).await
    }
}
