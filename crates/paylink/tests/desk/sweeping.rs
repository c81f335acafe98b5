//! What is due is found and done by itself: orders that nobody comes back for, and deliveries.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paylink::PaymentState;
use paylink::core::Environment;
use paylink::desk::{
    Claimed, Deliver, Delivery, Desk, MemoryStore, Opened, OrderStore, Outbox, Outcome, Stage,
    Sweep,
};

use crate::shop::{LEASE, Shop, desk, order, ready};
use crate::till::Blow;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn shared(shop: &Shop) -> Arc<Desk<Arc<MemoryStore>>> {
    let providers = shop.desk.providers().clone();
    Arc::new(desk(Arc::clone(&shop.store), providers, &shop.clock))
}

async fn sweep(shop: &Shop) {
    Sweep::new(shared(shop)).once().await.unwrap();
}

async fn is_due(shop: &Shop) -> bool {
    !shop
        .store
        .due(shop.clock.now(), 9)
        .await
        .unwrap()
        .is_empty()
}

#[tokio::test]
async fn a_payment_that_nobody_came_back_for_is_settled_in_time() {
    let shop = Shop::new();
    let _ = shop.open().await;
    sweep(&shop).await;
    assert_eq!(shop.till.calls(), ["create"], "it was not due");
    // It is paid at the worst moment of each hour, and always found before half an hour is over.
    for minutes in 0..60 * 23 {
        shop.clock.advance(MINUTE);
        sweep(&shop).await;
        if minutes == 60 * 22 {
            shop.till.pay("1000");
        }
        if minutes >= 60 * 22 && shop.ledger().await.stage() == Stage::HandedOut {
            assert!(minutes < 60 * 22 + 15, "{minutes}");
            assert_eq!(shop.store.deliveries().len(), 1);
            let settles = shop.till.calls().len();
            assert!(settles < 200, "{settles}");
            assert!(!is_due(&shop).await);
            return;
        }
    }
    panic!("it was not found");
}

#[tokio::test]
async fn what_is_over_is_looked_at_no_more_until_somebody_comes() {
    for state in [
        PaymentState::Expired,
        PaymentState::Failed,
        PaymentState::Cancelled,
        PaymentState::Refunded,
    ] {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop.till.set("1000", state.clone());
        shop.clock.advance(MINUTE);
        assert!(is_due(&shop).await);
        sweep(&shop).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Over, "{state}");
        shop.clock.advance(DAY * 30);
        assert!(!is_due(&shop).await);
        // A provider that changes its mind is believed.
        shop.till.pay("1000");
        let looked = shop.desk.visit("1000").await.unwrap();
        assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
    }
}

#[tokio::test]
async fn an_abandoned_order_is_watched_for_a_day_and_again_when_it_is_shown() {
    let shop = Shop::new();
    let created = shop.open().await;
    while shop.ledger().await.stage() == Stage::Open {
        shop.clock.advance(MINUTE * 5);
        sweep(&shop).await;
    }
    let asked = shop.till.calls().len();
    assert!((20..200).contains(&asked), "{asked}");
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
    shop.clock.advance(DAY);
    sweep(&shop).await;
    assert_eq!(shop.till.calls().len(), asked);
    // The payer opens the page of last week.
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    shop.till.pay("1000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::HandedOut);
}

#[tokio::test]
async fn a_lost_create_is_looked_up_when_that_tells() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostAfter);
    shop.till.on_resolve(Blow::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::HandedOut);

    // One that never was asks for nothing more.
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(matches!(opened, Opened::NotYetKnown { .. }), "{opened:?}");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
    let _ = shop.open().await;
    assert_eq!(shop.ledger().await.stage(), Stage::Open);

    let shop = Shop::at_forgetful();
    shop.till.on_create(Blow::LostAfter);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
}

#[tokio::test]
async fn an_order_that_somebody_holds_costs_nothing_and_comes_again() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.clock.advance(MINUTE);
    let claimed = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    assert!(
        matches!(claimed, Ok(Claimed::Granted { .. })),
        "{claimed:?}"
    );
    sweep(&shop).await;
    assert_eq!(shop.till.calls(), ["create"]);
    shop.clock.advance(LEASE);
    sweep(&shop).await;
    assert_eq!(shop.till.calls(), ["create", "settle"]);
}

#[tokio::test]
async fn trouble_with_a_provider_is_asked_about_ever_less_often_and_never_given_up() {
    let shop = Shop::new();
    let _ = shop.open().await;
    for _ in 0..500 {
        shop.till.on_settle(Blow::LostBefore);
    }
    for _ in 0..60 * 48 {
        shop.clock.advance(MINUTE);
        sweep(&shop).await;
    }
    let asked = shop.till.calls().len();
    assert!((200..400).contains(&asked), "{asked}");
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
}

/// Each of its looks may take minutes: they are not to use up the time that another provider gives.
#[tokio::test]
async fn a_provider_that_is_down_keeps_nobody_from_the_orders_of_another() {
    let (shop, other) = Shop::new().and_other();
    for number in 0..20 {
        for account in ["main", "other"] {
            let name = format!("{account}-{number:02}");
            shop.store.put(&name, order(&name, account));
            let _ = ready(shop.desk.open(&name).await.unwrap());
            shop.till.on_settle(Blow::LostBefore);
        }
    }
    shop.till.forget_calls();
    other.forget_calls();
    shop.clock.advance(MINUTE);
    let sweep = Sweep::new(shared(&shop)).at_once(1);
    sweep.once().await.unwrap();
    assert_eq!(other.calls().len(), 20);
    assert_eq!(shop.till.calls().len(), 1);
    // They are all looked at once it answers again.
    shop.till.answers_again();
    shop.clock.advance(MINUTE * 5);
    sweep.once().await.unwrap();
    assert_eq!(shop.till.calls().len(), 1 + 20);
}

