//! Writing down that the goods went out.

use std::time::Duration;

use paylink::core::Environment;
use paylink::desk::{Acknowledged, Claimed, OrderStore, Outcome, Stage};

use crate::shop::{LEASE, Shop, order};

#[tokio::test]
async fn goods_that_went_out_are_written_down_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::HandedOut);
    let at = shop.clock.now();
    for _ in 0..2 {
        let done = shop.desk.delivered("1000").await.unwrap();
        assert_eq!(done, Acknowledged::Done { at });
        shop.clock.advance(Duration::from_secs(9));
    }
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    let outcome = shop.desk.look("1000").await.unwrap();
    assert!(
        matches!(outcome, Outcome::Delivered { at: said } if said == at),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn goods_of_an_order_that_was_never_handed_out_are_not_written_down() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let said = shop.desk.delivered("1000").await.unwrap();
    assert_eq!(said, Acknowledged::NotHandedOut);
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    // Nor is the order held by it.
    let outcome = shop.desk.look("1000").await.unwrap();
    assert!(matches!(outcome, Outcome::NotPaid(_)), "{outcome:?}");
}

#[tokio::test]
async fn it_is_said_when_somebody_else_is_at_it() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let _held = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let busy = shop.desk.delivered("1000").await.unwrap();
    assert!(matches!(busy, Acknowledged::Busy { .. }), "{busy:?}");
}

#[tokio::test]
async fn of_two_who_say_it_at_once_the_first_counts() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    let now = shop.clock.now();
    let claimed = shop.store.claim("1000", now, LEASE).await.unwrap();
    let Claimed::Granted { claim, .. } = claimed else {
        panic!("{claimed:?}");
    };
    // Both wait for the claim; the clock moves when the first of them has written, before the second does.
    let first = shop.desk.delivered("1000");
    let second = shop.desk.delivered("1000");
    let release = shop.store.release(&claim);
    let clock = async {
        while shop.ledger().await.stage() == Stage::HandedOut {
            tokio::task::yield_now().await;
        }
        shop.clock.advance(Duration::from_secs(9));
    };
    let (first, (), second, released) = tokio::join!(biased; first, clock, second, release);
    released.unwrap();
    assert_eq!(first.unwrap(), Acknowledged::Done { at: now });
    assert_eq!(second.unwrap(), Acknowledged::Done { at: now });
}

/// A shop that puts an order in again, with another price say, has not forgotten what it handed out.
#[tokio::test]
async fn an_order_that_is_put_in_again_is_not_handed_out_again() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let now = shop.desk.look("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
    shop.store.put("1000", order("1000", "main"));
    let _ = shop.desk.open("1000").await.unwrap();
    let again = shop.desk.look("1000").await.unwrap();
    assert!(matches!(again, Outcome::HandedOut(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
}
