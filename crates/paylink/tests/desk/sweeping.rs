//! What works in the background: the sweep, for how long it looks at an order, and the outbox.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paylink::PaymentState;
use paylink::core::Runtime;
use paylink::desk::{
    Claim, Claimed, Deliver, Delivery, Desk, MemoryStore, Opened, OrderStore, Outbox, Outcome,
    Stage, Sweep,
};
use paylink_testkit::mock_provider::{Failure, LONGEST_CALL};
use paylink_testkit::{MockClock, assert_matches};

use crate::crashing_store::{CrashPoint, Fate};
use crate::shop::{LEASE, OVER, Shop, order, ready};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn shared(shop: &Shop) -> Arc<Desk<Arc<MemoryStore>>> {
    Arc::new(shop.desk_over(Arc::clone(&shop.store)))
}

async fn sweep(shop: &Shop) {
    Sweep::new(shared(shop)).step().await.unwrap();
}

#[tokio::test]
async fn a_desk_and_its_workers_are_shown_with_their_times_and_without_their_orders() {
    let desk = shared(&Shop::opened().await);
    let outbox = Outbox::new(Arc::clone(&desk), Arc::new(Warehouse::default()));
    let (sweep, shown) = (Sweep::new(Arc::clone(&desk)), format!("{desk:?}"));
    assert!(shown.starts_with("Desk { accounts: "), "{shown}");
    let times = "lease: 120s, claim_timeout: 5s, order_pause: 0ns, account_pause: 0ns, .. }";
    assert!(shown.ends_with(times), "{shown}");
    assert!(!shown.contains("1000"), "{shown}");
    let shown = "Outbox { interval: 5s, concurrency: 4, lease: 300s, .. }";
    assert_eq!(format!("{outbox:?}"), shown);
    let shown = "Sweep { interval: 5s, concurrency: 32, .. }";
    assert_eq!(format!("{sweep:?}"), shown);
}

fn is_due(shop: &Shop) -> bool {
    !shop.store.due(shop.clock.now()).is_empty()
}

#[tokio::test]
async fn a_payment_that_nobody_came_back_for_is_settled_in_time() {
    let shop = Shop::opened().await;
    sweep(&shop).await;
    assert_eq!(shop.provider.calls(), ["create"], "it was not due");
    // It is paid at the worst moment of each hour, and always found before half an hour is over.
    for minutes in 0..60 * 23 {
        shop.clock.advance(MINUTE);
        sweep(&shop).await;
        if minutes == 60 * 22 {
            shop.provider.pay("1000");
        }
        if minutes >= 60 * 22 && shop.ledger().await.stage() == Stage::AwaitingDelivery {
            assert!(minutes < 60 * 22 + 15, "{minutes}");
            assert_eq!(shop.store.deliveries().len(), 1);
            let settles = shop.provider.calls().len();
            assert!(settles < 200, "{settles}");
            assert!(!is_due(&shop));
            return;
        }
    }
    panic!("it was not found");
}

