//! Claims: waiting for them, taking them over, and losing them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use paylink::core::Environment;
use paylink::desk::{Acknowledged, Claimed, Desk, MemoryStore, Opened, OrderStore, Outcome, Saved};

use crate::shop::{LEASE, Shop, desk};
use crate::slow::Slow;
use crate::till::{Blow, LONGEST_CALL, SENDING, SETTLING};

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
    // It sleeps in its settle for longer than its lease, and another process goes on meanwhile.
    let providers = shop.desk.providers().clone();
    let other = desk(Arc::clone(&shop.store), providers, &shop.clock);
    let (slow, fast) = tokio::join!(shop.desk.look("1000"), async {
        shop.clock.advance(LEASE);
        other.look("1000").await
    });
    let (slow, fast) = (slow.unwrap(), fast.unwrap());
    assert!(matches!(slow, Outcome::Busy { .. }), "{slow:?}");
    assert!(matches!(fast, Outcome::DeliverNow(_)), "{fast:?}");
    assert_eq!(shop.till.calls(), ["create", "settle", "settle"]);
    assert_eq!(shop.store.deliveries().len(), 1);
}

/// A create is sent only if the lease covers it; what is left of the lease is counted to the millisecond.
#[tokio::test]
async fn a_create_is_not_sent_if_the_claim_may_run_out_before_its_answer() {
    let almost = Duration::from_millis(1);
    // Shorter than what a prepared create is sent after.
    let lease = Duration::from_secs(25);
    let enough = less(lease, LONGEST_CALL);
    for (saving, is_sent) in [
        (less(enough, almost), true),
        (enough, false),
        (less(lease, almost), false),
        (lease, false),
        (lease + LONGEST_CALL, false),
    ] {
        let shop = Shop::new();
        let slow = Slow::new(&shop.store, &shop.clock, saving);
        let providers = shop.desk.providers().clone();
        let desk = desk(slow, providers, &shop.clock).lease(lease).unwrap();
        let opened = desk.open("1000").await.unwrap();
        if is_sent {
            assert!(matches!(opened, Opened::Ready(_)), "{saving:?}: {opened:?}");
            assert_eq!(shop.till.calls(), ["create"], "{saving:?}");
            continue;
        }
        assert!(
            matches!(opened, Opened::Busy { .. }),
            "{saving:?}: {opened:?}"
        );
        assert!(shop.till.calls().is_empty(), "{saving:?}");
        // Nothing is in doubt, for nothing was sent.
        let _ = shop.open().await;
        assert_eq!(shop.till.calls(), ["create"], "{saving:?}");
    }
}

/// The look-up of a lost create took so long that what is left of the lease does not cover a settle: the order is claimed
/// once more, and somebody who came in between is let do it.
#[tokio::test]
async fn a_payment_is_confirmed_only_while_nobody_else_can_have_the_order() {
    let almost = Duration::from_millis(1);
    let enough = less(LEASE, LONGEST_CALL * 2);
    for (takes, claims) in [(less(enough, almost), 1), (enough, 2), (LEASE + almost, 2)] {
        let shop = Shop::new();
        shop.till.on_create(Blow::LostAfter);
        shop.till.on_resolve(Blow::LostBefore);
        assert!(shop.desk.open("1000").await.is_err());
        shop.till.pay("1000");
        let before = fence(&shop).await;
        let (clock, till) = (&shop.clock, &shop.till);
        till.forget_calls();
        let (looked, ()) = tokio::join!(biased; shop.desk.look("1000"), async {
            while till.calls().is_empty() {
                tokio::task::yield_now().await;
            }
            clock.advance(takes);
        });
        let looked = looked.unwrap();
        assert!(
            matches!(looked, Outcome::DeliverNow(_)),
            "{takes:?}: {looked:?}"
        );
        assert_eq!(till.calls(), ["resolve", "settle"], "{takes:?}");
        assert_eq!(fence(&shop).await - before - 1, claims, "{takes:?}");
    }
}

fn less(time: Duration, by: Duration) -> Duration {
    time.checked_sub(by).unwrap()
}

/// The fence of a claim that is given back at once.
async fn fence(shop: &Shop) -> u64 {
    let claimed = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim, .. }) = claimed else {
        panic!("{claimed:?}");
    };
    shop.store.release(&claim).await.unwrap();
    claim.fence()
}

/// The same before a create is sent again.
#[tokio::test]
async fn a_look_up_that_took_most_of_the_lease_keeps_nobody_from_paying() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    shop.till
        .answers_take(less(LEASE, Duration::from_millis(1)));
    let _ = shop.open().await;
    assert_eq!(shop.till.entries().len(), 1);
}

