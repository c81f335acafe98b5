//! A payment is created once, and shown as often as it is asked for; another follows only when it can no longer be paid, or
//! found.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use paylink::core::Runtime;
use paylink::desk::{DeskError, Opened, Outcome, Reopened, Stage, StoredOrder};
use paylink::{
    Capabilities, Capability, ComparedField, Currency, Effect, ErrorKind, Hint, Money, NewPayment,
    PaymentState,
};
use paylink_testkit::assert_matches;
use paylink_testkit::mock_provider::{Failure, MockProvider, SENDING, SETTLING};

use crate::crashing_store::{CrashPoint, Fate};
use crate::shop::{
    OVER, Shop, deliver_now, order, paid_by, payment_error, price, ready, unresolved,
};

#[tokio::test]
async fn a_page_that_is_refreshed_shows_the_same_payment() {
    let shop = Shop::new();
    let created = shop.open().await;
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.provider.calls(), ["create"]);
    assert_eq!(shop.ledger().await.created(), Some(&created));
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
}

/// Only what is watched no more is claimed for it: it may be paid from now on.
#[tokio::test]
async fn a_page_that_is_refreshed_claims_nothing_as_long_as_its_payment_is_watched() {
    let shop = Shop::new();
    let created = shop.open().await;
    for (state, claims) in [(PaymentState::Unpaid, 0), (PaymentState::Expired, 1)] {
        shop.provider.set("1000", state.clone());
        assert_matches!(shop.check().await, Outcome::NotPaid(_));
        let fate = Fate::kind();
        let desk = shop.process(&fate);
        for _ in 0..3 {
            assert_eq!(ready(desk.open("1000").await.unwrap()), created);
            assert_eq!(shop.ledger().await.stage(), Stage::Open, "{state}");
        }
        assert_eq!(fate.claims.load(Ordering::SeqCst), claims, "{state}");
    }
}

