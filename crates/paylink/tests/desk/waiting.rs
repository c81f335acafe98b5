//! Calls that wait for one another, and visitors who are to wait.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use paylink::core::Runtime;
use paylink::desk::{
    Claimed, Desk, MarkedDelivered, MemoryStore, Opened, OrderStore, Outcome, Saved, Stage, Sweep,
};
use paylink::{Currency, Hint, Money, PaymentState};
use paylink_testkit::mock_provider::{Failure, LONGEST_CALL, SENDING, SETTLING};
use paylink_testkit::{MockClock, assert_matches};
use tokio::task::JoinSet;

use crate::crashing_store::{CrashingStore, Fate};
use crate::shop::{LEASE, Shop, order, ready, unresolved};

#[tokio::test]
async fn somebody_elses_claim_is_waited_for_and_then_said() {
    let shop = Shop::opened().await;
    let until = shop.clock.now() + LEASE;
    let claim = shop.claimed().await;
    assert_matches!(shop.check().await, Outcome::Busy { until: said } if said == until);
    let (waited, ()) = tokio::join!(shop.desk.check("1000"), async {
        tokio::task::yield_now().await;
        shop.store.release(&claim).await.unwrap();
    });
    assert_matches!(waited.unwrap(), Outcome::NotPaid(_));
}

#[tokio::test]
async fn the_claim_of_the_dead_is_taken_over_after_its_lease() {
    let shop = Shop::new();
    let (dead, ledger) = (shop.claimed().await, shop.ledger().await);
    shop.clock.advance(less(LEASE, Duration::from_millis(1)));
    assert_matches!(shop.try_open().await.unwrap(), Opened::Busy { .. });
    shop.clock.advance(Duration::from_millis(1));
    let _ = shop.open().await;
    // Should it wake up, it writes nothing.
    let saved = shop.store.save(&dead, &ledger).await.unwrap();
    assert_eq!(saved, Saved::Superseded);
    assert!(shop.ledger().await.created().is_some());
}

#[tokio::test]
async fn a_desk_that_was_overtaken_stops_and_says_so() {
    let shop = Shop::paid().await;
    // It sleeps in its settle for longer than its lease, and another process goes on meanwhile.
    let other = shop.desk_over(Arc::clone(&shop.store));
    let (slow, fast) = tokio::join!(shop.desk.check("1000"), async {
        shop.clock.advance(LEASE);
        other.check("1000").await
    });
    assert_matches!(slow.unwrap(), Outcome::Busy { .. });
    assert_matches!(fast.unwrap(), Outcome::DeliverNow(_));
    assert_eq!(shop.provider.calls(), ["create", "settle", "settle"]);
    assert_eq!(shop.store.deliveries().len(), 1);
}

/// The other one saw the payment unpaid a moment before, and would come back to it much later.
#[tokio::test]
async fn what_was_proved_by_a_desk_that_was_overtaken_is_due_at_once() {
    let shop = Shop::opened().await;
    let other = shop.desk_over(Arc::clone(&shop.store));
    let mut slow = Box::pin(shop.desk.check("1000"));
    tokio::select! {
        biased;
        _ = &mut slow => panic!("the provider answers at once"),
        () = std::future::ready(()) => {}
    }
    shop.clock.advance(LEASE);
    assert_matches!(other.check("1000").await.unwrap(), Outcome::NotPaid(_));
    shop.provider.pay("1000");
    assert_matches!(slow.await.unwrap(), Outcome::Busy { .. });
    assert_eq!(shop.provider.payments()[0].confirmed, 1);
    assert!(shop.store.deliveries().is_empty());
    assert_eq!(shop.store.due(shop.clock.now()), ["1000"]);
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
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
        let desk = shop.process(&shop.slow(saving));
        let desk = desk.lease(lease).unwrap();
        let opened = desk.open("1000").await.unwrap();
        if is_sent {
            assert_matches!(opened, Opened::Ready(_), "{saving:?}");
            assert_eq!(shop.provider.calls(), ["create"], "{saving:?}");
            continue;
        }
        assert_matches!(opened, Opened::Busy { .. }, "{saving:?}");
        assert!(shop.provider.calls().is_empty(), "{saving:?}");
        // Nothing is in doubt, for nothing was sent.
        let _ = shop.open().await;
        assert_eq!(shop.provider.calls(), ["create"], "{saving:?}");
    }
}