#[tokio::test]
async fn a_claim_that_ran_out_and_was_taken_confirms_nothing() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostAfter);
    shop.till.on_resolve(Blow::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    shop.till.forget_calls();
    let (looked, other) = tokio::join!(biased; shop.desk.look("1000"), async {
        while shop.till.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        shop.clock.advance(LEASE);
        shop.store.claim("1000", shop.clock.now(), LEASE).await
    });
    assert!(matches!(other, Ok(Claimed::Granted { .. })), "{other:?}");
    let looked = looked.unwrap();
    assert!(matches!(looked, Outcome::Busy { .. }), "{looked:?}");
    assert_eq!(shop.till.calls(), ["resolve"]);
    assert!(shop.store.deliveries().is_empty());
}

#[tokio::test]
async fn a_lease_that_does_not_cover_its_work_is_refused() {
    let shop = Shop::new();
    let providers = shop.desk.providers().clone();
    let leased = |lease| Desk::new(MemoryStore::new(), providers.clone()).lease(lease);
    let shortest = LONGEST_CALL * 2 + Duration::from_secs(10);
    assert!(leased(shortest).is_ok());
    for lease in [Duration::ZERO, less(shortest, Duration::from_millis(1))] {
        let refused = leased(lease).unwrap_err().to_string();
        assert!(refused.contains("make it 20s or longer"), "{refused}");
    }
}

/// Many callers of one process cost the store no more than one does.
#[tokio::test]
async fn waiting_for_a_held_order_is_done_by_one_for_all() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let now = shop.clock.now();
    let held = shop.store.claim("1000", now, LEASE).await.unwrap();
    let Claimed::Granted { claim, .. } = held else {
        panic!("{held:?}");
    };
    let counting = Arc::new(Slow::new(&shop.store, &shop.clock, Duration::ZERO));
    let providers = shop.desk.providers().clone();
    let desk = Arc::new(desk(Arc::clone(&counting), providers, &shop.clock));
    let all: Vec<_> = (0..200)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.visit("1000").await.unwrap() })
        })
        .collect();
    for one in all {
        let busy = one.await.unwrap();
        assert!(matches!(busy, Outcome::Busy { .. }), "{busy:?}");
    }
    let claims = counting.claims();
    assert!((1..=20).contains(&claims), "{claims} claims");

    // Those who hang up leave the line, and the shop's own look is not behind them.
    let all: Vec<_> = (0..200)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.visit("1000").await.map(drop) })
        })
        .collect();
    tokio::task::yield_now().await;
    all.iter().for_each(tokio::task::JoinHandle::abort);
    shop.store.release(&claim).await.unwrap();
    let looked = desk.look("1000").await.unwrap();
    assert!(matches!(looked, Outcome::NotPaid(_)), "{looked:?}");
}

/// Whoever hangs up in the middle of a look, or of a create, keeps nobody waiting for the end of a lease.
#[tokio::test]
async fn the_claim_of_a_caller_who_hung_up_is_given_back_by_the_next_one() {
    let shop = Shop::new();
    for round in 0..3 {
        let creates = shop.desk.open("1000");
        assert!(is_dropped_at(&shop, creates, "create").await, "{round}");
        // It may have arrived or not: it is looked up, as after a process that died.
        let opened = shop.desk.open("1000").await.unwrap();
        assert!(matches!(opened, Opened::NotYetKnown { .. }), "{opened:?}");
        shop.clock.advance(SENDING + SETTLING);
    }
    let _ = shop.open().await;
    shop.till.pay("1000");
    for round in 0..3 {
        let visits = shop.desk.visit("1000");
        assert!(is_dropped_at(&shop, visits, "settle").await, "{round}");
    }
    let held = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    assert!(matches!(held, Ok(Claimed::Held { .. })), "{held:?}");
    let looked = shop.desk.look("1000").await.unwrap();
    assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
    // Nothing is left to give back.
    let granted = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim, .. }) = granted else {
        panic!("{granted:?}");
    };
    let said = shop.desk.delivered("1000").await.unwrap();
    assert!(matches!(said, Acknowledged::Busy { .. }), "{said:?}");
    shop.store.release(&claim).await.unwrap();
}

/// Drops a call as soon as the till is asked for that.
async fn is_dropped_at(shop: &Shop, call: impl Future, asked: &str) -> bool {
    shop.till.forget_calls();
    let is_asked = async {
        while !shop.till.calls().contains(&asked) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = is_asked => true,
        _ = call => false,
    }
}
