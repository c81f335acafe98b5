//! A shop with one order, and what its tests say again and again.

use std::convert::Infallible;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::core::Runtime;
use paylink::desk::{
    Claim, Claimed, Delivery, Desk, DeskError, Ledger, MemoryStore, Opened, OrderStore, Outcome,
    Reopened, StoredOrder,
};
use paylink::{
    Account, Accounts, Created, Currency, Error, Hint, Money, NewPayment, PaymentProvider,
    PaymentState,
};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{Failure, MockProvider};

use crate::crashing_store::{CrashingProvider, CrashingStore, Fate};

pub(crate) const LEASE: Duration = Duration::from_secs(120);

/// The states in which a payment is over.
pub(crate) const OVER: [PaymentState; 4] = [
    PaymentState::Expired,
    PaymentState::Failed,
    PaymentState::Cancelled,
    PaymentState::Refunded,
];

/// A shop with one order, `1000`, at the account `main`.
pub(crate) struct Shop {
    pub(crate) clock: Arc<MockClock>,
    pub(crate) provider: Arc<MockProvider>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) desk: Desk<Arc<MemoryStore>>,
}

impl Shop {
    pub(crate) fn new() -> Shop {
        Shop::at(MockProvider::new)
    }

    /// At a provider that finds no payment by its reference.
    pub(crate) fn at_forgetful() -> Shop {
        Shop::at(MockProvider::forgetful)
    }

