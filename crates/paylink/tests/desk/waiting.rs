//! Claims: waiting for them, taking them over, and losing them.

use std::time::Duration;

use paylink::core::Environment;
use paylink::desk::{Claimed, Opened, OrderStore, Outcome, Saved};

use crate::shop::{LEASE, Shop};

#[tokio::test]
async fn somebody_elses_claim_is_waited_for_and_then_said() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let until = shop.clock.now() + LEASE;
    let claimed = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim, .. }) = claimed else {
        panic!("{claimed:?}");
    };
    let busy = shop.desk.look("1000").await.unwrap();
    assert!(
        matches!(busy, Outcome::Busy { until: said } if said == until),
        "{busy:?}"
    );
    let (waited, ()) = tokio::join!(shop.desk.look("1000"), async {
        tokio::task::yield_now().await;
        shop.store.release(&claim).await.unwrap();
    });
    let waited = waited.unwrap();
    assert!(matches!(waited, Outcome::NotPaid(_)), "{waited:?}");
}

#[tokio::test]
async fn the_claim_of_the_dead_is_taken_over_after_its_lease() {
    let shop = Shop::new();
    let claimed = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim: dead, order }) = claimed else {
        panic!("{claimed:?}");
    };
    let almost = LEASE.checked_sub(Duration::from_millis(1));
    shop.clock.advance(almost.unwrap());
    let busy = shop.desk.open("1000").await.unwrap();
    assert!(matches!(busy, Opened::Busy { .. }), "{busy:?}");
    shop.clock.advance(Duration::from_millis(1));
    let _ = shop.open().await;
    // Should it wake up, it writes nothing.
    let saved = shop.store.save(&dead, order.ledger()).await.unwrap();
    assert_eq!(saved, Saved::Superseded);
    assert!(shop.ledger().await.created().is_some());
}

#[tokio::test]
async fn a_desk_that_was_overtaken_stops_and_says_so() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    // It sleeps in its settle for longer than its lease, and somebody else goes on meanwhile.
    let (slow, fast) = tokio::join!(shop.desk.look("1000"), async {
        shop.clock.advance(LEASE);
        shop.desk.look("1000").await
    });
    let (slow, fast) = (slow.unwrap(), fast.unwrap());
    assert!(matches!(slow, Outcome::Busy { .. }), "{slow:?}");
    assert!(matches!(fast, Outcome::DeliverNow(_)), "{fast:?}");
    assert_eq!(shop.till.calls(), ["create", "settle", "settle"]);
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_create_is_not_sent_after_the_claim_has_run_out() {
    let shop = Shop::new();
    let desk = shop.desk;
    let desk = desk.lease(Duration::ZERO);
    let opened = desk.open("1000").await.unwrap();
    assert!(matches!(opened, Opened::Busy { .. }), "{opened:?}");
    assert!(shop.till.calls().is_empty());
    // Nothing is in doubt, for nothing was sent.
    let opened = desk.lease(LEASE).open("1000").await.unwrap();
    assert!(matches!(opened, Opened::Ready(_)), "{opened:?}");
    assert_eq!(shop.till.calls(), ["create"]);
}
