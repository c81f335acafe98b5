//! The contract of stores finds every flaw that a store can have.

mod flawed;
mod torn;

use std::sync::Arc;

use async_trait::async_trait;
use paylink::desk::contract::{self, Case, Subject};
use paylink::desk::{MemoryStore, OrderStore, StoredOrder};

use self::flawed::Flaw;
use self::torn::Tear;

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
    (Flaw::ListsWhatIsHeld, Case::DueIsFound),
    (Flaw::TakesADeliveryInTwoSteps, Case::TakenByOne),
    (Flaw::TakesMoreThanAskedFor, Case::EarliestTaken),
    (Flaw::TakesTheLatestFirst, Case::EarliestTaken),
    (Flaw::LetsAnybodyPutOff, Case::PutOffOrClosed),
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
    assert!(broken.to_string().contains(case.rule()), "{broken}");
    assert!(contract::check(flaw).await.is_err(), "{flaw:?}");
}

#[tokio::test]
async fn one_thread_proves_nothing_and_is_refused() {
    let broken = contract::check(&InMemory).await.unwrap_err();
    assert!(broken.detail().contains("one thread"), "{broken}");
}