    pub(crate) fn at(provider: fn(&'static str, &Arc<MockClock>) -> Arc<MockProvider>) -> Shop {
        let clock = Arc::new(MockClock::default());
        let provider = provider("mock", &clock);
        let store = Arc::new(MemoryStore::new());
        store.put("1000", order("1000", "main"));
        let accounts = Accounts::new([account("main", &provider)]).unwrap();
        Shop {
            desk: desk(Arc::clone(&store), accounts, &clock),
            clock,
            provider,
            store,
        }
    }

    /// Its order has a payment.
    pub(crate) async fn opened() -> Shop {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop
    }

    /// Its order has a payment that is paid at the provider.
    pub(crate) async fn paid() -> Shop {
        let shop = Shop::opened().await;
        shop.provider.pay("1000");
        shop
    }

    /// Its order is paid and to be delivered.
    pub(crate) async fn handed_out() -> Shop {
        let shop = Shop::paid().await;
        let _ = deliver_now(shop.check().await);
        shop
    }

    /// The create was lost before it arrived, and is not found yet.
    pub(crate) async fn in_doubt() -> Shop {
        let shop = Shop::new();
        shop.provider.on_create(Failure::LostBefore);
        let _ = unresolved(shop.try_open().await);
        shop
    }

    /// The create arrived; its answer and the look-up are lost.
    pub(crate) async fn lost() -> Shop {
        let shop = Shop::new();
        shop.provider.on_create(Failure::LostAfter);
        shop.provider.on_resolve(Failure::LostBefore);
        assert!(shop.try_open().await.is_err());
        shop
    }

    /// A second account, `other`, at another provider.
    pub(crate) fn and_other(mut self) -> (Shop, Arc<MockProvider>) {
        let other = MockProvider::new("other-mock", &self.clock);
        let accounts = [account("main", &self.provider), account("other", &other)];
        let accounts = Accounts::new(accounts).unwrap();
        self.desk = desk(Arc::clone(&self.store), accounts, &self.clock);
        (self, other)
    }

    /// Another desk at the same accounts, as another process has it.
    pub(crate) fn desk_over<S: OrderStore>(&self, store: S) -> Desk<S> {
        desk(store, self.desk.accounts().clone(), &self.clock)
    }

    /// The shop's clock, as one that waiting moves.
    pub(crate) fn passing(&self) -> Arc<Passing> {
        Arc::new(Passing(Arc::clone(&self.clock)))
    }

    /// How much time passed on the shop's clock since then.
    pub(crate) fn passed(&self, since: SystemTime) -> Duration {
        self.clock.now().duration_since(since).unwrap()
    }

    /// A fate whose store takes so long to save.
    pub(crate) fn slow(&self, saving: Duration) -> Arc<Fate> {
        Arc::new(Fate {
            saving: Some((Arc::clone(&self.clock), saving)),
            ..Fate::default()
        })
    }

    /// The desk of a process of this fate.
    pub(crate) fn process(&self, fate: &Arc<Fate>) -> Desk<CrashingStore> {
        let account = CrashingProvider::account("main", self.provider.clone(), fate);
        let store = CrashingStore::new(&self.store, fate);
        desk(store, Accounts::new([account]).unwrap(), &self.clock)
    }

    /// Opens the order, which has to work.
    pub(crate) async fn open(&self) -> Created {
        ready(self.try_open().await.unwrap())
    }

    pub(crate) async fn try_open(&self) -> Result<Opened, DeskError<Infallible>> {
        self.desk.open("1000").await
    }

    /// Puts in and opens another order.
    pub(crate) async fn put_and_open(&self, name: &str) -> Created {
        self.store.put(name, order(name, "main"));
        ready(self.desk.open(name).await.unwrap())
    }

    pub(crate) async fn check(&self) -> Outcome {
        self.desk.check("1000").await.unwrap()
    }

    pub(crate) async fn visit(&self) -> Outcome {
        self.desk.visit("1000").await.unwrap()
    }

    /// The provider's hint at this payment.
    pub(crate) async fn hint(&self, reference: &str) -> Outcome {
        self.follow(&self.provider.hint(reference)).await
    }

    /// Any hint at all.
    pub(crate) async fn follow(&self, hint: &Hint) -> Outcome {
        self.desk.hint("1000", hint.clone()).await.unwrap()
    }

    pub(crate) async fn reopen(&self, reference: &str) -> Result<Reopened, DeskError<Infallible>> {
        let reference = reference.parse().unwrap();
        self.desk.reopen("1000", reference).await
    }

    /// Opens the order under another reference, which has to work.
    pub(crate) async fn reopened(&self, reference: &str) -> Created {
        match self.reopen(reference).await.unwrap() {
            Reopened::Opened(opened) => ready(opened),
            Reopened::Kept(outcome) => panic!("kept: {outcome:?}"),
        }
    }

    pub(crate) async fn claim(&self) -> Claimed {
        let now = self.clock.now();
        self.store.claim("1000", now, LEASE).await.unwrap()
    }

    /// Claims the order, which has to be free.
    pub(crate) async fn claimed(&self) -> Claim {
        match self.claim().await {
            Claimed::Granted { claim, .. } => claim,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the provider is asked for anything.
    pub(crate) async fn is_asked(&self) {
        while self.provider.calls().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let order = self.store.load("1000").await.unwrap();
        order.unwrap().ledger().clone()
    }
}

/// A clock that waiting moves.
#[derive(Debug)]
pub(crate) struct Passing(Arc<MockClock>);

impl Runtime for Passing {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            self.0.advance(time);
            tokio::task::yield_now().await;
        })
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

pub(crate) fn ready(opened: Opened) -> Created {
    match opened {
        Opened::Ready(created) => *created,
        other => panic!("{other:?}"),
    }
}

/// After what time an open that is in doubt is to be repeated.
pub(crate) fn unresolved<E: Debug>(opened: Result<Opened, E>) -> Duration {
    match opened {
        Ok(Opened::Unresolved { retry_after }) => retry_after,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn deliver_now(outcome: Outcome) -> Delivery {
    match outcome {
        Outcome::DeliverNow(delivery) => *delivery,
        other => panic!("{other:?}"),
    }
}

/// The reference of the payment that pays the order.
pub(crate) fn paid_by(outcome: Outcome) -> String {
    deliver_now(outcome).reference().to_string()
}

/// The provider's error.
pub(crate) fn payment_error<T: Debug>(result: Result<T, DeskError<Infallible>>) -> Error {
    match result {
        Err(DeskError::Payment(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn account(name: &str, provider: &Arc<MockProvider>) -> Account {
    let provider: Arc<dyn PaymentProvider> = provider.clone();
    CrashingProvider::account(name, provider, &Fate::kind())
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
        // What is seen without pauses is tested with them in `waiting`.
        .visit_intervals(Duration::ZERO, Duration::ZERO)
        .runtime(clock.clone())
}