#[tokio::test]
async fn pages_that_open_at_once_create_one_payment() {
    let shop = Shop::new();
    let (one, two, three) = tokio::join!(shop.open(), shop.open(), shop.open());
    assert!(one == two && two == three);
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn what_finds_the_payment_is_stored_before_it_is_asked_for() {
    let shop = Shop::new();
    shop.provider.on_create(Failure::LostBefore);
    shop.provider.on_resolve(Failure::LostBefore);
    let error = payment_error(shop.try_open().await);
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
}

#[tokio::test]
async fn a_create_is_prepared_once_and_fails_with_the_handle_that_was_stored() {
    let shop = Shop::new();
    shop.provider.preparing_takes(Duration::from_secs(10));
    shop.provider.on_create(Failure::LostBefore);
    shop.provider.on_resolve(Failure::LostBefore);
    let error = payment_error(shop.try_open().await);
    let failed = error.handle().unwrap();
    let prepared = shop.provider.prepared();
    assert_eq!(prepared.len(), 1);
    assert_eq!(failed.prepared_at(), prepared[0].prepared_at());
    assert_eq!(failed.sent_by(), Some(shop.clock.now()));
    let stored = serde_json::to_value(shop.ledger().await).unwrap();
    assert_eq!(
        stored["attempts"][0]["progress"]["asked"],
        serde_json::to_value(failed).unwrap()
    );

    // Sent again, it is prepared again, once.
    shop.clock.advance(SETTLING);
    let _ = shop.open().await;
    assert_eq!(shop.provider.prepared().len(), 2);
    let calls = ["create", "resolve", "resolve", "create"];
    assert_eq!(shop.provider.calls(), calls);
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found_at_once() {
    let shop = Shop::new();
    shop.provider.on_create(Failure::LostAfter);
    let created = shop.open().await;
    assert_eq!(shop.provider.calls(), ["create", "resolve"]);
    assert_eq!(created.record().id("id"), Some("mock-0"));
    // What was found is written: nobody is asked again.
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.provider.calls(), ["create", "resolve"]);
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_create_that_may_have_arrived_is_not_repeated_before_that_is_known() {
    let shop = Shop::new();
    shop.provider.on_create(Failure::LostBefore);
    assert_eq!(unresolved(shop.try_open().await), SETTLING);
    let a_second_less = SETTLING.checked_sub(Duration::from_secs(1));
    shop.clock.advance(a_second_less.unwrap());
    assert_eq!(unresolved(shop.try_open().await), Duration::from_secs(1));
    assert!(shop.provider.payments().is_empty());

    shop.clock.advance(Duration::from_secs(1));
    let created = shop.open().await;
    assert_eq!(created.record().reference().as_str(), "1000");
    let calls = ["create", "resolve", "resolve", "resolve", "create"];
    assert_eq!(shop.provider.calls(), calls);
}

/// That looking failed without effect says nothing of the create that is looked for.
#[tokio::test]
async fn a_look_up_that_was_refused_leaves_the_create_in_doubt() {
    let shop = Shop::lost().await;
    shop.provider.on_resolve(Failure::Refused);
    let error = payment_error(shop.try_open().await);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.handle().is_some());
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn nobody_is_sent_to_pay_another_price_than_the_orders() {
    let shop = Shop::new();
    let created = shop.open().await;
    let ledger = shop.ledger().await;
    for (pricier, field) in [
        (Money::new("150001", Currency::Irr), ComparedField::Amount),
        (Money::new("150000", Currency::Usd), ComparedField::Currency),
    ] {
        let payment = NewPayment::new("1000", pricier.unwrap()).unwrap();
        let changed = StoredOrder::new("main", payment).with_ledger(ledger.clone());
        shop.store.put("1000", changed);
        let error = payment_error(shop.try_open().await);
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().is_some_and(|it| it.has(field)), "{error}");
    }
    assert_eq!(shop.provider.calls(), ["create"]);
    // Once the price is what it was, so is the payment.
    shop.store
        .put("1000", order("1000", "main").with_ledger(ledger));
    assert_eq!(shop.open().await, created);
}

#[tokio::test]
async fn what_is_sent_again_is_in_doubt_from_then_on() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    // The second one is lost as well: its own settling time begins.
    shop.provider.on_create(Failure::LostBefore);
    assert_eq!(unresolved(shop.try_open().await), SETTLING);
}

/// It dies as it sends the second create: the ninth step, after a load, a claim, a look-up and a save.
#[tokio::test]
async fn the_handle_of_what_is_sent_again_is_new() {
    let shop = Shop::in_doubt().await;
    let lease = Duration::from_secs(20);
    let process = |fate| shop.process(fate).lease(lease).unwrap();
    shop.clock.advance(SETTLING);
    let fate = Fate::of([(8, CrashPoint::Dies)]);
    assert!(fate.live(process(&fate).open("1000")).await.is_none());
    assert_eq!(shop.provider.calls(), ["create", "resolve", "resolve"]);
    shop.clock.advance(lease);
    // What it may have sent is younger than the settling time, which counts from when it had left at the latest.
    let retry_after = unresolved(process(&Fate::kind()).open("1000").await);
    assert_eq!(retry_after + lease, SENDING + SETTLING);
}

#[tokio::test]
async fn a_create_that_was_refused_leaves_nothing_behind() {
    let shop = Shop::new();
    shop.provider.on_create(Failure::Refused);
    let error = payment_error(shop.try_open().await);
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(shop.ledger().await.stage(), Stage::New);
    let _ = shop.open().await;
    assert_eq!(shop.provider.calls(), ["create", "create"]);
}

#[tokio::test]
async fn a_refusal_of_the_second_create_does_not_clear_the_first_of_doubt() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    shop.provider.on_create(Failure::Refused);
    assert!(shop.try_open().await.is_err());
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
    // It is looked up again before anything else is sent.
    shop.provider.forget_calls();
    let _ = shop.open().await;
    assert_eq!(shop.provider.calls(), ["resolve", "create"]);
}

