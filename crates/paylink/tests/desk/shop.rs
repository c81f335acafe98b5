use std::sync::Arc;
use std::time::Duration;

use paylink::desk::{Desk, Ledger, MemoryStore, Opened, OrderStore, StoredOrder};
use paylink::{Created, Currency, Money, NewPayment, PaymentProvider, Provider, Providers};

use crate::clock::Clock;
use crate::mortal::{Fate, MortalProvider};
use crate::till::Till;

pub(crate) const LEASE: Duration = Duration::from_secs(120);

/// A shop with one order, `1000`, at the account `main`.
pub(crate) struct Shop {
    pub(crate) clock: Arc<Clock>,
    pub(crate) till: Arc<Till>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) desk: Desk<Arc<MemoryStore>>,
}

impl Shop {
    pub(crate) fn new() -> Shop {
        let clock = Clock::new();
        Shop::at(Till::new("till", &clock), clock)
    }

    /// At a provider that finds no payment by its reference.
    pub(crate) fn at_forgetful() -> Shop {
        let clock = Clock::new();
        Shop::at(Till::forgetful("till", &clock), clock)
    }

    fn at(till: Arc<Till>, clock: Arc<Clock>) -> Shop {
        let store = Arc::new(MemoryStore::new());
        store.put("1000", order("1000", "main"));
        let providers = Providers::new([account("main", &till)]).unwrap();
        Shop {
            desk: desk(Arc::clone(&store), providers, &clock),
            clock,
            till,
            store,
        }
    }

    /// A second account, `other`, at another till.
    pub(crate) fn and_other(mut self) -> (Shop, Arc<Till>) {
        let other = Till::new("other-till", &self.clock);
        let accounts = [account("main", &self.till), account("other", &other)];
        let providers = Providers::new(accounts).unwrap();
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

pub(crate) fn account(name: &str, till: &Arc<Till>) -> Provider {
    let till: Arc<dyn PaymentProvider> = till.clone();
    MortalProvider::account(name, till, &Fate::kind())
}

pub(crate) fn price() -> Money {
    Money::new("150000", Currency::Irr).unwrap()
}

pub(crate) fn order(reference: &str, account: &str) -> StoredOrder {
    StoredOrder::new(account, NewPayment::new(reference, price()).unwrap())
}

pub(crate) fn desk<S: OrderStore>(store: S, providers: Providers, clock: &Arc<Clock>) -> Desk<S> {
    Desk::new(store, providers)
        .lease(LEASE)
        .unwrap()
        // What is seen without pauses is tested with them in `visiting`.
        .visitor_pauses(Duration::ZERO, Duration::ZERO)
        .environment(clock.clone())
}