/// The look-up of a lost create took so long that what is left of the lease does not cover a settle: the order is claimed
/// once more, and another call that came in between does it.
#[tokio::test]
async fn a_payment_is_confirmed_only_while_nobody_else_can_have_the_order() {
    let almost = Duration::from_millis(1);
    let enough = less(LEASE, LONGEST_CALL * 2);
    for (takes, claims) in [(less(enough, almost), 1), (enough, 2), (LEASE + almost, 2)] {
        let shop = Shop::lost().await;
        shop.provider.pay("1000");
        let before = fence(&shop).await;
        shop.provider.forget_calls();
        let (looked, ()) = tokio::join!(biased; shop.check(), async {
            shop.is_asked().await;
            shop.clock.advance(takes);
        });
        assert_matches!(looked, Outcome::DeliverNow(_), "{takes:?}");
        let calls = shop.provider.calls();
        assert_eq!(calls, ["resolve", "settle"], "{takes:?}");
        assert_eq!(fence(&shop).await - before - 1, claims, "{takes:?}");
    }
}

/// What the other call did in between is read with the new claim, and not done once more from what was known before.
#[tokio::test]
async fn an_order_that_was_handed_out_while_its_claim_was_renewed_is_not_handed_out_again() {
    let shop = Shop::lost().await;
    shop.provider.pay("1000");
    shop.provider.forget_calls();
    let fate = Fate::kind();
    let rival = shop.desk_over(Arc::clone(&shop.store));
    *fate.rival.lock().unwrap() = Some(rival);
    let desk = shop.process(&fate);
    let (looked, ()) = tokio::join!(biased; desk.check("1000"), async {
        shop.is_asked().await;
        shop.clock.advance(less(LEASE, LONGEST_CALL * 2));
    });
    assert!(fate.rival.lock().unwrap().is_none());
    assert_matches!(looked.unwrap(), Outcome::Busy { .. });
    assert_eq!(shop.provider.calls(), ["resolve", "settle"]);
    assert_eq!(shop.store.deliveries().len(), 1);
}

fn less(time: Duration, by: Duration) -> Duration {
    time.checked_sub(by).unwrap()
}

/// The fence of a claim that is given back at once.
async fn fence(shop: &Shop) -> u64 {
    let claim = shop.claimed().await;
    shop.store.release(&claim).await.unwrap();
    claim.fence()
}

/// The same before a create is sent again.
#[tokio::test]
async fn a_look_up_that_took_most_of_the_lease_keeps_nobody_from_paying() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    shop.provider
        .answers_take(less(LEASE, Duration::from_millis(1)));
    let _ = shop.open().await;
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_claim_that_ran_out_and_was_taken_confirms_nothing() {
    let shop = Shop::lost().await;
    shop.provider.pay("1000");
    shop.provider.forget_calls();
    let (looked, _other) = tokio::join!(biased; shop.check(), async {
        shop.is_asked().await;
        shop.clock.advance(LEASE);
        shop.claimed().await
    });
    assert_matches!(looked, Outcome::Busy { .. });
    assert_eq!(shop.provider.calls(), ["resolve"]);
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
    let shop = Shop::opened().await;
    let claim = shop.claimed().await;
    let counting = Fate::kind();
    let desk = Arc::new(shop.desk_over(CrashingStore::new(&shop.store, &counting)));
    let visits = || {
        let mut all = JoinSet::new();
        for _ in 0..200 {
            let desk = Arc::clone(&desk);
            all.spawn(async move { desk.visit("1000").await.unwrap() });
        }
        all
    };
    for visited in visits().join_all().await {
        assert_matches!(visited, Outcome::Busy { .. });
    }
    let claims = counting.claims.load(Ordering::SeqCst);
    assert!((1..=20).contains(&claims), "{claims} claims");

    // Those who hang up leave the line, and the shop's own look is not behind them.
    let mut all = visits();
    tokio::task::yield_now().await;
    all.abort_all();
    shop.store.release(&claim).await.unwrap();
    assert_matches!(desk.check("1000").await.unwrap(), Outcome::NotPaid(_));
}