/// After a create, what was created is written: the ninth step, after a load, a claim, a save and the create.
#[tokio::test]
async fn a_payment_that_was_created_is_written_even_if_the_store_fails_once() {
    let shop = Shop::at_forgetful();
    let desk = shop.process(&Fate::of([(8, CrashPoint::StoreFails)]));
    let created = ready(desk.open("1000").await.unwrap());
    assert_eq!(shop.ledger().await.created(), Some(&created));
}

#[tokio::test]
async fn a_payment_that_the_provider_does_not_take_is_never_sent() {
    let shop = Shop::new();
    let payment = NewPayment::new("1000", price()).unwrap();
    let payment = payment.with_description("it has no place for it").unwrap();
    shop.store.put("1000", StoredOrder::new("main", payment));
    let error = payment_error(shop.try_open().await);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(shop.provider.calls().is_empty());
    assert_eq!(shop.ledger().await.stage(), Stage::New);
}

#[tokio::test]
async fn an_order_or_an_account_that_is_not_there_is_said() {
    let shop = Shop::new();
    let error = shop.desk.open("nobody's").await.unwrap_err();
    assert_matches!(error, DeskError::NoSuchOrder);
    shop.store.put("1001", order("1001", "another"));
    let error = shop.desk.open("1001").await.unwrap_err();
    assert_matches!(&error, DeskError::UnknownAccount(_));
    assert!(error.to_string().contains("choose one of main"), "{error}");
    // The claim was given back: once the account is there, the order goes on.
    let _ = shop.put_and_open("1001").await;
    assert_eq!(shop.store.names(), ["1000", "1001"]);
}

#[tokio::test]
async fn a_paid_order_is_not_opened_again() {
    let shop = Shop::handed_out().await;
    shop.provider.forget_calls();
    assert_matches!(
        shop.try_open().await.unwrap(),
        Opened::AlreadyPaid(delivery) if delivery.order() == "1000"
    );
    assert!(shop.provider.calls().is_empty());
}

/// The handle in the store says by when the create had left.
#[tokio::test]
async fn a_create_whose_handle_took_too_long_to_write_is_taken_back() {
    let shop = Shop::new();
    shop.provider.preparing_takes(Duration::from_secs(31));
    let error = payment_error(shop.try_open().await);
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(shop.provider.calls().is_empty());
    assert_eq!(shop.ledger().await.stage(), Stage::New);
    let _ = shop.open().await;
    assert_eq!(shop.provider.calls(), ["create"]);
}

#[tokio::test]
async fn a_create_whose_handle_was_written_in_time_is_sent() {
    let shop = Shop::new();
    shop.provider.preparing_takes(Duration::from_secs(30));
    let _ = shop.open().await;
    assert_eq!(shop.provider.calls(), ["create"]);
}

/// A create that is in doubt stays so if what was to be sent in its place was not.
#[tokio::test]
async fn what_is_taken_back_leaves_the_create_before_it_in_doubt() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    shop.provider.forget_calls();
    shop.provider.preparing_takes(Duration::from_secs(31));
    assert!(shop.try_open().await.is_err());
    assert_eq!(shop.provider.calls(), ["resolve"]);
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
}

