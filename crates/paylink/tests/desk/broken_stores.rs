//! The contract of stores finds every flaw that a store can have.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::contract::{self, Case, Subject};
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, MemoryStore, OrderStore, Saved, StoredOrder,
};
use tokio::task::yield_now;

use self::flawed::Flaw;

mod flawed;

/// Every flaw, and the case that has to find it.
const FOUND: &[(Flaw, Case)] = &[
    (Flaw::InventsOrders, Case::UnknownOrder),
    (Flaw::ForgetsWhatIsSaved, Case::LedgerKept),
    (Flaw::ReadsThenClaims, Case::OneAtATime),
    (Flaw::HoldsNobodyOff, Case::OneAtATime),
    (Flaw::NeverEndsALease, Case::LeaseEnds),
    (Flaw::EndsLeasesEarly, Case::LeaseEnds),
    (Flaw::ReadsThenTakesOver, Case::OneTakesOver),
    (Flaw::NumbersEveryGrantAlike, Case::FenceGrows),
    (Flaw::ForgetsTheFenceOnRelease, Case::FenceGrows),
    (Flaw::KeepsWhatIsReleased, Case::ReleaseFrees),
    (Flaw::LetsAnybodyRelease, Case::OldClaimReleasesNothing),
    (Flaw::ClaimsAllOrdersAtOnce, Case::OrdersApart),
    (Flaw::GrantsWhatItReadBefore, Case::GrantIsFresh),
    (Flaw::LetsAnybodySave, Case::OldClaimSavesNothing),
    (Flaw::ComparesThenSaves, Case::SaveOrTakeover),
    (Flaw::DeliversWithoutTheLedger, Case::DeliverIsOneStep),
    (Flaw::WritesWithoutTheDelivery, Case::DeliverIsOneStep),
    (Flaw::DeliversTwice, Case::DeliverIsOneStep),
    (Flaw::LetsAnybodyDeliver, Case::OldClaimDeliversNothing),
    (
        Flaw::DeliversWhatIsSuperseded,
        Case::OldClaimDeliversNothing,
    ),
    (Flaw::ComparesThenDelivers, Case::DeliverOrTakeover),
    (Flaw::DeliversWithoutTheLedger, Case::DeliveredOnce),
    (Flaw::NeverWritesWhenToLook, Case::DueIsFound),
    (Flaw::KeepsWhatItSavesAtLast, Case::SavedAndReleased),
    (Flaw::LetsAnybodySaveAtLast, Case::SavedAndReleased),
    (Flaw::TakesWhatIsHeld, Case::DueIsFound),
    (Flaw::AsksNoAccount, Case::DueIsFound),
    (Flaw::ClaimsMoreThanAskedFor, Case::DueIsFound),
    (Flaw::ClaimsWhatIsDueInTwoSteps, Case::DueToOne),
    (Flaw::ForgetsThatItClaimed, Case::DueToOne),
    (Flaw::TakesADeliveryInTwoSteps, Case::TakenByOne),
    (Flaw::TakesMoreThanAskedFor, Case::EarliestTaken),
    (Flaw::TakesTheLatestFirst, Case::EarliestTaken),
    (Flaw::LetsAnybodyPutOff, Case::PutOffOrClosed),
    (Flaw::TriesDeadLetters, Case::PutOffOrClosed),
    (Flaw::ForgetsWhatWentOut, Case::PutOffOrClosed),
];

/// Every flaw of a store that does one step in several, or keeps no stage, and the case that has to find it.
const TORN: &[(Tear, Case)] = &[
    (Tear::NeverWritesTheStage, Case::StageIsWritten),
    (Tear::WritesTheFirstStageAlone, Case::StageIsWritten),
    (Tear::DeliversWithoutTheStage, Case::StageIsWritten),
    (Tear::SavesInTheBackground, Case::LedgerKept),
    (Tear::DeliversInTheBackground, Case::DeliverIsOneStep),
    (Tear::HoldsThenClaims, Case::ClaimDropped),
    (Tear::EmptiesWhatItGrants, Case::ClaimDropped),
    (Tear::SavesThenWritesTheStage, Case::SaveDropped),
    (Tear::WritesTheStageThenSaves, Case::SaveDropped),
    (Tear::EmptiesThenSaves, Case::SaveDropped),
    (Tear::SavesThenDelivers, Case::DeliverDropped),
    (Tear::DeliversThenSaves, Case::DeliverDropped),
    (Tear::EmptiesThenDelivers, Case::DeliverDropped),
    (Tear::DeliversAfterTheDrop, Case::DeliverDropped),
];

