//! Processes that die between any two steps, and answers that are lost.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, Desk, DueDelivery, Ledger, MemoryStore, OrderStore, Saved,
    StoredOrder,
};
use paylink::{
    Account, Capabilities, Error, ExpectedPayment, Handle, Hint, NewPayment, Payment,
    PaymentProvider, PreparedPayment, Resolution, Resolved, Settlement,
};
use paylink_testkit::MockClock;
use tokio::sync::Notify;

/// What happens at a step of a process: before and after each thing that it asks of its store or of a provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CrashPoint {
    /// The process dies.
    Dies,
    /// The store fails: before the step it did nothing, after the step it did it and the answer is lost.
    StoreFails,
}

/// One process, and at which of its steps something happens to it.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    pub(crate) crashes: BTreeMap<u32, CrashPoint>,
    pub(crate) steps: AtomicU32,
    /// How long its store takes to save.
    pub(crate) saving: Option<(Arc<MockClock>, Duration)>,
    /// How long it sleeps in each call of a provider.
    pub(crate) asleep: Option<(Arc<MockClock>, Duration)>,
    /// What its provider declares, if not what it does.
    pub(crate) declares: Option<Capabilities>,
    /// Another process, which checks an order as soon as this one releases its claim.
    pub(crate) rival: Mutex<Option<Desk<Arc<MemoryStore>>>>,
    /// How often its store was asked for a claim.
    pub(crate) claims: AtomicU32,
    pub(crate) is_dead: AtomicBool,
    pub(crate) death: Notify,
}

impl Fate {
    pub(crate) fn of(crashes: impl IntoIterator<Item = (u32, CrashPoint)>) -> Arc<Fate> {
        Arc::new(Fate {
            crashes: crashes.into_iter().collect(),
            ..Fate::default()
        })
    }

    /// Nothing happens to it.
    pub(crate) fn kind() -> Arc<Fate> {
        Arc::default()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::SeqCst)
    }

    /// Does something in the process; `None` if the process died meanwhile, which drops whatever is under way.
    pub(crate) async fn live<W: Future>(&self, work: W) -> Option<W::Output> {
        tokio::select! {
            biased;
            () = self.died() => None,
            done = work => Some(done),
        }
    }

    async fn died(&self) {
        loop {
            let death = self.death.notified();
            if self.is_dead() {
                return;
            }
            death.await;
        }
    }

    async fn step(&self) -> Result<(), StoreFailed> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        match self.crashes.get(&step) {
            None => Ok(()),
            Some(CrashPoint::StoreFails) => Err(StoreFailed::other("no answer")),
            Some(CrashPoint::Dies) => {
                self.is_dead.store(true, Ordering::SeqCst);
                self.death.notify_waiters();
                std::future::pending().await
            }
        }
    }

    /// A provider does not fail because the store does.
    async fn step_at_provider(&self) {
        let _ = self.step().await;
    }
}

/// The store, as one process reaches it.
#[derive(Debug)]
pub(crate) struct CrashingStore {
    inner: Arc<MemoryStore>,
    fate: Arc<Fate>,
}

/// The store was not reached, or its answer was lost.
type StoreFailed = std::io::Error;

impl CrashingStore {
    pub(crate) fn new(inner: &Arc<MemoryStore>, fate: &Arc<Fate>) -> CrashingStore {
        CrashingStore {
            inner: Arc::clone(inner),
            fate: Arc::clone(fate),
        }
    }

    async fn between<T>(
        &self,
        work: impl Future<Output = Result<T, std::convert::Infallible>>,
    ) -> Result<T, StoreFailed> {
        self.fate.step().await?;
        let Ok(done) = work.await;
        self.fate.step().await?;
        Ok(done)
    }
}

#[async_trait]
impl OrderStore for CrashingStore {
    type Error = StoreFailed;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, StoreFailed> {
        self.between(self.inner.load(order)).await
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, StoreFailed> {
        self.fate.claims.fetch_add(1, Ordering::SeqCst);
        self.between(self.inner.claim(order, now, lease)).await
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, StoreFailed> {
        if let Some((clock, time)) = &self.fate.saving {
            clock.advance(*time);
        }
        self.between(self.inner.save(claim, ledger)).await
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, StoreFailed> {
        self.between(self.inner.deliver(claim, ledger, delivery))
            .await
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreFailed> {
        self.between(self.inner.release(claim)).await?;
        let rival = self.fate.rival.lock().unwrap().take();
        if let Some(rival) = rival {
            let _ = rival.check(claim.order()).await;
        }
        Ok(())
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, StoreFailed> {
        self.between(self.inner.claim_due(account, now, lease, limit))
            .await
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, StoreFailed> {
        self.between(self.inner.take_due_deliveries(now, lease, limit))
            .await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, StoreFailed> {
        self.between(self.inner.postpone_delivery(taken, until))
            .await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), StoreFailed> {
        self.between(self.inner.close_delivery(id)).await
    }
}

/// A provider, as one process reaches it.
#[derive(Debug)]
pub(crate) struct CrashingProvider {
    inner: Arc<dyn PaymentProvider>,
    fate: Arc<Fate>,
}

impl CrashingProvider {
    /// An account of this name.
    pub(crate) fn account(
        name: &str,
        inner: Arc<dyn PaymentProvider>,
        fate: &Arc<Fate>,
    ) -> Account {
        let fate = Arc::clone(fate);
        Account::new(name, CrashingProvider { inner, fate })
    }

    async fn between<T>(&self, work: impl Future<Output = T>) -> T {
        self.fate.step_at_provider().await;
        if let Some((clock, time)) = &self.fate.asleep {
            clock.advance(*time);
        }
        let done = work.await;
        self.fate.step_at_provider().await;
        done
    }
}

#[async_trait]
impl PaymentProvider for CrashingProvider {
    fn capabilities(&self) -> &Capabilities {
        let declares = self.fate.declares.as_ref();
        declares.unwrap_or_else(|| self.inner.capabilities())
    }

    fn longest_call(&self) -> Duration {
        self.inner.longest_call()
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let prepared = self.inner.prepare(payment)?;
        let handle = prepared.handle().clone();
        Ok(PreparedPayment::new(
            handle,
            self.between(prepared.create()),
        ))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        self.between(self.inner.settle(expected)).await
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        self.between(self.inner.resolve(handle)).await
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        self.inner.read_return(query)
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        self.inner.read_webhook(body)
    }
}