/// A caller who hangs up in the middle of a look, or of a create, keeps nobody waiting for the end of a lease.
#[tokio::test]
async fn the_claim_of_a_caller_who_hung_up_is_given_back_by_the_next_one() {
    let shop = Shop::new();
    for round in 0..3 {
        let creates = shop.desk.open("1000");
        assert!(is_dropped_at(&shop, creates, "create").await, "{round}");
        // It may have arrived or not: it is looked up, as after a process that died.
        unresolved(shop.try_open().await);
        shop.clock.advance(SENDING + SETTLING);
    }
    let _ = shop.open().await;
    shop.provider.pay("1000");
    for round in 0..3 {
        let visits = shop.desk.visit("1000");
        assert!(is_dropped_at(&shop, visits, "settle").await, "{round}");
    }
    assert_matches!(shop.claim().await, Claimed::Held { .. });
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
    assert_eq!(shop.store.deliveries().len(), 1);
    // Nothing is left to give back.
    let claim = shop.claimed().await;
    let busy = shop.desk.mark_delivered("1000").await.unwrap();
    assert_matches!(busy, MarkedDelivered::Busy { .. });
    shop.store.release(&claim).await.unwrap();
}

/// Drops a call as soon as the provider is asked for that.
async fn is_dropped_at(shop: &Shop, call: impl Future, asked: &str) -> bool {
    shop.provider.forget_calls();
    let is_asked = async {
        while !shop.provider.calls().contains(&asked) {
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

/// Another desk over the shop's orders, as another process has it, which pauses.
fn pausing(shop: &Shop) -> Desk<Arc<MemoryStore>> {
    let desk = shop.desk_over(Arc::clone(&shop.store));
    desk.visit_intervals(ORDER_PAUSE, ACCOUNT_PAUSE)
}

/// Where the payment stood when it was seen last, and after what time it may be seen again.
fn too_soon(outcome: Outcome) -> (Option<PaymentState>, Duration) {
    match outcome {
        Outcome::TooSoon { seen, retry_after } => (seen, retry_after),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_visitor_looks_again_after_a_pause_that_grows_over_all_processes() {
    let shop = Shop::opened().await;
    let almost = SECOND / 1_000;
    let unpaid = (Some(PaymentState::Unpaid), almost);
    for (looks, pause) in (1..).zip([2, 4, 8, 16, 32, 60, 60]) {
        let looked = pausing(&shop).visit("1000").await.unwrap();
        assert_matches!(looked, Outcome::NotPaid(_));
        shop.clock.advance(less(SECOND * pause, almost));
        let soon = pausing(&shop).visit("1000").await.unwrap();
        assert_eq!(too_soon(soon), unpaid);
        let forged = Hint::new("mock").with_id("id", "x");
        let soon = pausing(&shop).hint("1000", forged).await.unwrap();
        assert_eq!(too_soon(soon), unpaid);
        let calls = shop.provider.calls();
        assert_eq!(calls.len(), 1 + looks, "{calls:?}");
        shop.clock.advance(almost);
    }
    // Nobody keeps the merchant waiting.
    for _ in 0..3 {
        assert_matches!(shop.check().await, Outcome::NotPaid(_));
    }
}

#[tokio::test]
async fn the_first_hint_at_a_payment_does_not_wait() {
    let shop = Shop::opened().await;
    let desk = pausing(&shop);
    let _ = desk.visit("1000").await.unwrap();
    let hint = shop.provider.hint("1000");
    let first = desk.hint("1000", hint.clone()).await.unwrap();
    assert_matches!(first, Outcome::NotPaid(_));
    // It brought nothing new, and so the pause grew.
    let second = desk.hint("1000", hint.clone()).await.unwrap();
    let unpaid = Some(PaymentState::Unpaid);
    assert_eq!(too_soon(second), (unpaid, SECOND * 4));
    shop.provider.pay("1000");
    shop.clock.advance(SECOND * 4);
    let third = desk.hint("1000", hint).await.unwrap();
    assert_matches!(third, Outcome::DeliverNow(_));
}

#[tokio::test]
async fn whoever_is_likely_to_have_paid_waits_for_the_account_and_others_come_again() {
    for (state, is_likely) in [
        (PaymentState::Unconfirmed, true),
        (PaymentState::Unpaid, false),
        (PaymentState::Paying, false),
    ] {
        let shop = Shop::opened().await;
        let _ = shop.put_and_open("1001").await;
        shop.provider.set("1000", state.clone());
        let desk = pausing(&shop).runtime(shop.passing());
        assert_matches!(desk.visit("1000").await.unwrap(), Outcome::NotPaid(_));
        shop.clock.advance(ORDER_PAUSE);
        assert_matches!(desk.visit("1001").await.unwrap(), Outcome::NotPaid(_));
        let begun = shop.clock.now();
        let visited = desk.visit("1000").await.unwrap();
        if is_likely {
            assert_matches!(visited, Outcome::NotPaid(_), "{state}");
            assert_eq!(shop.passed(begun), ACCOUNT_PAUSE);
        } else {
            assert_eq!(too_soon(visited), (Some(state), ACCOUNT_PAUSE));
            assert_eq!(shop.passed(begun), Duration::ZERO);
        }
    }
}

/// The account and another process that holds the order are waited for within one patience.
#[tokio::test]
async fn a_hint_waits_no_longer_than_the_claim_timeout_in_all() {
    let shop = Shop::opened().await;
    let _ = shop.put_and_open("1001").await;
    let desk = pausing(&shop).runtime(shop.passing());
    assert_matches!(desk.visit("1001").await.unwrap(), Outcome::NotPaid(_));
    let _held = shop.claimed().await;
    let begun = shop.clock.now();
    let hinted = desk.hint("1000", shop.provider.hint("1000")).await;
    assert_matches!(hinted.unwrap(), Outcome::Busy { .. });
    assert_eq!(shop.passed(begun), SECOND * 5);
}

/// As in the attack: orders of a stranger's own, and hints at them without end.
#[tokio::test]
async fn hints_of_a_stranger_leave_room_for_the_orders_of_others() {
    let shop = Shop::opened().await;
    for number in 0..20 {
        let name = format!("stranger-{number}");
        let _ = shop.put_and_open(&name).await;
    }
    let desk = pausing(&shop);
    shop.provider.pay("1000");
    shop.provider.forget_calls();
    let mut paid_at = None;
    for millis in 0..22_000_u64 {
        shop.clock.advance(Duration::from_millis(1));
        if millis % 20 == 0 {
            let name = format!("stranger-{}", millis / 20 % 20);
            let outcome = desk.hint(&name, shop.provider.hint(&name)).await.unwrap();
            assert_matches!(outcome, Outcome::NotPaid(_) | Outcome::TooSoon { .. });
        }
        if millis >= 5_000 && paid_at.is_none() {
            let outcome = desk.hint("1000", shop.provider.hint("1000")).await.unwrap();
            if matches!(outcome, Outcome::DeliverNow(_)) {
                paid_at = Some(millis);
            }
        }
    }
    assert_eq!(paid_at, Some(5_000));
    let calls = shop.provider.calls().len();
    assert!((20..=120).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn an_account_that_was_turned_away_is_left_alone_by_all_but_the_merchant() {
    let shop = Shop::opened().await;
    let _ = shop.put_and_open("1001").await;
    let desk = Arc::new(pausing(&shop));
    shop.provider.on_settle(Failure::TurnedAway(Some(120)));
    let turned_away_at = shop.clock.now();
    assert!(desk.visit("1000").await.is_err());
    shop.provider.pay("1001");
    shop.provider.forget_calls();
    shop.clock.advance(SECOND * 10);
    let soon = desk.hint("1001", shop.provider.hint("1001")).await.unwrap();
    assert_eq!(too_soon(soon), (None, SECOND * 110));
    // The sweep waits until then.
    let order = shop.store.load("1000").await.unwrap().unwrap();
    let again_at = order.ledger().next_check_at();
    assert_eq!(again_at, Some(turned_away_at + SECOND * 120));
    shop.clock.advance(SECOND * 109);
    assert_eq!(shop.store.due(shop.clock.now()), ["1001"]);
    Sweep::new(Arc::clone(&desk)).step().await.unwrap();
    assert_eq!(shop.store.due(shop.clock.now()), ["1001"]);
    assert!(shop.provider.calls().is_empty());
    // The merchant answers for the quota, and may ask.
    assert_matches!(desk.check("1001").await.unwrap(), Outcome::DeliverNow(_));
}

#[tokio::test]
async fn a_create_in_doubt_is_looked_up_for_visitors_after_a_pause() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    shop.provider.on_create(Failure::LostAfter);
    shop.provider.on_resolve(Failure::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.provider.on_resolve(Failure::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.provider.forget_calls();
    assert_eq!(unresolved(desk.open("1000").await), ORDER_PAUSE);
    assert!(shop.provider.calls().is_empty());
    shop.clock.advance(ORDER_PAUSE);
    let _ = ready(desk.open("1000").await.unwrap());
    assert_eq!(shop.provider.calls(), ["resolve"]);
}

/// What a visit or the merchant's own look has just found out keeps nobody from paying.
#[tokio::test]
async fn a_create_that_never_was_is_created_by_whoever_opens_the_order() {
    for is_visitor in [true, false] {
        let shop = Shop::new();
        let desk = pausing(&shop);
        shop.provider.on_create(Failure::LostBefore);
        unresolved(desk.open("1000").await);
        shop.clock.advance(SETTLING);
        let looked = if is_visitor {
            desk.visit("1000").await
        } else {
            desk.check("1000").await
        };
        assert_matches!(looked.unwrap(), Outcome::NotOpened);
        let _ = ready(desk.open("1000").await.unwrap());
        let calls = ["create", "resolve", "resolve", "resolve", "create"];
        assert_eq!(shop.provider.calls(), calls);
    }
}

#[tokio::test]
async fn a_create_that_is_refused_is_sent_again_after_a_pause_that_grows() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    for pause in [2, 4, 8, 16, 32, 60, 60] {
        shop.provider.on_create(Failure::Refused);
        assert!(desk.open("1000").await.is_err());
        shop.provider.forget_calls();
        for passed in [Duration::ZERO, less(SECOND * pause, SECOND / 1_000)] {
            shop.clock.advance(passed);
            let left = unresolved(pausing(&shop).open("1000").await);
            assert_eq!(left, less(SECOND * pause, passed));
        }
        assert!(shop.provider.calls().is_empty());
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
    shop.provider.on_create(Failure::TurnedAway(Some(120)));
    assert!(desk.open("1000").await.is_err());
    shop.clock.advance(SECOND * 20);
    for number in ["1000", "1001"] {
        assert_eq!(unresolved(desk.open(number).await), SECOND * 100);
    }
    assert_eq!(shop.provider.calls(), ["create"]);
    shop.clock.advance(SECOND * 100);
    let _ = ready(desk.open("1001").await.unwrap());
}

#[tokio::test]
async fn a_clock_that_went_back_keeps_no_visitor_waiting() {
    let shop = Shop::opened().await;
    let now = pausing(&shop);
    assert_matches!(now.visit("1000").await.unwrap(), Outcome::NotPaid(_));
    shop.clock.advance(SECOND * 3600);
    let later = pausing(&shop);
    assert_matches!(later.visit("1000").await.unwrap(), Outcome::NotPaid(_));
    let set_back = pausing(&shop).runtime(Arc::new(MockClock::default()));
    assert_matches!(set_back.visit("1000").await.unwrap(), Outcome::NotPaid(_));
}

/// An alarm is not followed by the offer to pay once more.
#[tokio::test]
async fn what_was_seen_before_an_alarm_or_a_failure_is_shown_no_more() {
    for is_alarm in [true, false] {
        let shop = Shop::opened().await;
        let desk = pausing(&shop);
        assert_matches!(desk.visit("1000").await.unwrap(), Outcome::NotPaid(_));
        shop.clock.advance(SECOND * 2);
        if is_alarm {
            let pricier = Money::new("150001", Currency::Irr).unwrap();
            shop.provider.change("1000", |entry| entry.amount = pricier);
            shop.provider.pay("1000");
            assert_matches!(desk.visit("1000").await.unwrap(), Outcome::Mismatch(_));
        } else {
            shop.provider.on_settle(Failure::LostBefore);
            assert!(desk.visit("1000").await.is_err());
        }
        let soon = desk.visit("1000").await.unwrap();
        assert_eq!(too_soon(soon), (None, SECOND * 4));
    }
}

#[tokio::test]
async fn a_lost_create_that_nobody_can_look_up_is_said_at_once() {
    let shop = Shop::at_forgetful();
    shop.provider.on_create(Failure::LostBefore);
    let desk = pausing(&shop);
    for _ in 0..3 {
        assert_matches!(desk.open("1000").await.unwrap(), Opened::Lost(_));
        assert_matches!(desk.visit("1000").await.unwrap(), Outcome::Lost(_));
    }
    assert_eq!(shop.provider.calls(), ["create"]);
}
