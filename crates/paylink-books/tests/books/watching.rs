//! What runs in the background over books: the watch, and the dead letters that it leaves to a person.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use paylink::desk::{Deliver, Delivery, Desk, Stage};
use paylink_books::{Books, Deliveries};
use tokio::sync::oneshot;

use crate::on_both;
use crate::orders::order;
use crate::place::{Place, run};
use crate::promises::desk_at;

on_both!(
    what_is_paid_is_found_and_sent_until_the_shop_closes,
    a_dead_letter_waits_for_a_person,
);

/// Sends, or fails.
#[derive(Default)]
struct Warehouse {
    is_closed: AtomicBool,
    tried: AtomicU32,
}

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(&self, _: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.tried.fetch_add(1, Ordering::SeqCst);
        match self.is_closed.load(Ordering::SeqCst) {
            true => Err("nobody is there".into()),
            false => Ok(()),
        }
    }
}

async fn stage(desk: &Desk<Books>, order: &str) -> Stage {
    desk.order(order).await.unwrap().ledger().stage()
}

async fn what_is_paid_is_found_and_sent_until_the_shop_closes(place: &Place) {
    let (desk, provider, clock) = desk_at(place.fresh().await);
    let desk = Arc::new(desk);
    for number in 1000..1020_u32 {
        let name = number.to_string();
        desk.store().add(&name, &order(&name)).await.unwrap();
        let _ = desk.open(&name).await.unwrap();
        provider.pay(&name);
    }
    clock.advance(Duration::from_secs(60));
    let (close, closing) = oneshot::channel::<()>();
    let watch = desk.store().watch(&desk, Warehouse::default());
    let watch = tokio::spawn(watch.run(async { drop(closing.await) }));
    let all = async {
        loop {
            let snapshot = desk.store().snapshot().await.unwrap();
            if snapshot.orders.get("delivered") == Some(&20) {
                break snapshot;
            }
            // What could not be written at once is due again later, on a clock that goes on.
            clock.advance(Duration::from_millis(100));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let snapshot = tokio::time::timeout(Duration::from_secs(60), all).await;
    let snapshot = snapshot.expect("all of them go out");
    assert_eq!((snapshot.due, snapshot.taken_over), (0, 0));
    close.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(30), watch).await;
    ended.expect("an end").unwrap();
    assert_eq!(desk.store().check().await.unwrap(), []);
}

async fn a_dead_letter_waits_for_a_person(place: &Place) {
    let (desk, provider, clock) = desk_at(place.fresh().await);
    let desk = Arc::new(desk);
    let books = desk.store();
    books.add("1000", &order("1000")).await.unwrap();
    let _ = desk.open("1000").await.unwrap();
    provider.pay("1000");
    let _ = desk.check("1000").await.unwrap();
    let warehouse = Arc::new(Warehouse::default());
    warehouse.is_closed.store(true, Ordering::SeqCst);
    let watch = books.watch(&desk, Arc::clone(&warehouse));
    let watch = watch.outbox(|outbox| outbox.tries(3));
    for _ in 0..10 {
        watch.step().await.unwrap();
        clock.advance(Duration::from_secs(60 * 60));
    }
    assert_eq!(warehouse.tried.load(Ordering::SeqCst), 3);
    let dead = books.outbox(&Deliveries::dead()).await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts, dead[0].due_at), (1, 3, None));
    assert!(dead[0].dead_at.is_some());
    assert_eq!(books.outbox(&Deliveries::open()).await.unwrap(), dead);
    let snapshot = books.snapshot().await.unwrap();
    assert_eq!((snapshot.dead, snapshot.outbox), (1, 0));

    // It is tried once for each time that a person says so.
    for (is_closed, tried, left) in [(true, 4, 1), (false, 5, 0)] {
        warehouse.is_closed.store(is_closed, Ordering::SeqCst);
        assert!(books.retry_delivery("1000").await.unwrap());
        assert!(books.outbox(&Deliveries::dead()).await.unwrap().is_empty());
        // It is due by the machine's clock, which is behind the test's.
        watch.step().await.unwrap();
        assert_eq!(warehouse.tried.load(Ordering::SeqCst), tried);
        assert_eq!(books.outbox(&Deliveries::dead()).await.unwrap().len(), left);
    }
    assert_eq!(stage(&desk, "1000").await, Stage::Delivered);
    assert!(!books.retry_delivery("1000").await.unwrap());
    assert!(books.outbox(&Deliveries::open()).await.unwrap().is_empty());
}

/// An account that was renamed would keep its orders from being looked at for ever, and nobody would know.
#[tokio::test]
async fn how_the_books_stand_is_reported_and_orders_that_nobody_looks_at() {
    let place = Place::sqlite();
    let (desk, _, _) = desk_at(place.fresh().await);
    let desk = Arc::new(desk);
    desk.store().add("1000", &order("1000")).await.unwrap();
    let renamed = "UPDATE paylink_orders SET account = 'renamed', next_check_at = 1";
    run(desk.store(), renamed).await;
    let watch = desk.store().watch(&desk, Warehouse::default());
    let told = tempfile::NamedTempFile::new().unwrap();
    let log = tracing_subscriber::fmt().with_ansi(false);
    let log = log.with_writer(Arc::new(told.reopen().unwrap())).finish();
    let listening = tracing::subscriber::set_default(log);
    watch
        .run(tokio::time::sleep(Duration::from_millis(500)))
        .await;
    drop(listening);
    let told = std::fs::read_to_string(told.path()).unwrap();
    assert!(
        told.contains("taken_over=0") && told.contains("due=1"),
        "{told}"
    );
    assert!(told.contains("account=\"renamed\""), "{told}");
}