/// A mismatch of the newest payment hides no older one that is paid.
#[tokio::test]
async fn an_older_payment_that_is_paid_is_found_behind_a_mismatch() {
    for paid in [true, false] {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop.till.set("1000", PaymentState::Expired);
        let again = shop.desk.start_over("1000", "1000-b".parse().unwrap());
        let _ = again.await.unwrap();
        let dearer = paylink::Money::new("150001", paylink::Currency::Irr).unwrap();
        shop.till.change("1000-b", |entry| entry.amount = dearer);
        shop.till.pay("1000-b");
        if paid {
            shop.till.pay("1000");
        }
        let looked = shop.desk.look("1000").await.unwrap();
        match looked {
            Outcome::DeliverNow(delivery) => {
                assert!(paid);
                assert_eq!(delivery.reference().as_str(), "1000");
            }
            Outcome::Mismatch(_) => assert!(!paid),
            other => panic!("{other:?}"),
        }
        assert_eq!(shop.store.deliveries().len(), usize::from(paid));
    }
}

/// Neither does a newest payment of which nobody knows yet whether it exists, whatever a hint says.
#[tokio::test]
async fn an_older_payment_that_is_paid_is_found_behind_one_in_doubt() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    shop.till.on_create(Blow::LostBefore);
    let again = shop.desk.start_over("1000", "1000-b".parse().unwrap());
    let _ = again.await.unwrap();
    shop.till.pay("1000");
    let hint = paylink::Hint::new("till").id("id", "till-9");
    let looked = shop.desk.hint("1000", hint).await.unwrap();
    assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
}

/// Goods that do not go out the first few times.
#[derive(Default)]
struct Warehouse {
    fails: AtomicU32,
    sent: Mutex<Vec<String>>,
}

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        let left = self.fails.load(Ordering::SeqCst);
        if left > 0 {
            self.fails.store(left - 1, Ordering::SeqCst);
            return Err("the van broke down".into());
        }
        self.sent.lock().unwrap().push(delivery.id().to_owned());
        Ok(())
    }
}

impl Warehouse {
    fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_again_later_until_it_goes_out_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    let warehouse = Arc::new(Warehouse::default());
    warehouse.fails.store(3, Ordering::SeqCst);
    let outbox = Outbox::new(shared(&shop), Arc::clone(&warehouse));
    for pause in [10, 20, 40] {
        outbox.once().await.unwrap();
        assert_eq!(shop.ledger().await.stage(), Stage::HandedOut);
        shop.clock.advance(Duration::from_millis(pause * 1_000 - 1));
        outbox.once().await.unwrap();
        shop.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(
        (warehouse.sent(), warehouse.fails.load(Ordering::SeqCst)),
        (0, 0)
    );
    for _ in 0..3 {
        outbox.once().await.unwrap();
        assert_eq!(*warehouse.sent.lock().unwrap(), ["1000"]);
        assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
        shop.clock.advance(DAY);
    }
}

#[tokio::test]
async fn goods_that_were_said_to_be_out_are_not_sent_again() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    let _ = shop.desk.delivered("1000").await.unwrap();
    let warehouse = Arc::new(Warehouse::default());
    let outbox = Outbox::new(shared(&shop), Arc::clone(&warehouse));
    outbox.once().await.unwrap();
    assert_eq!(warehouse.sent(), 0);
    let left = shop
        .store
        .take_deliveries(shop.clock.now() + DAY, MINUTE, 9);
    assert!(left.await.unwrap().is_empty());
}

/// Both workers do what there is, and end when they are told to.
#[tokio::test]
async fn sweep_and_outbox_run_until_they_are_stopped() {
    let shop = Shop::new();
    for number in 0..20 {
        let name = format!("{}", 2_000 + number);
        shop.store.put(&name, order(&name, "main"));
        let _ = ready(shop.desk.open(&name).await.unwrap());
        shop.till.pay(&name);
    }
    shop.clock.advance(MINUTE);
    let desk = shared(&shop);
    let warehouse = Arc::new(Warehouse::default());
    let reported = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&reported);
    let sweep = Sweep::new(Arc::clone(&desk))
        .at_once(3)
        .report(move |_, outcome| {
            assert!(matches!(outcome, Outcome::DeliverNow(_)), "{outcome:?}");
            count.fetch_add(1, Ordering::SeqCst);
        });
    let outbox = Outbox::new(desk, Arc::clone(&warehouse));
    let stopped = Arc::new(tokio::sync::Notify::new());
    let stop = || {
        let stopped = Arc::clone(&stopped);
        async move { stopped.notified().await }
    };
    let (sweep, outbox) = (
        tokio::spawn(sweep.run(stop())),
        tokio::spawn(outbox.run(stop())),
    );
    let done = async {
        while warehouse.sent() < 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(MINUTE, done)
        .await
        .expect("deliveries");
    stopped.notify_waiters();
    let ended = async { (sweep.await.unwrap(), outbox.await.unwrap()) };
    tokio::time::timeout(MINUTE, ended).await.expect("an end");
    assert_eq!(
        (reported.load(Ordering::SeqCst), warehouse.sent()),
        (20, 20)
    );
}