#[tokio::test]
async fn what_is_over_is_looked_at_no_more_until_somebody_comes() {
    for state in OVER {
        let shop = Shop::opened().await;
        shop.provider.set("1000", state.clone());
        shop.clock.advance(MINUTE);
        assert!(is_due(&shop));
        sweep(&shop).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Over, "{state}");
        shop.clock.advance(DAY * 30);
        assert!(!is_due(&shop));
        // A provider that changes its mind is believed.
        shop.provider.pay("1000");
        assert_matches!(shop.visit().await, Outcome::DeliverNow(_));
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
    let asked = shop.provider.calls().len();
    assert!((20..200).contains(&asked), "{asked}");
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
    shop.clock.advance(DAY);
    sweep(&shop).await;
    assert_eq!(shop.provider.calls().len(), asked);
    // The payer opens the page of last week.
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    shop.provider.pay("1000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
}

#[tokio::test]
async fn a_lost_create_is_looked_up_when_that_tells() {
    let shop = Shop::lost().await;
    shop.provider.pay("1000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);

    // One that never was asks for nothing more.
    let shop = Shop::new();
    shop.provider.on_create(Failure::LostBefore);
    assert_matches!(shop.try_open().await.unwrap(), Opened::Unresolved { .. });
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
    let _ = shop.open().await;
    assert_eq!(shop.ledger().await.stage(), Stage::Open);

    let shop = Shop::at_forgetful();
    shop.provider.on_create(Failure::LostAfter);
    let _ = shop.try_open().await.unwrap();
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
}

#[tokio::test]
async fn an_order_that_somebody_holds_costs_nothing_and_comes_again() {
    let shop = Shop::opened().await;
    shop.clock.advance(MINUTE);
    let _ = shop.claimed().await;
    sweep(&shop).await;
    assert_eq!(shop.provider.calls(), ["create"]);
    shop.clock.advance(LEASE);
    sweep(&shop).await;
    assert_eq!(shop.provider.calls(), ["create", "settle"]);
}

#[tokio::test]
async fn a_provider_that_is_down_for_days_is_asked_once_a_minute_and_no_order_is_given_up() {
    let shop = Shop::opened().await;
    for number in 1001..1020 {
        let _ = shop.put_and_open(&number.to_string()).await;
    }
    shop.provider.forget_calls();
    for _ in 0..5_000 {
        shop.provider.on_settle(Failure::LostBefore);
    }
    let sweep = Sweep::new(shared(&shop));
    for _ in 0..60 * 48 {
        shop.clock.advance(MINUTE);
        sweep.step().await.unwrap();
    }
    let asked = shop.provider.calls().len();
    assert!((60 * 44..60 * 48 + 60).contains(&asked), "{asked}");
    shop.provider.answers_again();
    shop.provider.forget_calls();
    for _ in 0..3 {
        shop.clock.advance(MINUTE);
        sweep.step().await.unwrap();
    }
    assert!(shop.provider.calls().len() >= 20);
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
            shop.provider.on_settle(Failure::LostBefore);
        }
    }
    shop.provider.forget_calls();
    other.forget_calls();
    shop.clock.advance(MINUTE);
    let sweep = Sweep::new(shared(&shop)).concurrency(1);
    sweep.step().await.unwrap();
    assert_eq!(other.calls().len(), 20);
    assert_eq!(shop.provider.calls().len(), 3);
    // One finds out whether it is back.
    shop.clock.advance(MINUTE);
    sweep.step().await.unwrap();
    assert_eq!(shop.provider.calls().len(), 3 + 1);
    // They are all looked at once it answers again.
    shop.provider.answers_again();
    shop.clock.advance(MINUTE * 5);
    sweep.step().await.unwrap();
    assert_eq!(shop.provider.calls().len(), 3 + 1 + 20);
}

/// All its calls are late by then, and say nothing of the provider; unless it was heard to ask for time.
#[tokio::test]
async fn a_process_that_slept_takes_no_provider_for_down() {
    // As long as confirming a payment takes at the most.
    let awake = LONGEST_CALL * 2;
    let asleep = awake + Duration::from_millis(1);
    for (time, failure, is_left_alone) in [
        (awake, Failure::LostBefore, true),
        (asleep, Failure::LostBefore, false),
        (HOUR, Failure::LostBefore, false),
        (HOUR, Failure::TurnedAway(Some(30)), true),
    ] {
        let shop = Shop::opened().await;
        for number in 1001..1020 {
            let _ = shop.put_and_open(&number.to_string()).await;
        }
        shop.clock.advance(MINUTE);
        let fate = Arc::new(Fate {
            asleep: Some((Arc::clone(&shop.clock), time)),
            ..Fate::default()
        });
        let desk = Arc::new(shop.process(&fate));
        for _ in 0..3 {
            shop.provider.on_settle(failure);
            let _ = desk.check("1000").await;
        }
        shop.provider.forget_calls();
        Sweep::new(desk).step().await.unwrap();
        let left_alone = shop.provider.calls().is_empty();
        assert_eq!(left_alone, is_left_alone, "{time:?} {failure:?}");
    }
}