struct InMemory;

#[async_trait]
impl Subject for InMemory {
    type Store = MemoryStore;

    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<MemoryStore> {
        let store = MemoryStore::new();
        for (name, order) in orders {
            store.put(name, order.clone());
        }
        Arc::new(store)
    }

    async fn deliveries(&self, store: &MemoryStore, order: &str) -> usize {
        let outbox = store.deliveries();
        outbox
            .iter()
            .filter(|delivery| delivery.order() == order)
            .count()
    }

    async fn stage(&self, store: &MemoryStore, order: &str) -> String {
        let Ok(order) = store.load(order).await;
        order.expect("an order").ledger().stage().to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_in_memory_keeps_the_contract() {
    contract::check(&InMemory).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_without_a_flaw_keeps_the_contract() {
    contract::check(&Flaw::None).await.unwrap();
    contract::check(&Tear::None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_flaw_is_found_by_its_case() {
    for (flaw, case) in FOUND.iter().copied() {
        is_found(&flaw, case).await;
    }
    for (tear, case) in TORN.iter().copied() {
        is_found(&tear, case).await;
    }
    let found = FOUND.iter().map(|(_, by)| *by);
    let found: Vec<Case> = found.chain(TORN.iter().map(|(_, by)| *by)).collect();
    for case in Case::ALL {
        assert!(found.contains(case), "nothing fails {case}");
    }
}

async fn is_found(flaw: &(impl Subject + std::fmt::Debug), case: Case) {
    let found = contract::check_one(flaw, case).await;
    let Err(broken) = found else {
        panic!("{flaw:?} passed {case}");
    };
    assert_eq!(broken.case(), case);
    let rule = format!("{case:?}: {} ", case.rule());
    assert!(broken.to_string().starts_with(&rule), "{broken}");
    assert!(contract::check(flaw).await.is_err(), "{flaw:?}");
}

#[tokio::test]
async fn one_thread_proves_nothing_and_is_refused() {
    let broken = contract::check(&InMemory).await.unwrap_err();
    assert!(broken.detail().contains("one thread"), "{broken}");
}

/// Where a store does in several steps what has to be one, or what it leaves out beside the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tear {
    None,
    NeverWritesTheStage,
    WritesTheFirstStageAlone,
    DeliversWithoutTheStage,
    SavesInTheBackground,
    DeliversInTheBackground,
    HoldsThenClaims,
    EmptiesWhatItGrants,
    SavesThenWritesTheStage,
    WritesTheStageThenSaves,
    EmptiesThenSaves,
    SavesThenDelivers,
    DeliversThenSaves,
    EmptiesThenDelivers,
    DeliversAfterTheDrop,
}

/// A store that is slow and whole, but for one tear.
struct Torn {
    tear: Tear,
    rows: MemoryStore,
    beside: Mutex<Beside>,
}

/// What stands beside the rows.
#[derive(Default)]
struct Beside {
    stages: BTreeMap<String, String>,
    outbox: Vec<String>,
    held: BTreeSet<String>,
    /// What goes on behind the caller's back, until the next look or claim is answered.
    behind: Vec<Behind>,
}

enum Behind {
    Save(Claim, Box<Ledger>),
    Delivery(String),
}

impl Torn {
    fn is(&self, tear: Tear) -> bool {
        self.tear == tear
    }

    fn beside<T>(&self, change: impl FnOnce(&mut Beside) -> T) -> T {
        change(&mut self.beside.lock().expect("no panic under the lock"))
    }

    fn write_stage(&self, claim: &Claim, ledger: &Ledger) {
        let stage = ledger.stage().to_string();
        let order = claim.order().to_owned();
        self.beside(|beside| match self.tear {
            Tear::NeverWritesTheStage => {}
            Tear::WritesTheFirstStageAlone => {
                beside.stages.entry(order).or_insert(stage);
            }
            _ => {
                beside.stages.insert(order, stage);
            }
        });
    }

    fn write_delivery(&self, claim: &Claim) {
        self.beside(|beside| beside.outbox.push(claim.order().to_owned()));
    }

    fn behind(&self, work: Behind) {
        self.beside(|beside| beside.behind.push(work));
    }

    /// Brings to its end what goes on behind the caller's back.
    async fn catch_up(&self) {
        for work in self.beside(|beside| std::mem::take(&mut beside.behind)) {
            match work {
                Behind::Save(claim, ledger) => {
                    let _ = self.write(&claim, &ledger).await;
                }
                Behind::Delivery(order) => self.beside(|beside| beside.outbox.push(order)),
            }
        }
    }

    async fn write(&self, claim: &Claim, ledger: &Ledger) -> Saved {
        let Ok(saved) = self.rows.save(claim, ledger).await;
        saved
    }
}

#[async_trait]
impl OrderStore for Torn {
    type Error = Infallible;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, Infallible> {
        let loaded = self.rows.load(order).await;
        self.catch_up().await;
        loaded
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, Infallible> {
        yield_now().await;
        if self.is(Tear::HoldsThenClaims) {
            if !self.beside(|beside| beside.held.insert(order.to_owned())) {
                return Ok(Claimed::Held { until: now + lease });
            }
            yield_now().await;
            let claimed = self.rows.claim(order, now, lease).await;
            self.beside(|beside| beside.held.remove(order));
            return claimed;
        }
        let claimed = self.rows.claim(order, now, lease).await?;
        self.catch_up().await;
        if self.is(Tear::EmptiesWhatItGrants)
            && let Claimed::Granted { claim, order } = &claimed
        {
            let _ = self.write(claim, &Ledger::default()).await;
            yield_now().await;
            let _ = self.write(claim, order.ledger()).await;
        }
        Ok(claimed)
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, Infallible> {
        yield_now().await;
        match self.tear {
            Tear::SavesInTheBackground => {
                self.behind(Behind::Save(claim.clone(), Box::new(ledger.clone())));
                return Ok(Saved::Done);
            }
            Tear::WritesTheStageThenSaves => {
                self.write_stage(claim, ledger);
                yield_now().await;
            }
            Tear::EmptiesThenSaves => {
                let _ = self.write(claim, &Ledger::default()).await;
                yield_now().await;
            }
            _ => {}
        }
        let saved = self.write(claim, ledger).await;
        if self.is(Tear::SavesThenWritesTheStage) {
            yield_now().await;
        }
        if saved == Saved::Done {
            self.write_stage(claim, ledger);
        }
        Ok(saved)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, Infallible> {
        yield_now().await;
        let saved = match self.tear {
            Tear::SavesThenDelivers => {
                let saved = self.write(claim, ledger).await;
                yield_now().await;
                self.write_delivery(claim);
                saved
            }
            Tear::DeliversThenSaves => {
                self.write_delivery(claim);
                yield_now().await;
                self.write(claim, ledger).await
            }
            Tear::DeliversAfterTheDrop => {
                self.behind(Behind::Delivery(claim.order().to_owned()));
                yield_now().await;
                self.catch_up().await;
                self.write(claim, ledger).await
            }
            Tear::DeliversInTheBackground => {
                let saved = self.write(claim, ledger).await;
                self.behind(Behind::Delivery(claim.order().to_owned()));
                saved
            }
            Tear::EmptiesThenDelivers => {
                let _ = self.write(claim, &Ledger::default()).await;
                yield_now().await;
                self.rows.deliver(claim, ledger, delivery).await?
            }
            _ => self.rows.deliver(claim, ledger, delivery).await?,
        };
        if saved == Saved::Done && !self.is(Tear::DeliversWithoutTheStage) {
            self.write_stage(claim, ledger);
        }
        Ok(saved)
    }

    async fn release(&self, claim: &Claim) -> Result<(), Infallible> {
        yield_now().await;
        self.rows.release(claim).await
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, Infallible> {
        self.rows.claim_due(account, now, lease, limit).await
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, Infallible> {
        self.rows.take_due_deliveries(now, lease, limit).await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, Infallible> {
        self.rows.postpone_delivery(taken, until).await
    }

    async fn close_delivery(&self, id: &str) -> Result<(), Infallible> {
        self.rows.close_delivery(id).await
    }
}

#[async_trait]
impl Subject for Tear {
    type Store = Torn;

    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<Torn> {
        let rows = MemoryStore::new();
        for (name, order) in orders {
            rows.put(name, order.clone());
        }
        Arc::new(Torn {
            tear: *self,
            rows,
            beside: Mutex::default(),
        })
    }

    async fn deliveries(&self, store: &Torn, order: &str) -> usize {
        let rows = store.rows.deliveries();
        let whole = rows.iter().filter(|delivery| delivery.order() == order);
        let beside =
            |beside: &mut Beside| beside.outbox.iter().filter(|name| *name == order).count();
        whole.count() + store.beside(beside)
    }

    async fn stage(&self, store: &Torn, order: &str) -> String {
        let stage = store.beside(|beside| beside.stages.get(order).cloned());
        stage.unwrap_or_else(|| "new".to_owned())
    }
}
