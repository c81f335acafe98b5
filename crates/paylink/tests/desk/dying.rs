//! Every process dies, or loses an answer of its store, at any two of its steps; the next one goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use paylink::desk::{Desk, MemoryStore, Opened, Outcome, Reopened};
use paylink::{Accounts, Capability, PaymentProvider, PaymentState};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{MockProvider, SETTLING};

use crate::crashing_store::{CrashPoint, CrashingProvider, CrashingStore, Fate};
use crate::shop::{LEASE, desk, order};

/// More than it ever takes.
const PROCESSES: usize = 8;

/// What outlives a process.
struct World {
    clock: Arc<MockClock>,
    till: Arc<MockProvider>,
    store: Arc<MemoryStore>,
    /// How often anybody was told to deliver.
    told: AtomicU32,
    /// The reference of the next attempt, should one be lost.
    next: AtomicU32,
}

type MortalDesk = Desk<CrashingStore>;

impl World {
    fn new(till: fn(&'static str, &Arc<MockClock>) -> Arc<MockProvider>) -> World {
        let clock = Arc::new(MockClock::default());
        let store = Arc::new(MemoryStore::new());
        store.put("1000", order("1000", "main"));
        World {
            till: till("till", &clock),
            clock,
            store,
            told: AtomicU32::new(0),
            next: AtomicU32::new(1001),
        }
    }

    /// One process, from its start to its end, or to its death.
    async fn process(&self, fate: &Arc<Fate>) {
        let till: Arc<dyn PaymentProvider> = self.till.clone();
        let account = CrashingProvider::account("main", till, fate);
        let store = CrashingStore {
            inner: Arc::clone(&self.store),
            fate: Arc::clone(fate),
        };
        let desk = desk(store, Accounts::new([account]).unwrap(), &self.clock);
        let _ = fate.live(Box::pin(self.sell(&desk))).await;
    }

    async fn sell(&self, desk: &MortalDesk) {
        self.open(desk).await;
        let Some(paid) = self.paid_reference() else {
            return;
        };
        // Two returns and a look at once.
        let hint = self.till.hint(&paid);
        let (one, two) = (desk.hint("1000", hint.clone()), desk.hint("1000", hint));
        let all: [_; 3] = tokio::join!(one, two, desk.check("1000")).into();
        for outcome in all.into_iter().flatten() {
            self.hear(&outcome);
        }
        let _ = desk.mark_delivered("1000").await;
    }

    async fn open(&self, desk: &MortalDesk) {
        let created = match desk.open("1000").await {
            Ok(Opened::Ready(created)) => created,
            Ok(Opened::Lost(_)) => {
                let next = self.next.fetch_add(1, Ordering::SeqCst).to_string();
                match desk.reopen("1000", next.parse().unwrap()).await {
                    Ok(Reopened::Opened(Opened::Ready(created))) => created,
                    Ok(Reopened::Kept(outcome)) => return self.hear(&outcome),
                    _ => return,
                }
            }
            _ => return,
        };
        // The payer sees the page and pays, but not twice.
        if self.paid_reference().is_none() {
            self.till.pay(created.record().reference().as_str());
        }
    }

    fn hear(&self, outcome: &Outcome) {
        match outcome {
            Outcome::DeliverNow(_) => {
                self.told.fetch_add(1, Ordering::SeqCst);
            }
            Outcome::Mismatch(mismatch) => panic!("{mismatch}"),
            _ => {}
        }
    }

    fn paid_reference(&self) -> Option<String> {
        let paid = self.till.payments().into_iter();
        let mut paid = paid.filter(|entry| entry.state == PaymentState::Paid);
        paid.next().map(|entry| entry.reference)
    }
}

/// Sells one order in a world in which each process meets one of these blows, and those after them none; says whether the
/// first process died.
async fn sold(
    till: fn(&'static str, &Arc<MockClock>) -> Arc<MockProvider>,
    blows: &[(u32, CrashPoint)],
) -> bool {
    let world = World::new(till);
    let mut first_died = None;
    for process in 0..PROCESSES {
        let fate = Fate::of(blows.get(process).copied());
        world.process(&fate).await;
        first_died.get_or_insert(fate.is_dead());
        // Leases run out, and the till's books are up to date.
        world.clock.advance(LEASE + SETTLING);
    }
    let delivered = world.store.deliveries();
    assert_eq!(delivered.len(), 1, "{blows:?}");
    assert!(world.told.load(Ordering::SeqCst) <= 1, "{blows:?}");
    let paid = world.paid_reference().unwrap();
    assert_eq!(delivered[0].reference().as_str(), paid, "{blows:?}");
    let created = world.till.payments().len();
    let finds = world.till.capabilities().support(Capability::FindCreated);
    if finds.is_supported() {
        assert_eq!(created, 1, "{blows:?}");
    } else {
        assert!(created <= 1 + blows.len(), "{blows:?}: {created}");
    }
    first_died == Some(true)
}

async fn sold_whatever_happens(till: fn(&'static str, &Arc<MockClock>) -> Arc<MockProvider>) {
    let mut steps = 0;
    while sold(till, &[(steps, CrashPoint::Dies)]).await {
        steps += 1;
    }
    assert!(steps > 20, "{steps}");
    for (one, other) in [
        (CrashPoint::Dies, CrashPoint::Dies),
        (CrashPoint::Dies, CrashPoint::StoreFails),
        (CrashPoint::StoreFails, CrashPoint::Dies),
        (CrashPoint::StoreFails, CrashPoint::StoreFails),
    ] {
        for first in 0..steps {
            for second in 0..steps {
                sold(till, &[(first, one), (second, other)]).await;
            }
        }
    }
}

#[tokio::test]
async fn an_order_is_handed_out_once_whenever_two_processes_die() {
    sold_whatever_happens(MockProvider::new).await;
}

#[tokio::test]
async fn so_it_is_where_no_payment_can_be_found_again() {
    sold_whatever_happens(MockProvider::forgetful).await;
}
