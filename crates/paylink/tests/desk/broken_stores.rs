//! The contract of stores finds every flaw that a store can have.

mod flawed;

use std::sync::Arc;

use async_trait::async_trait;
use paylink::desk::contract::{self, Case, Subject};
use paylink::desk::{MemoryStore, StoredOrder};

use self::flawed::Flaw;

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
    (Flaw::LetsAnybodyPutOff, Case::PutOffOrClosed),
    (Flaw::ForgetsWhatWentOut, Case::PutOffOrClosed),
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_in_memory_keeps_the_contract() {
    contract::check(&InMemory).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_without_a_flaw_keeps_the_contract() {
    contract::check(&Flaw::None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_flaw_is_found_by_its_case() {
    for (flaw, case) in FOUND.iter().copied() {
        let found = contract::check_one(&flaw, case).await;
        let Err(broken) = found else {
            panic!("{flaw:?} passed {case}");
        };
        assert_eq!(broken.case(), case);
        assert!(broken.to_string().contains(case.rule()), "{broken}");
        assert!(contract::check(&flaw).await.is_err(), "{flaw:?}");
    }
    for case in Case::ALL {
        let can_fail = FOUND.iter().any(|(_, by)| by == case);
        assert!(can_fail, "nothing fails {case}");
    }
}

#[tokio::test]
async fn one_thread_proves_nothing_and_is_refused() {
    let broken = contract::check(&InMemory).await.unwrap_err();
    assert!(broken.how().contains("one thread"), "{broken}");
}