/// Asked ten seconds before the settling time is over, answered two seconds after: the create came in in between.
#[tokio::test]
async fn an_answer_that_took_long_sends_no_second_create() {
    let shop = Shop::in_doubt().await;
    let ten = Duration::from_secs(10);
    shop.clock.advance(SETTLING.checked_sub(ten).unwrap());
    shop.provider.answers_take(Duration::from_secs(12));
    assert_eq!(unresolved(shop.try_open().await), ten);
    shop.provider.comes_late(order("1000", "main").payment());
    let _ = shop.open().await;
    let calls = shop.provider.calls().into_iter();
    assert_eq!(calls.filter(|call| *call == "create").count(), 1);
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_payment_that_may_still_be_paid_is_kept() {
    let shop = Shop::opened().await;
    for state in [
        PaymentState::Unpaid,
        PaymentState::Paying,
        PaymentState::Unconfirmed,
        PaymentState::Promised,
        PaymentState::Unclear("odd".into()),
    ] {
        shop.provider.set("1000", state.clone());
        let kept = shop.reopen("1000-b").await.unwrap();
        assert_matches!(kept, Reopened::Kept(Outcome::NotPaid(_)), "{state}");
    }
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_payment_that_is_over_is_followed_by_another() {
    for state in OVER {
        let shop = Shop::new();
        let first = shop.open().await;
        shop.provider.set("1000", state);
        let second = shop.reopened("1000-b").await;
        assert_ne!(first, second);
        assert_eq!(second.record().reference().as_str(), "1000-b");
        assert_eq!(shop.open().await, second);

        shop.provider.pay("1000-b");
        assert_eq!(paid_by(shop.hint("1000-b").await), "1000-b");
    }
}

#[tokio::test]
async fn an_old_payment_that_is_paid_after_all_pays_the_order_once() {
    let shop = Shop::opened().await;
    shop.provider.set("1000", PaymentState::Expired);
    let _ = shop.reopened("1000-b").await;
    shop.provider.pay("1000");
    assert_eq!(paid_by(shop.hint("1000").await), "1000");
    shop.provider.pay("1000-b");
    assert_matches!(shop.check().await, Outcome::AwaitingDelivery(_));
    assert_eq!(shop.store.deliveries().len(), 1);
}

/// Without a hint the newest is settled first.
#[tokio::test]
async fn the_payment_that_a_hint_names_is_settled_first() {
    for (hinted, named) in [(None, "1000-b"), (Some("1000"), "1000")] {
        let shop = Shop::opened().await;
        shop.provider.set("1000", PaymentState::Expired);
        let _ = shop.reopened("1000-b").await;
        shop.provider.pay("1000");
        shop.provider.pay("1000-b");
        shop.provider.forget_calls();
        let outcome = match hinted {
            Some(reference) => shop.hint(reference).await,
            None => shop.check().await,
        };
        assert_eq!(paid_by(outcome), named);
        assert_eq!(shop.provider.calls(), ["settle"]);
    }
}

#[tokio::test]
async fn a_payment_that_was_made_meanwhile_is_handed_out_instead() {
    let shop = Shop::paid().await;
    let kept = shop.reopen("1000-b").await.unwrap();
    assert_matches!(kept, Reopened::Kept(Outcome::DeliverNow(_)));
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_payment_that_nobody_can_find_is_lost_until_the_merchant_starts_over() {
    let shop = Shop::at_forgetful();
    shop.provider.on_create(Failure::LostAfter);
    for _ in 0..2 {
        assert_matches!(
            shop.try_open().await.unwrap(),
            Opened::Lost(lost) if lost.reference().as_str() == "1000"
        );
        assert_matches!(
            shop.check().await,
            Outcome::Lost(lost) if lost.reason().contains("by its reference")
        );
    }
    assert_eq!(shop.provider.calls(), ["create"]);
    let created = shop.reopened("1001").await;
    assert_eq!(created.record().reference().as_str(), "1001");
    shop.provider.pay("1001");
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
}

/// Its provider finds payments, but not this one.
#[tokio::test]
async fn a_create_that_the_provider_turns_out_not_to_look_up_is_lost() {
    let shop = Shop::at_forgetful();
    let finds = Capabilities::new("mock", &[Currency::Irr]).supports(Capability::FindCreated);
    let fate = Arc::new(Fate {
        declares: Some(finds),
        ..Fate::default()
    });
    let desk = shop.process(&fate);
    shop.provider.on_create(Failure::LostAfter);
    for _ in 0..2 {
        assert_matches!(
            desk.open("1000").await.unwrap(),
            Opened::Lost(lost) if lost.reason().contains("by its reference")
        );
        assert_matches!(desk.check("1000").await.unwrap(), Outcome::Lost(_));
    }
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_new_payment_that_is_refused_leaves_the_lost_one_lost() {
    let shop = Shop::at_forgetful();
    shop.provider.on_create(Failure::LostBefore);
    let _ = shop.try_open().await.unwrap();
    shop.provider.on_create(Failure::Refused);
    assert!(shop.reopen("1001").await.is_err());
    assert_matches!(shop.try_open().await.unwrap(), Opened::Lost(_));
    let _ = shop.reopened("1001").await;
}

#[tokio::test]
async fn a_create_that_was_given_up_and_came_after_all_pays_the_order_once() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    let second = shop.reopened("1000-b").await;
    // Of what was given up nobody waits for word: a hint names the new one, or another.
    let another = Hint::new("mock").with_id("id", "mock-9");
    let named = shop.desk.names_another("1000", &another).await.unwrap();
    assert!(named.is_some());
    shop.provider.comes_late(order("1000", "main").payment());
    assert_matches!(shop.check().await, Outcome::NotPaid(_));
    // The payer is shown the new one all the same.
    assert_eq!(shop.open().await, second);
    shop.provider.pay("1000");
    assert_eq!(paid_by(shop.check().await), "1000");
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn what_was_given_up_is_no_trouble_when_it_cannot_be_asked_for() {
    let shop = Shop::in_doubt().await;
    shop.clock.advance(SETTLING);
    let _ = shop.reopened("1000-b").await;
    shop.provider.on_resolve(Failure::LostBefore);
    assert_matches!(shop.check().await, Outcome::NotPaid(_));
}

/// The payment before it is over: what is asked for instead is not there yet.
#[tokio::test]
async fn a_new_payment_whose_create_is_in_doubt_is_asked_for_and_not_open() {
    let shop = Shop::opened().await;
    shop.provider.set("1000", PaymentState::Expired);
    shop.provider.on_create(Failure::LostBefore);
    let reopened = shop.reopen("1000-b").await.unwrap();
    assert_matches!(reopened, Reopened::Opened(Opened::Unresolved { .. }));
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
    assert_eq!(shop.ledger().await.created(), None);
    // It is sent again as what it is.
    shop.clock.advance(SETTLING);
    let created = shop.open().await;
    assert_eq!(created.record().reference().as_str(), "1000-b");
    assert_eq!(shop.provider.payments()[1].reference, "1000-b");
}

#[tokio::test]
async fn a_reference_is_used_once() {
    let shop = Shop::opened().await;
    shop.provider.set("1000", PaymentState::Expired);
    let _ = shop.reopened("1000-b").await;
    shop.provider.set("1000-b", PaymentState::Failed);
    for used in ["1000", "1000-b"] {
        let error = payment_error(shop.reopen(used).await);
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert_eq!(shop.provider.payments().len(), 2);
}

/// A shop whose order failed at the first account, and names the other by now.
async fn moved() -> (Shop, Arc<MockProvider>) {
    let (shop, other) = Shop::new().and_other();
    let _ = shop.open().await;
    shop.provider.set("1000", PaymentState::Failed);
    let moved = order("1000", "other").with_ledger(shop.ledger().await);
    shop.store.put("1000", moved);
    (shop, other)
}

#[tokio::test]
async fn the_next_payment_may_go_through_another_account() {
    let (shop, other) = moved().await;
    let created = shop.reopened("1000-b").await;
    assert_eq!(created.record().provider(), "other-mock");

    // A hint of either provider is about that provider's payment.
    assert_matches!(shop.hint("1000").await, Outcome::NotPaid(_));
    // While one of them cannot be asked, the other's proof counts.
    other.pay("1000-b");
    shop.provider.on_settle(Failure::LostBefore);
    let delivery = deliver_now(shop.follow(&other.hint("1000-b")).await);
    assert_eq!(delivery.account(), "other");
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_hides_no_others_proof() {
    let (shop, other) = moved().await;
    let _ = shop.reopened("1000-b").await;
    other.on_settle(Failure::LostBefore);
    payment_error(shop.desk.check("1000").await);
    other.on_settle(Failure::LostBefore);
    shop.provider.pay("1000");
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
}