/// A visitor who waits for a turn has the order: the sweep comes back later, and not again and again.
#[tokio::test]
async fn an_order_that_a_visitor_waits_for_is_left_to_the_visitor() {
    let shop = Shop::paid().await;
    shop.clock.advance(MINUTE);
    let desk = shared(&shop);
    let elsewhere = shop.claimed().await;
    let visitors = Arc::clone(&desk);
    let mut visit = Box::pin(visitors.visit("1000"));
    tokio::select! {
        biased;
        _ = &mut visit => panic!("another process has the order"),
        () = std::future::ready(()) => {}
    }
    shop.store.release(&elsewhere).await.unwrap();
    let busy = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&busy);
    // It has room for one, so that after each look there may be more.
    let sweep = Sweep::new(desk)
        .concurrency(1)
        .on_outcome(move |_, outcome| {
            assert_matches!(outcome, Outcome::Busy { .. });
            count.fetch_add(1, Ordering::SeqCst);
        });
    let visitor_goes_on = async {
        while busy.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        visit.await
    };
    let (swept, visited) = tokio::join!(sweep.step(), visitor_goes_on);
    swept.unwrap();
    assert_eq!(busy.load(Ordering::SeqCst), 1);
    assert_matches!(visited.unwrap(), Outcome::DeliverNow(_));
}

/// Otherwise it would be due as it was, and its provider would be asked again and again.
#[tokio::test]
async fn an_order_that_cannot_be_written_is_looked_at_once_in_a_lease() {
    // Claimed, loaded, settled; then it cannot be saved, over and over or only once.
    for failing in [6..40, 6..7] {
        let shop = Shop::opened().await;
        shop.clock.advance(MINUTE);
        let fate = Fate::of(failing.map(|step| (step, CrashPoint::StoreFails)));
        let sweep = Sweep::new(Arc::new(shop.process(&fate)));
        for _ in 0..5 {
            let _ = sweep.step().await;
        }
        assert_eq!(shop.provider.calls(), ["create", "settle"]);
        shop.clock.advance(LEASE);
        sweep_for(&shop, MINUTE * 4).await;
        assert_eq!(shop.provider.calls(), ["create", "settle", "settle"]);
    }
}

/// Its lanes pause only when nothing more is due.
#[tokio::test]
async fn as_long_as_orders_are_due_they_are_looked_at_without_a_pause() {
    let shop = Shop::new();
    for number in 0..20 {
        let _ = shop.put_and_open(&format!("{}", 2_000 + number)).await;
    }
    shop.clock.advance(MINUTE);
    let begun = shop.clock.now();
    let desk = shop.desk_over(Arc::clone(&shop.store));
    let looks = Arc::new(Mutex::new(Vec::new()));
    let (seen, clock) = (Arc::clone(&looks), Arc::clone(&shop.clock));
    let sweep = Sweep::new(Arc::new(desk.runtime(shop.passing())))
        .concurrency(3)
        .on_outcome(move |_, _| seen.lock().unwrap().push(clock.now()));
    let all_seen = async {
        while looks.lock().unwrap().len() < 20 {
            tokio::task::yield_now().await;
        }
    };
    sweep.run(all_seen).await;
    // The last ones may be under way as it pauses.
    let looks = looks.lock().unwrap();
    assert!(looks[..17].iter().all(|at| *at == begun), "{looks:?}");
}

