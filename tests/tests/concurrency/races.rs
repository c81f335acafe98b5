//! Settling raced 64 ways, and a handle that is resolved twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use paylink::desk::{Desk, MemoryStore, Opened, OrderStore, Outcome, StoredOrder};
use paylink::{Capability, Created, ExpectedPayment, Resolution, Settlement};
use paylink_books::Books;
use paylink_core::Effect;
use paylink_core::provider::Resolved;
use paylink_sandbox::FaultRule;
use paylink_tests::chance::ANSWER_LOST;
use paylink_tests::postgres::in_own_place;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::stall::Stall;
use super::{asked, desk};

const AT_ONCE: usize = 64;
/// Half a minute here, which a loaded machine may need.
const PATIENCE: Duration = Duration::from_secs(25 * 60);
/// The next order's reference: several providers may share a database.
static NEXT: AtomicU32 = AtomicU32::new(1_000_000);

/// The client alone: each of 64 has the same proof, and the provider confirmed once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_raced_by_the_client_proves_the_same_to_all() {
    for provider in paylink::providers() {
        let stall = Stall::open(provider).await;
        let payment = stall.payment("1000");
        let created = stall.client.create(&payment).await.unwrap();
        stall.pay(created.record());
        let expected = ExpectedPayment::new(
            payment.reference().clone(),
            *payment.price(),
            created.record().clone(),
        );
        let (mut running, together) = (JoinSet::new(), Arc::new(Barrier::new(AT_ONCE)));
        for _ in 0..AT_ONCE {
            let (client, expected) = (Arc::clone(&stall.client), expected.clone());
            let together = Arc::clone(&together);
            running.spawn(async move {
                together.wait().await;
                client.settle(&expected).await.unwrap()
            });
        }
        let mut proofs = BTreeSet::new();
        for settlement in running.join_all().await {
            let (Settlement::Settled(proof) | Settlement::AlreadySettled(proof)) = settlement
            else {
                panic!("{}: {settlement:?}", stall.name());
            };
            proofs.insert(format!(
                "{} {} {}",
                proof.order(),
                proof.reference(),
                proof.amount()
            ));
        }
        assert_eq!(proofs.len(), 1, "{proofs:?}");
        confirmed_once(&stall, &created);
    }
}

