//! Every process dies, or loses an answer of its store, at any two of its steps; the next one goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use paylink::desk::{Desk, Opened, Outcome, Reopened};
use paylink::{Capability, PaymentProvider, PaymentState};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{MockProvider, SETTLING};

use crate::crashing_store::{CrashPoint, CrashingStore, Fate};
use crate::shop::{LEASE, Shop};

/// More than it ever takes.
const PROCESSES: usize = 8;

/// What outlives a process.
struct World {
    shop: Shop,
    /// How often anybody was told to deliver.
    told: AtomicU32,
    /// The reference of the next attempt, should one be lost.
    next: AtomicU32,
}

type MortalDesk = Desk<CrashingStore>;
type AnyProvider = fn(&'static str, &Arc<MockClock>) -> Arc<MockProvider>;

impl World {
    /// One process, from its start to its end, or to its death.
    async fn process(&self, fate: &Arc<Fate>) {
        let desk = self.shop.process(fate);
        let _ = fate.live(Box::pin(self.sell(&desk))).await;
    }

    async fn sell(&self, desk: &MortalDesk) {
        self.open(desk).await;
        let Some(paid) = self.paid_reference() else {
            return;
        };
        // Two returns and a look at once.
        let hint = self.shop.provider.hint(&paid);
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
            self.shop
                .provider
                .pay(created.record().reference().as_str());
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
        let paid = self.shop.provider.payments().into_iter();
        let mut paid = paid.filter(|entry| entry.state == PaymentState::Paid);
        paid.next().map(|entry| entry.reference)
    }
}

/// Sells one order in a world in which each process meets one of these crashes, and those after them none; says whether the
/// first process died.
async fn sold(provider: AnyProvider, crashes: &[(u32, CrashPoint)]) -> bool {
    let world = World {
        shop: Shop::at(provider),
        told: AtomicU32::new(0),
        next: AtomicU32::new(1001),
    };
    let mut first_died = None;
    for process in 0..PROCESSES {
        let fate = Fate::of(crashes.get(process).copied());
        world.process(&fate).await;
        first_died.get_or_insert(fate.is_dead());
        // Leases run out, and the provider's books are up to date.
        world.shop.clock.advance(LEASE + SETTLING);
    }
    let delivered = world.shop.store.deliveries();
    assert_eq!(delivered.len(), 1, "{crashes:?}");
    assert!(world.told.load(Ordering::SeqCst) <= 1, "{crashes:?}");
    let paid = world.paid_reference().unwrap();
    assert_eq!(delivered[0].reference().as_str(), paid, "{crashes:?}");
    let created = world.shop.provider.payments().len();
    let finds = world
        .shop
        .provider
        .capabilities()
        .support(Capability::FindCreated);
    if finds.is_supported() {
        assert_eq!(created, 1, "{crashes:?}");
    } else {
        assert!(created <= 1 + crashes.len(), "{crashes:?}: {created}");
    }
    first_died == Some(true)
}

async fn sold_whatever_happens(provider: AnyProvider) {
    let mut steps = 0;
    while sold(provider, &[(steps, CrashPoint::Dies)]).await {
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
                sold(provider, &[(first, one), (second, other)]).await;
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