/// A mismatch of the newest payment hides no older one that is paid.
#[tokio::test]
async fn an_older_payment_that_is_paid_is_found_behind_a_mismatch() {
    for paid in [true, false] {
        let shop = Shop::opened().await;
        shop.provider.set("1000", PaymentState::Expired);
        let _ = shop.reopen("1000-b").await.unwrap();
        let pricier = paylink::Money::new("150001", paylink::Currency::Irr).unwrap();
        shop.provider
            .change("1000-b", |entry| entry.amount = pricier);
        shop.provider.pay("1000-b");
        if paid {
            shop.provider.pay("1000");
        }
        let looked = shop.check().await;
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
    let shop = Shop::opened().await;
    shop.provider.set("1000", PaymentState::Expired);
    shop.provider.on_create(Failure::LostBefore);
    let _ = shop.reopen("1000-b").await.unwrap();
    shop.provider.pay("1000");
    let hint = paylink::Hint::new("mock").with_id("id", "mock-9");
    // The hint may name the one in doubt.
    let named = shop.desk.names_another("1000", &hint).await.unwrap();
    assert!(named.is_none(), "{named:?}");
    assert_matches!(
        shop.desk.hint("1000", hint).await.unwrap(),
        Outcome::DeliverNow(_)
    );
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
    let shop = Shop::handed_out().await;
    let warehouse = Arc::new(Warehouse::default());
    warehouse.fails.store(3, Ordering::SeqCst);
    let outbox = Outbox::new(shared(&shop), Arc::clone(&warehouse));
    for pause in [10, 20, 40] {
        outbox.step().await.unwrap();
        assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
        shop.clock.advance(Duration::from_millis(pause * 1_000 - 1));
        outbox.step().await.unwrap();
        shop.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(
        (warehouse.sent(), warehouse.fails.load(Ordering::SeqCst)),
        (0, 0)
    );
    for _ in 0..3 {
        outbox.step().await.unwrap();
        assert_eq!(*warehouse.sent.lock().unwrap(), ["1000"]);
        assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
        shop.clock.advance(DAY);
    }
}

#[tokio::test]
async fn a_delivery_that_fails_for_days_is_a_dead_letter_until_a_person_says_otherwise() {
    let shop = Shop::handed_out().await;
    let warehouse = Arc::new(Warehouse::default());
    warehouse.fails.store(u32::MAX, Ordering::SeqCst);
    let outbox = Outbox::new(shared(&shop), Arc::clone(&warehouse));
    let begun = shop.clock.now();
    while shop.store.dead_letters().is_empty() {
        outbox.step().await.unwrap();
        shop.clock.advance(MINUTE);
    }
    let passed = shop.clock.now().duration_since(begun).unwrap();
    assert!((DAY * 2..DAY * 4).contains(&passed), "{passed:?}");
    assert_eq!(u32::MAX - warehouse.fails.load(Ordering::SeqCst), 80);
    for _ in 0..3 {
        shop.clock.advance(DAY);
        outbox.step().await.unwrap();
    }
    assert_eq!(u32::MAX - warehouse.fails.load(Ordering::SeqCst), 80);
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);

    warehouse.fails.store(1, Ordering::SeqCst);
    for sent in [0, 1] {
        assert!(shop.store.retry_delivery("1000"));
        outbox.step().await.unwrap();
        assert_eq!(warehouse.sent(), sent);
        assert_eq!(shop.store.dead_letters().len(), 1 - sent);
    }
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    assert!(!shop.store.retry_delivery("1000"));
}

#[tokio::test]
async fn goods_that_were_said_to_be_out_are_not_sent_again() {
    let shop = Shop::handed_out().await;
    let _ = shop.desk.mark_delivered("1000").await.unwrap();
    let warehouse = Arc::new(Warehouse::default());
    let outbox = Outbox::new(shared(&shop), Arc::clone(&warehouse));
    outbox.step().await.unwrap();
    assert_eq!(warehouse.sent(), 0);
    let left = shop
        .store
        .take_due_deliveries(shop.clock.now() + DAY, MINUTE, 9);
    assert!(left.await.unwrap().is_empty());
}

/// Both workers do what there is, and end when they are told to.
#[tokio::test]
async fn sweep_and_outbox_run_until_they_are_stopped() {
    let shop = Shop::new();
    for number in 0..20 {
        let name = format!("{}", 2_000 + number);
        let _ = shop.put_and_open(&name).await;
        shop.provider.pay(&name);
    }
    shop.clock.advance(MINUTE);
    let desk = shared(&shop);
    let warehouse = Arc::new(Warehouse::default());
    let reported = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&reported);
    let sweep = Sweep::new(Arc::clone(&desk))
        .concurrency(3)
        .on_outcome(move |_, outcome| {
            assert_matches!(outcome, Outcome::DeliverNow(_));
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

/// Sweeps every four minutes for so long.
async fn sweep_for(shop: &Shop, time: Duration) {
    let end = shop.clock.now() + time;
    while shop.clock.now() < end {
        shop.clock.advance(MINUTE * 4);
        sweep(shop).await;
    }
}

#[tokio::test]
async fn somebody_who_pays_at_the_end_of_the_watch_is_waited_for() {
    for state in [
        PaymentState::Paying,
        PaymentState::Unconfirmed,
        PaymentState::Unclear("odd".into()),
    ] {
        let shop = Shop::opened().await;
        sweep_for(&shop, HOUR * 23 + MINUTE * 48).await;
        shop.provider.set("1000", state.clone());
        sweep_for(&shop, HOUR).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Open, "{state}");
        // That is bounded as well.
        sweep_for(&shop, HOUR * 24).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Over, "{state}");
    }
}

#[tokio::test]
async fn a_hint_that_is_followed_has_an_order_watched_that_was_over() {
    for state in [PaymentState::Unpaid, PaymentState::Paying] {
        let shop = Shop::opened().await;
        sweep_for(&shop, HOUR * 25).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Over);
        shop.provider.set("1000", state.clone());
        assert_matches!(shop.visit().await, Outcome::NotPaid(_));
        let hint = shop.provider.hint("1000");
        assert_matches!(
            shop.desk.hint("1000", hint).await.unwrap(),
            Outcome::NotPaid(_)
        );
        assert_eq!(shop.ledger().await.stage(), Stage::Open, "{state}");
        shop.provider.pay("1000");
        sweep_for(&shop, MINUTE * 4).await;
        assert_eq!(
            shop.ledger().await.stage(),
            Stage::AwaitingDelivery,
            "{state}"
        );
    }
}

