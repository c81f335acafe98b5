//! A shop with one order, and a store that is slow.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, Desk, DueDelivery, Ledger, MemoryStore, Opened, OrderStore, Saved,
    StoredOrder,
};
use paylink::{Account, Accounts, Created, Currency, Money, NewPayment, PaymentProvider};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::MockProvider;

use crate::crashing_store::{CrashingProvider, Fate};

pub(crate) const LEASE: Duration = Duration::from_secs(120);

/// A shop with one order, `1000`, at the account `main`.
pub(crate) struct Shop {
    pub(crate) clock: Arc<MockClock>,
    pub(crate) till: Arc<MockProvider>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) desk: Desk<Arc<MemoryStore>>,
}

impl Shop {
    pub(crate) fn new() -> Shop {
        let clock = Arc::new(MockClock::default());
        Shop::at(MockProvider::new("till", &clock), clock)
    }

    /// At a provider that finds no payment by its reference.
    pub(crate) fn at_forgetful() -> Shop {
        let clock = Arc::new(MockClock::default());
        Shop::at(MockProvider::forgetful("till", &clock), clock)
    }

    fn at(till: Arc<MockProvider>, clock: Arc<MockClock>) -> Shop {
        let store = Arc::new(MemoryStore::new());
        store.put("1000", order("1000", "main"));
        let accounts = Accounts::new([account("main", &till)]).unwrap();
        Shop {
            desk: desk(Arc::clone(&store), accounts, &clock),
            clock,
            till,
            store,
        }
    }

    /// A second account, `other`, at another till.
    pub(crate) fn and_other(mut self) -> (Shop, Arc<MockProvider>) {
        let other = MockProvider::new("other-till", &self.clock);
        let accounts = [account("main", &self.till), account("other", &other)];
        let providers = Accounts::new(accounts).unwrap();
        self.desk = desk(Arc::clone(&self.store), providers, &self.clock);
        (self, other)
    }

    /// Opens the order, which has to work.
    pub(crate) async fn open(&self) -> Created {
        ready(self.desk.open("1000").await.unwrap())
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let order = self.store.load("1000").await.unwrap();
        order.unwrap().ledger().clone()
    }
}

pub(crate) fn ready(opened: Opened) -> Created {
    match opened {
        Opened::Ready(created) => *created,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn account(name: &str, till: &Arc<MockProvider>) -> Account {
    let till: Arc<dyn PaymentProvider> = till.clone();
    CrashingProvider::account(name, till, &Fate::kind())
}

pub(crate) fn price() -> Money {
    Money::new("150000", Currency::Irr).unwrap()
}

pub(crate) fn order(reference: &str, account: &str) -> StoredOrder {
    StoredOrder::new(account, NewPayment::new(reference, price()).unwrap())
}

pub(crate) fn desk<S: OrderStore>(store: S, accounts: Accounts, clock: &Arc<MockClock>) -> Desk<S> {
    Desk::new(store, accounts)
        .lease(LEASE)
        .unwrap()
        // What is seen without pauses is tested with them in `visiting`.
        .visit_intervals(Duration::ZERO, Duration::ZERO)
        .runtime(clock.clone())
}

/// A store that takes so long to save, and counts the claims that it is asked for.
#[derive(Debug)]
pub(crate) struct Slow {
    inner: Arc<MemoryStore>,
    clock: Arc<MockClock>,
    saving: Duration,
    claims: AtomicU32,
}

impl Slow {
    pub(crate) fn new(inner: &Arc<MemoryStore>, clock: &Arc<MockClock>, saving: Duration) -> Slow {
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

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        self.inner.take_due_deliveries(now, lease, limit).await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: SystemTime,
    ) -> Result<Saved, Infallible> {
        self.inner.postpone_delivery(taken, until).await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        self.inner.close_delivery(id).await
    }
}
