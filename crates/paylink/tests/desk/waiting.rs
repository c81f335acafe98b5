//! Calls that wait for one another, and visitors who are to wait.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use paylink::core::Runtime;
use paylink::desk::{
    Claimed, Desk, MarkedDelivered, MemoryStore, Opened, OrderStore, Outcome, Saved, Stage, Sweep,
};
use paylink::{Currency, Hint, Money, PaymentState};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{Failure, LONGEST_CALL, SENDING, SETTLING};

use crate::shop::{LEASE, Shop, Slow, desk, order, ready};

#[tokio::test]
async fn somebody_elses_claim_is_waited_for_and_then_said() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let until = shop.clock.now() + LEASE;
    let claimed = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim, .. }) = claimed else {
        panic!("{claimed:?}");
    };
    let busy = shop.desk.check("1000").await.unwrap();
    assert!(
        matches!(busy, Outcome::Busy { until: said } if said == until),
        "{busy:?}"
    );
    let (waited, ()) = tokio::join!(shop.desk.check("1000"), async {
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
    let providers = shop.desk.accounts().clone();
    let other = desk(Arc::clone(&shop.store), providers, &shop.clock);
    let (slow, fast) = tokio::join!(shop.desk.check("1000"), async {
        shop.clock.advance(LEASE);
        other.check("1000").await
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
        let providers = shop.desk.accounts().clone();
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
        shop.till.on_create(Failure::LostAfter);
        shop.till.on_resolve(Failure::LostBefore);
        assert!(shop.desk.open("1000").await.is_err());
        shop.till.pay("1000");
        let before = fence(&shop).await;
        let (clock, till) = (&shop.clock, &shop.till);
        till.forget_calls();
        let (looked, ()) = tokio::join!(biased; shop.desk.check("1000"), async {
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
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    shop.till
        .answers_take(less(LEASE, Duration::from_millis(1)));
    let _ = shop.open().await;
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn a_claim_that_ran_out_and_was_taken_confirms_nothing() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostAfter);
    shop.till.on_resolve(Failure::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    shop.till.forget_calls();
    let (looked, other) = tokio::join!(biased; shop.desk.check("1000"), async {
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
    let providers = shop.desk.accounts().clone();
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
    let providers = shop.desk.accounts().clone();
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
    let looked = desk.check("1000").await.unwrap();
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
        assert!(matches!(opened, Opened::Unresolved { .. }), "{opened:?}");
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
    let looked = shop.desk.check("1000").await.unwrap();
    assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
    // Nothing is left to give back.
    let granted = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let Ok(Claimed::Granted { claim, .. }) = granted else {
        panic!("{granted:?}");
    };
    let said = shop.desk.mark_delivered("1000").await.unwrap();
    assert!(matches!(said, MarkedDelivered::Busy { .. }), "{said:?}");
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

const SECOND: Duration = Duration::from_secs(1);
/// What a desk begins with.
const ORDER_PAUSE: Duration = Duration::from_secs(2);
const ACCOUNT_PAUSE: Duration = Duration::from_millis(200);

type PausingDesk = Desk<Arc<MemoryStore>>;

/// Another desk over the shop's orders, as another process has it, which pauses.
fn pausing(shop: &Shop) -> PausingDesk {
    let providers = shop.desk.accounts().clone();
    desk(Arc::clone(&shop.store), providers, &shop.clock)
        .visit_intervals(ORDER_PAUSE, ACCOUNT_PAUSE)
}

fn assert_too_soon(outcome: &Outcome, expected: Option<&PaymentState>, after: Duration) {
    let Outcome::TooSoon { seen, retry_after } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((seen.as_ref(), *retry_after), (expected, after));
}

#[tokio::test]
async fn a_visitor_looks_again_after_a_pause_that_grows_over_all_processes() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let unpaid = Some(&PaymentState::Unpaid);
    let mut looks = 0;
    for pause in [2, 4, 8, 16, 32, 60, 60] {
        let looked = pausing(&shop).visit("1000").await.unwrap();
        assert!(matches!(looked, Outcome::NotPaid(_)), "{looked:?}");
        looks += 1;
        let almost = (SECOND * pause).checked_sub(SECOND / 1_000).unwrap();
        shop.clock.advance(almost);
        let soon = pausing(&shop).visit("1000").await.unwrap();
        assert_too_soon(&soon, unpaid, SECOND / 1_000);
        let forged = Hint::new("till").with_id("id", "x");
        let soon = pausing(&shop).hint("1000", forged).await.unwrap();
        assert_too_soon(&soon, unpaid, SECOND / 1_000);
        assert_eq!(
            shop.till.calls().len(),
            1 + looks,
            "{:?}",
            shop.till.calls()
        );
        shop.clock.advance(SECOND / 1_000);
    }
    // Nobody keeps the merchant waiting.
    for _ in 0..3 {
        let looked = shop.desk.check("1000").await.unwrap();
        assert!(matches!(looked, Outcome::NotPaid(_)), "{looked:?}");
    }
}

#[tokio::test]
async fn the_first_hint_at_a_payment_does_not_wait() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let desk = pausing(&shop);
    let _ = desk.visit("1000").await.unwrap();
    let hint = shop.till.hint("1000");
    let first = desk.hint("1000", hint.clone()).await.unwrap();
    assert!(matches!(first, Outcome::NotPaid(_)), "{first:?}");
    // It brought nothing new, and so the pause grew.
    let second = desk.hint("1000", hint.clone()).await.unwrap();
    assert_too_soon(&second, Some(&PaymentState::Unpaid), SECOND * 4);
    shop.till.pay("1000");
    shop.clock.advance(SECOND * 4);
    let third = desk.hint("1000", hint).await.unwrap();
    assert!(matches!(third, Outcome::DeliverNow(_)), "{third:?}");
}

/// As in the attack: orders of a stranger's own, and hints at them without end.
#[tokio::test]
async fn hints_of_a_stranger_leave_room_for_the_orders_of_others() {
    let shop = Shop::new();
    let _ = shop.open().await;
    for number in 0..20 {
        let name = format!("stranger-{number}");
        shop.store.put(&name, order(&name, "main"));
        let _ = ready(shop.desk.open(&name).await.unwrap());
    }
    let desk = pausing(&shop);
    shop.till.pay("1000");
    shop.till.forget_calls();
    let mut paid_at = None;
    for millis in 0..22_000_u64 {
        shop.clock.advance(Duration::from_millis(1));
        if millis % 20 == 0 {
            let name = format!("stranger-{}", millis / 20 % 20);
            let outcome = desk.hint(&name, shop.till.hint(&name)).await.unwrap();
            assert!(matches!(
                outcome,
                Outcome::NotPaid(_) | Outcome::TooSoon { .. }
            ));
        }
        if millis >= 5_000 && paid_at.is_none() {
            let outcome = desk.hint("1000", shop.till.hint("1000")).await.unwrap();
            if matches!(outcome, Outcome::DeliverNow(_)) {
                paid_at = Some(millis);
            }
        }
    }
    assert_eq!(paid_at, Some(5_000));
    let calls = shop.till.calls().len();
    assert!((20..=120).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn an_account_that_was_turned_away_is_left_alone_by_all_but_the_merchant() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.store.put("1001", order("1001", "main"));
    let _ = ready(shop.desk.open("1001").await.unwrap());
    let desk = Arc::new(pausing(&shop));
    shop.till.on_settle(Failure::TurnedAway(Some(120)));
    let turned_away_at = shop.clock.now();
    assert!(desk.visit("1000").await.is_err());
    shop.till.pay("1001");
    shop.till.forget_calls();
    shop.clock.advance(SECOND * 10);
    let soon = desk.hint("1001", shop.till.hint("1001")).await.unwrap();
    assert_too_soon(&soon, None, SECOND * 110);
    // The sweep puts it off until then.
    shop.clock.advance(SECOND * 60);
    assert_eq!(shop.store.due(shop.clock.now(), 9).await.unwrap(), ["1001"]);
    Sweep::new(Arc::clone(&desk)).run_once().await.unwrap();
    for number in ["1000", "1001"] {
        let order = shop.store.load(number).await.unwrap().unwrap();
        let again_at = order.ledger().next_check_at();
        assert_eq!(again_at, Some(turned_away_at + SECOND * 120), "{number}");
    }
    assert!(shop.till.calls().is_empty());
    // Whoever answers for the quota may ask.
    let looked = desk.check("1001").await.unwrap();
    assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
}

#[tokio::test]
async fn a_create_in_doubt_is_looked_up_for_visitors_after_a_pause() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    shop.till.on_create(Failure::LostAfter);
    shop.till.on_resolve(Failure::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.till.on_resolve(Failure::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.till.forget_calls();
    let opened = desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after == ORDER_PAUSE),
        "{opened:?}"
    );
    assert!(shop.till.calls().is_empty());
    shop.clock.advance(ORDER_PAUSE);
    let _ = ready(desk.open("1000").await.unwrap());
    assert_eq!(shop.till.calls(), ["resolve"]);
}

/// What a visit or the merchant's own look has just found out keeps nobody from paying.
#[tokio::test]
async fn a_create_that_never_was_is_created_by_whoever_opens_the_order() {
    for is_visitor in [true, false] {
        let shop = Shop::new();
        let desk = pausing(&shop);
        shop.till.on_create(Failure::LostBefore);
        let opened = desk.open("1000").await.unwrap();
        assert!(matches!(opened, Opened::Unresolved { .. }), "{opened:?}");
        shop.clock.advance(SETTLING);
        let looked = if is_visitor {
            desk.visit("1000").await
        } else {
            desk.check("1000").await
        };
        let looked = looked.unwrap();
        assert!(matches!(looked, Outcome::NotOpened), "{looked:?}");
        let _ = ready(desk.open("1000").await.unwrap());
        let calls = ["create", "resolve", "resolve", "resolve", "create"];
        assert_eq!(shop.till.calls(), calls);
    }
}

#[tokio::test]
async fn a_create_that_is_refused_is_sent_again_after_a_pause_that_grows() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    for pause in [2, 4, 8, 16, 32, 60, 60] {
        shop.till.on_create(Failure::Refused);
        assert!(desk.open("1000").await.is_err());
        shop.till.forget_calls();
        let almost = (SECOND * pause).checked_sub(SECOND / 1_000).unwrap();
        for passed in [Duration::ZERO, almost] {
            shop.clock.advance(passed);
            let opened = pausing(&shop).open("1000").await.unwrap();
            let left = (SECOND * pause).checked_sub(passed).unwrap();
            assert!(
                matches!(opened, Opened::Unresolved { retry_after } if retry_after == left),
                "{opened:?}"
            );
        }
        assert!(shop.till.calls().is_empty());
        assert_eq!(shop.ledger().await.stage(), Stage::New);
        shop.clock.advance(SECOND / 1_000);
    }
    let _ = ready(desk.open("1000").await.unwrap());
}

#[tokio::test]
async fn nothing_is_created_while_the_provider_asked_for_time() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    shop.store.put("1001", order("1001", "main"));
    shop.till.on_create(Failure::TurnedAway(Some(120)));
    assert!(desk.open("1000").await.is_err());
    shop.clock.advance(SECOND * 20);
    for number in ["1000", "1001"] {
        let opened = desk.open(number).await.unwrap();
        assert!(
            matches!(opened, Opened::Unresolved { retry_after } if retry_after == SECOND * 100),
            "{opened:?}"
        );
    }
    assert_eq!(shop.till.calls(), ["create"]);
    shop.clock.advance(SECOND * 100);
    let _ = ready(desk.open("1001").await.unwrap());
}

#[tokio::test]
async fn a_clock_that_went_back_keeps_no_visitor_waiting() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let unpaid = pausing(&shop).visit("1000").await.unwrap();
    assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
    let providers = shop.desk.accounts().clone();
    let set_back = desk(
        Arc::clone(&shop.store),
        providers,
        &Arc::new(MockClock::default()),
    );
    shop.clock.advance(SECOND * 3600);
    let later = pausing(&shop).visit("1000").await.unwrap();
    assert!(matches!(later, Outcome::NotPaid(_)), "{later:?}");
    let set_back = set_back.visit_intervals(ORDER_PAUSE, ACCOUNT_PAUSE);
    let earlier = set_back.visit("1000").await.unwrap();
    assert!(matches!(earlier, Outcome::NotPaid(_)), "{earlier:?}");
}

/// An alarm is not followed by the offer to pay once more.
#[tokio::test]
async fn what_was_seen_before_an_alarm_or_a_failure_is_shown_no_more() {
    for is_alarm in [true, false] {
        let shop = Shop::new();
        let _ = shop.open().await;
        let desk = pausing(&shop);
        let unpaid = desk.visit("1000").await.unwrap();
        assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
        shop.clock.advance(SECOND * 2);
        if is_alarm {
            let dearer = Money::new("150001", Currency::Irr).unwrap();
            shop.till.change("1000", |entry| entry.amount = dearer);
            shop.till.pay("1000");
            let alarm = desk.visit("1000").await.unwrap();
            assert!(matches!(alarm, Outcome::Mismatch(_)), "{alarm:?}");
        } else {
            shop.till.on_settle(Failure::LostBefore);
            assert!(desk.visit("1000").await.is_err());
        }
        let soon = desk.visit("1000").await.unwrap();
        assert_too_soon(&soon, None, SECOND * 4);
    }
}

#[tokio::test]
async fn a_lost_create_that_nobody_can_look_up_is_said_at_once() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Failure::LostBefore);
    let desk = pausing(&shop);
    for _ in 0..3 {
        let opened = desk.open("1000").await.unwrap();
        assert!(matches!(opened, Opened::Lost(_)), "{opened:?}");
        let visited = desk.visit("1000").await.unwrap();
        assert!(matches!(visited, Outcome::Lost(_)), "{visited:?}");
    }
    assert_eq!(shop.till.calls(), ["create"]);
}