/// The money stays with the merchant once it is confirmed: somebody has to come back for the goods, by himself.
#[tokio::test]
async fn an_order_that_was_over_is_found_again_if_whoever_confirmed_its_payment_dies() {
    for hinted in [true, false] {
        let mut deaths = 0;
        for step in 0..20 {
            let shop = Shop::opened().await;
            sweep_for(&shop, HOUR * 25).await;
            assert_eq!(shop.ledger().await.stage(), Stage::Over);
            shop.provider.pay("1000");
            let fate = Fate::of([(step, CrashPoint::Dies)]);
            let mortal = shop.process(&fate);
            let looks = async {
                let _ = match hinted {
                    true => mortal.hint("1000", shop.provider.hint("1000")).await,
                    false => mortal.check("1000").await,
                };
            };
            let _ = fate.live(looks).await;
            deaths += u32::from(fate.is_dead());
            if shop.provider.payments()[0].confirmed > 0 {
                sweep_for(&shop, HOUR).await;
                let stage = shop.ledger().await.stage();
                assert_eq!(stage, Stage::AwaitingDelivery, "step {step}");
            }
        }
        assert!(deaths > 8, "{deaths}");
    }
}

/// Nobody looked for it for so long that its watch would be over.
#[tokio::test]
async fn a_create_that_is_found_late_is_watched_from_when_it_is_shown() {
    let shop = Shop::lost().await;
    shop.clock.advance(HOUR * 25);
    let _ = shop.open().await;
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    shop.provider.pay("1000");
    sweep_for(&shop, MINUTE * 4).await;
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
}

/// Once an hour, at the price of one claim.
#[tokio::test]
async fn a_payment_that_is_shown_is_watched_from_then_on() {
    let shop = Shop::new();
    let created = shop.open().await;
    sweep_for(&shop, HOUR * 23).await;
    assert_eq!(shop.open().await, created);
    sweep_for(&shop, HOUR * 22).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    sweep_for(&shop, HOUR * 3).await;
    assert_eq!(shop.ledger().await.stage(), Stage::Over);
}

/// A call that holds the order keeps no other from seeing the payment; only a watch that has ended has to be written first.
#[tokio::test]
async fn a_payment_is_shown_while_somebody_is_at_the_order() {
    for (age, is_shown) in [(HOUR * 2, true), (HOUR * 25, false)] {
        let shop = Shop::new();
        let created = shop.open().await;
        sweep_for(&shop, age).await;
        let _ = shop.claimed().await;
        match shop.try_open().await.unwrap() {
            Opened::Ready(shown) => assert!(is_shown && *shown == created),
            Opened::Busy { .. } => assert!(!is_shown),
            other => panic!("{other:?}"),
        }
    }
}