/// Where a provider keeps count, it confirmed the payment once.
fn confirmed_once(stall: &Stall, created: &Created) {
    if stall.name() == "zipay" {
        let there = stall.sandbox.zipay().invoice(stall.id(created.record()));
        assert_eq!(there.unwrap().times_verified(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_raced_by_desks_hands_out_once() {
    for provider in paylink::providers() {
        let stall = Stall::open(provider).await;
        raced(&stall, 1, "in memory", &Arc::new(MemoryStore::new()), put).await;
        raced(
            &stall,
            4,
            "in memory, four",
            &Arc::new(MemoryStore::new()),
            put,
        )
        .await;
        let folder = tempfile::tempdir().unwrap();
        let books = Books::sqlite(folder.path().join("shop.db")).await.unwrap();
        raced(&stall, 1, "on sqlite", &books, add).await;
        raced(&stall, 4, "on sqlite, four", &books, add).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_raced_by_desks_on_postgres_hands_out_once() {
    let place = std::env::var("PAYLINK_POSTGRES")
        .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
    let raced = in_own_place(&place, async |place| {
        let books = Books::postgres(&place).await?;
        for provider in paylink::providers() {
            let stall = Stall::open(provider).await;
            raced(&stall, 1, &format!("{} 1", provider.name()), &books, add).await;
            raced(&stall, 4, &format!("{} 4", provider.name()), &books, add).await;
        }
        books.close().await;
        Ok(())
    });
    raced.await.unwrap();
}

async fn put(store: Arc<MemoryStore>, order: String, stored: StoredOrder) {
    store.put(order, stored);
}

async fn add(books: Books, order: String, stored: StoredOrder) {
    books.add(&order, &stored).await.unwrap();
}

/// 64 calls at so many desks over one store: hints, visits and checks of one paid order.
async fn raced<S, F>(
    stall: &Stall,
    desks: usize,
    order: &str,
    store: &S,
    put: impl FnOnce(S, String, StoredOrder) -> F,
) where
    S: OrderStore + Clone + 'static,
    F: Future<Output = ()>,
{
    let reference = NEXT.fetch_add(1, Ordering::SeqCst).to_string();
    let stored = StoredOrder::new("main", stall.payment(&reference));
    put(store.clone(), order.to_owned(), stored).await;
    let desks = (0..desks).map(|_| desk(stall, store.clone(), PATIENCE));
    let desks: Vec<Arc<Desk<S>>> = desks.collect();
    let Opened::Ready(created) = desks[0].open(order).await.unwrap() else {
        panic!("{order} is not opened");
    };
    stall.pay(created.record());
    let before = asked(stall);
    let hint = stall.hint(Capability::ReadReturn, created.record());
    let (mut running, together) = (JoinSet::new(), Arc::new(Barrier::new(AT_ONCE)));
    for number in 0..AT_ONCE {
        let (desk, hint) = (Arc::clone(&desks[number % desks.len()]), hint.clone());
        let (order, together) = (order.to_owned(), Arc::clone(&together));
        running.spawn(async move {
            together.wait().await;
            match hint.filter(|_| number % 3 == 0) {
                Some(hint) => desk.hint(&order, hint).await,
                None if number % 3 == 1 => desk.visit(&order).await,
                None => desk.check(&order).await,
            }
        });
    }
    let (mut now, mut deliveries) = (0, BTreeSet::new());
    for outcome in running.join_all().await {
        match outcome.unwrap() {
            Outcome::DeliverNow(delivery) => {
                now += 1;
                deliveries.insert(delivery.id().to_string());
            }
            Outcome::AwaitingDelivery(delivery) => {
                deliveries.insert(delivery.id().to_string());
            }
            other => panic!("{} {order}: {other:?}", stall.name()),
        }
    }
    let what = format!("{} {order}", stall.name());
    assert_eq!((now, deliveries.len()), (1, 1), "{what}: {deliveries:?}");
    let (confirms, all) = asked(stall);
    assert_eq!(confirms - before.0, 1, "{what}");
    // One look by one of them: it reads, and it confirms.
    assert!(all - before.1 <= 2, "{what}: {}", all - before.1);
    confirmed_once(stall, &created);
}

/// Whoever resolves a handle, together or after another, is told the same, and nothing is created by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_that_is_resolved_twice_says_the_same() {
    for provider in paylink::providers() {
        let stall = Stall::open(provider).await;
        let creates = provider
            .operations()
            .iter()
            .find(|it| it.name().contains("create"));
        let creates = creates
            .or_else(|| provider.operations().first())
            .unwrap()
            .name();
        for (number, fault) in (1_000_000..).zip(ANSWER_LOST) {
            let reference = number.to_string();
            let rule = FaultRule::new(fault).of(stall.name()).on(creates).times(1);
            stall.sandbox.faults().set(rule).unwrap();
            let payment = stall.payment(&reference);
            let error = stall.client.create(&payment).await.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{error}");
            let handle = error.handle().unwrap();
            let before = asked(&stall);
            let (one, other) =
                tokio::join!(stall.client.resolve(handle), stall.client.resolve(handle));
            let later = stall.client.resolve(handle).await;
            let said = [one, other, later].map(|said| said.map(|said| told(&stall, said)));
            let said = said.map(|said| said.map_err(|error| (error.kind(), error.effect())));
            assert_eq!(said[0], said[1], "{}", stall.name());
            assert_eq!(said[0], said[2], "{}", stall.name());
            let finds = stall.offers(Capability::FindCreated);
            let found = matches!(&said[0], Ok(Some(_)));
            assert_eq!(found, finds, "{}: {said:?}", stall.name());
            assert_eq!(stall.created_under(&reference), 1, "{}", stall.name());
            let looked = asked(&stall).1 > before.1;
            assert_eq!(looked, finds, "{}", stall.name());
        }
    }
}

/// The id of what was found.
fn told(stall: &Stall, said: Resolution<Resolved>) -> Option<String> {
    match said {
        Resolution::Executed(Resolved::Created(created)) => {
            Some(stall.id(created.record()).to_owned())
        }
        Resolution::Executed(other) => panic!("{other:?}"),
        _ => None,
    }
}
