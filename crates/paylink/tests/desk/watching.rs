//! For how long an order is looked at, and which others it keeps waiting.

use std::sync::Arc;
use std::time::Duration;

use paylink::PaymentState;
use paylink::core::Environment;
use paylink::desk::{Claimed, Opened, OrderStore, Outcome, Stage, Sweep};

use crate::shop::{LEASE, Shop, desk, order, ready};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn sweep(shop: &Shop) {
    let providers = shop.desk.providers().clone();
    let desk = Arc::new(desk(Arc::clone(&shop.store), providers, &shop.clock));
    Sweep::new(desk).once().await.unwrap();
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
        let shop = Shop::new();
        let _ = shop.open().await;
        sweep_for(&shop, HOUR * 23 + MINUTE * 48).await;
        shop.till.set("1000", state.clone());
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
        let shop = Shop::new();
        let _ = shop.open().await;
        sweep_for(&shop, HOUR * 25).await;
        assert_eq!(shop.ledger().await.stage(), Stage::Over);
        shop.till.set("1000", state.clone());
        let looked = shop.desk.visit("1000").await.unwrap();
        assert!(matches!(looked, Outcome::NotPaid(_)), "{looked:?}");
        let hint = shop.till.hint("1000");
        let looked = shop.desk.hint("1000", hint).await.unwrap();
        assert!(matches!(looked, Outcome::NotPaid(_)), "{looked:?}");
        assert_eq!(shop.ledger().await.stage(), Stage::Open, "{state}");
        shop.till.pay("1000");
        sweep_for(&shop, MINUTE * 4).await;
        assert_eq!(shop.ledger().await.stage(), Stage::HandedOut, "{state}");
    }
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

/// Whoever holds the order keeps nobody from seeing the payment; only a watch that has ended has to be written first.
#[tokio::test]
async fn a_payment_is_shown_while_somebody_is_at_the_order() {
    for (age, is_shown) in [(HOUR * 2, true), (HOUR * 25, false)] {
        let shop = Shop::new();
        let created = shop.open().await;
        sweep_for(&shop, age).await;
        let held = shop.store.claim("1000", shop.clock.now(), LEASE).await;
        assert!(matches!(held, Ok(Claimed::Granted { .. })), "{held:?}");
        match shop.desk.open("1000").await.unwrap() {
            Opened::Ready(shown) => assert!(is_shown && *shown == created),
            Opened::Busy { .. } => assert!(!is_shown),
            other => panic!("{other:?}"),
        }
    }
}

/// More orders than are read at once, all with the ledger of another one.
#[tokio::test]
async fn orders_that_cannot_be_read_keep_nobody_from_the_others() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let foreign = shop.ledger().await;
    for number in 0..450 {
        let mixed_up = order("1000", "main").with_ledger(foreign.clone());
        shop.store.put(format!("0-{number:03}"), mixed_up);
    }
    shop.clock.advance(MINUTE);
    shop.store.put("2000", order("2000", "main"));
    let _ = ready(shop.desk.open("2000").await.unwrap());
    shop.till.pay("2000");
    shop.clock.advance(MINUTE);
    sweep(&shop).await;
    let paid = shop.store.load("2000").await.unwrap().unwrap();
    assert_eq!(paid.ledger().stage(), Stage::HandedOut);
}