/// More orders than are read at once, all with the ledger of another one.
#[tokio::test]
async fn orders_that_cannot_be_read_keep_nobody_from_the_others() {
    let shop = Shop::opened().await;
    let foreign = shop.ledger().await;
    for number in 0..450 {
        let mixed_up = order("1000", "main").with_ledger(foreign.clone());
        shop.store.put(format!("0-{number:03}"), mixed_up);
    }
    shop.clock.advance(MINUTE);
    let _ = shop.put_and_open("2000").await;
    shop.provider.pay("2000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    let paid = shop.store.load("2000").await.unwrap().unwrap();
    assert_eq!(paid.ledger().stage(), Stage::AwaitingDelivery);
}

/// Sends the goods, and then another call has the order.
struct ContestedWarehouse {
    store: Arc<MemoryStore>,
    clock: Arc<MockClock>,
    sent: AtomicU32,
    held: Mutex<Option<Claim>>,
}

#[async_trait]
impl Deliver for ContestedWarehouse {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        tokio::task::yield_now().await;
        self.sent.fetch_add(1, Ordering::SeqCst);
        let claimed = self.store.claim(delivery.order(), self.clock.now(), LEASE);
        let Claimed::Granted { claim, .. } = claimed.await? else {
            return Err("another call was first".into());
        };
        *self.held.lock().unwrap() = Some(claim);
        Ok(())
    }
}

async fn handed_out() -> (Shop, Arc<ContestedWarehouse>) {
    let shop = Shop::handed_out().await;
    let warehouse = Arc::new(ContestedWarehouse {
        store: Arc::clone(&shop.store),
        clock: Arc::clone(&shop.clock),
        sent: AtomicU32::new(0),
        held: Mutex::new(None),
    });
    (shop, warehouse)
}

fn outbox(
    shop: &Shop,
    warehouse: &Arc<ContestedWarehouse>,
) -> Outbox<Arc<MemoryStore>, Arc<ContestedWarehouse>> {
    Outbox::new(shared(shop), Arc::clone(warehouse))
}

#[tokio::test]
async fn that_the_goods_went_out_is_written_once_the_order_is_free() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse);
    let somebody_else = async {
        // Longer than the patience of one call.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        let claim = warehouse.held.lock().unwrap().take().expect("a claim");
        shop.store.release(&claim).await.unwrap();
    };
    let (done, ()) = tokio::join!(outbox.step(), somebody_else);
    done.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    shop.clock.advance(DAY);
    outbox.step().await.unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_could_not_be_written_in_the_whole_lease_comes_again() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse);
    outbox.step().await.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
    shop.clock.advance(LEASE);
    outbox.step().await.unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 2);
}

/// Past that, another worker may have taken it.
#[tokio::test]
async fn that_the_goods_went_out_is_tried_to_be_written_until_the_lease_ends_and_no_longer() {
    let (shop, warehouse) = handed_out().await;
    // The desk's patience twice, and the pause in between: its end comes when another pause is left.
    let lease = Duration::from_millis(2 * 5_000 + 50);
    let desk = shop.desk_over(Arc::clone(&shop.store));
    let desk = Arc::new(desk.runtime(shop.passing()));
    let begun = shop.clock.now();
    let outbox = Outbox::new(desk, Arc::clone(&warehouse)).lease(lease);
    outbox.step().await.unwrap();
    assert_eq!(shop.passed(begun), lease);
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
}

/// Nothing could be done under it, and the row would come back at once.
#[tokio::test]
async fn a_lease_that_is_too_short_is_made_longer() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse).lease(Duration::ZERO);
    let took = tokio::time::timeout(Duration::from_secs(60), outbox.step());
    took.await.expect("an end").unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 1);
    assert_matches!(shop.try_open().await.unwrap(), Opened::AlreadyPaid(_));
}
