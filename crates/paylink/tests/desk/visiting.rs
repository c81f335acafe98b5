//! Strangers spend little of the merchant's quota, and those who paid are not kept waiting by it.

use std::sync::Arc;
use std::time::Duration;

use paylink::core::Environment;
use paylink::desk::{Desk, MemoryStore, Opened, OrderStore, Outcome, Stage, Sweep};
use paylink::{Currency, Hint, Money, PaymentState};

use crate::clock::Clock;
use crate::shop::{Shop, desk, order, ready};
use crate::till::{Blow, SETTLING};

const SECOND: Duration = Duration::from_secs(1);
/// What a desk begins with.
const ORDER_PAUSE: Duration = Duration::from_secs(2);
const ACCOUNT_PAUSE: Duration = Duration::from_millis(200);

type PausingDesk = Desk<Arc<MemoryStore>>;

/// Another desk over the shop's orders, as another process has it, which pauses.
fn pausing(shop: &Shop) -> PausingDesk {
    let providers = shop.desk.providers().clone();
    desk(Arc::clone(&shop.store), providers, &shop.clock).visitor_pauses(ORDER_PAUSE, ACCOUNT_PAUSE)
}

fn assert_too_soon(outcome: &Outcome, expected: Option<&PaymentState>, after: Duration) {
    let Outcome::TooSoon {
        seen,
        look_again_after,
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!((seen.as_ref(), *look_again_after), (expected, after));
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
        let forged = Hint::new("till").id("id", "x");
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
        let looked = shop.desk.look("1000").await.unwrap();
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
    shop.till.on_settle(Blow::TurnedAway(Some(120)));
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
    Sweep::new(Arc::clone(&desk)).once().await.unwrap();
    for number in ["1000", "1001"] {
        let order = shop.store.load(number).await.unwrap().unwrap();
        let again_at = order.ledger().look_again_at();
        assert_eq!(again_at, Some(turned_away_at + SECOND * 120), "{number}");
    }
    assert!(shop.till.calls().is_empty());
    // Whoever answers for the quota may ask.
    let looked = desk.look("1001").await.unwrap();
    assert!(matches!(looked, Outcome::DeliverNow(_)), "{looked:?}");
}

#[tokio::test]
async fn a_create_in_doubt_is_looked_up_for_visitors_after_a_pause() {
    let shop = Shop::new();
    let desk = pausing(&shop);
    shop.till.on_create(Blow::LostAfter);
    shop.till.on_resolve(Blow::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.till.on_resolve(Blow::LostBefore);
    assert!(desk.open("1000").await.is_err());
    shop.till.forget_calls();
    let opened = desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::NotYetKnown { look_again_after } if look_again_after == ORDER_PAUSE),
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
        shop.till.on_create(Blow::LostBefore);
        let opened = desk.open("1000").await.unwrap();
        assert!(matches!(opened, Opened::NotYetKnown { .. }), "{opened:?}");
        shop.clock.advance(SETTLING);
        let looked = if is_visitor {
            desk.visit("1000").await
        } else {
            desk.look("1000").await
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
        shop.till.on_create(Blow::Refused);
        assert!(desk.open("1000").await.is_err());
        shop.till.forget_calls();
        let almost = (SECOND * pause).checked_sub(SECOND / 1_000).unwrap();
        for passed in [Duration::ZERO, almost] {
            shop.clock.advance(passed);
            let opened = pausing(&shop).open("1000").await.unwrap();
            let left = (SECOND * pause).checked_sub(passed).unwrap();
            assert!(
                matches!(opened, Opened::NotYetKnown { look_again_after } if look_again_after == left),
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
    shop.till.on_create(Blow::TurnedAway(Some(120)));
    assert!(desk.open("1000").await.is_err());
    shop.clock.advance(SECOND * 20);
    for number in ["1000", "1001"] {
        let opened = desk.open(number).await.unwrap();
        assert!(
            matches!(opened, Opened::NotYetKnown { look_again_after } if look_again_after == SECOND * 100),
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
    let providers = shop.desk.providers().clone();
    let set_back = desk(Arc::clone(&shop.store), providers, &Clock::new());
    shop.clock.advance(SECOND * 3600);
    let later = pausing(&shop).visit("1000").await.unwrap();
    assert!(matches!(later, Outcome::NotPaid(_)), "{later:?}");
    let set_back = set_back.visitor_pauses(ORDER_PAUSE, ACCOUNT_PAUSE);
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
            shop.till.on_settle(Blow::LostBefore);
            assert!(desk.visit("1000").await.is_err());
        }
        let soon = desk.visit("1000").await.unwrap();
        assert_too_soon(&soon, None, SECOND * 4);
    }
}

#[tokio::test]
async fn a_lost_create_that_nobody_can_look_up_is_said_at_once() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Blow::LostBefore);
    let desk = pausing(&shop);
    for _ in 0..3 {
        let opened = desk.open("1000").await.unwrap();
        assert!(matches!(opened, Opened::Lost(_)), "{opened:?}");
        let visited = desk.visit("1000").await.unwrap();
        assert!(matches!(visited, Outcome::Lost(_)), "{visited:?}");
    }
    assert_eq!(shop.till.calls(), ["create"]);
}
