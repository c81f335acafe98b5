//! A payment is created once, and shown as often as it is asked for; another follows only when it can no longer be paid, or
//! found.

use std::sync::Arc;
use std::time::Duration;

use paylink::core::Runtime;
use paylink::desk::{
    DeskError, MemoryStore, Opened, OrderStore, Outcome, Reopened, Stage, StoredOrder,
};
use paylink::{
    Accounts, ComparedField, Created, Currency, Effect, ErrorKind, Money, NewPayment,
    OrderReference, PaymentState,
};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::{Failure, MockProvider, SENDING, SETTLING};

use crate::crashing_store::{self, CrashingProvider, CrashingStore, Fate};
use crate::shop::{Shop, desk, order, price, ready};

#[tokio::test]
async fn a_page_that_is_refreshed_shows_the_same_payment() {
    let shop = Shop::new();
    let created = shop.open().await;
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.till.calls(), ["create"]);
    assert_eq!(shop.ledger().await.created(), Some(&created));
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
}

#[tokio::test]
async fn pages_that_open_at_once_create_one_payment() {
    let shop = Shop::new();
    let (one, two, three) = tokio::join!(shop.open(), shop.open(), shop.open());
    assert!(one == two && two == three);
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn what_finds_the_payment_is_stored_before_it_is_asked_for() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    shop.till.on_resolve(Failure::LostBefore);
    let error = shop.desk.open("1000").await.unwrap_err();
    let DeskError::Payment(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
}

#[tokio::test]
async fn a_create_is_prepared_once_and_fails_with_the_handle_that_was_stored() {
    let shop = Shop::new();
    shop.till.preparing_takes(Duration::from_secs(10));
    shop.till.on_create(Failure::LostBefore);
    shop.till.on_resolve(Failure::LostBefore);
    let Err(DeskError::Payment(error)) = shop.desk.open("1000").await else {
        panic!("the create and its look-up are lost");
    };
    let failed = error.handle().unwrap();
    let prepared = shop.till.prepared();
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
    assert_eq!(shop.till.prepared().len(), 2);
    assert_eq!(
        shop.till.calls(),
        ["create", "resolve", "resolve", "create"]
    );
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found_at_once() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostAfter);
    let created = shop.open().await;
    assert_eq!(shop.till.calls(), ["create", "resolve"]);
    assert_eq!(created.record().id("id"), Some("till-0"));
    // What was found is written: nobody is asked again.
    assert_eq!(shop.open().await, created);
    assert_eq!(shop.till.calls(), ["create", "resolve"]);
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn a_create_that_may_have_arrived_is_not_repeated_before_that_is_known() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after == SETTLING),
        "{opened:?}"
    );
    let a_second_less = SETTLING.checked_sub(Duration::from_secs(1));
    shop.clock.advance(a_second_less.unwrap());
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after == Duration::from_secs(1)),
        "{opened:?}"
    );
    assert!(shop.till.payments().is_empty());

    shop.clock.advance(Duration::from_secs(1));
    let created = shop.open().await;
    assert_eq!(created.record().reference().as_str(), "1000");
    let calls = ["create", "resolve", "resolve", "resolve", "create"];
    assert_eq!(shop.till.calls(), calls);
}

/// That looking failed without effect says nothing of the create that is looked for.
#[tokio::test]
async fn a_look_up_that_was_refused_leaves_the_create_in_doubt() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostAfter);
    shop.till.on_resolve(Failure::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.on_resolve(Failure::Refused);
    let error = shop.desk.open("1000").await.unwrap_err();
    let DeskError::Payment(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.handle().is_some());
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn nobody_is_sent_to_pay_another_price_than_the_orders() {
    let shop = Shop::new();
    let created = shop.open().await;
    let ledger = shop.ledger().await;
    for (dearer, field) in [
        (Money::new("150001", Currency::Irr), ComparedField::Amount),
        (Money::new("150000", Currency::Usd), ComparedField::Currency),
    ] {
        let payment = NewPayment::new("1000", dearer.unwrap()).unwrap();
        let changed = StoredOrder::new("main", payment).with_ledger(ledger.clone());
        shop.store.put("1000", changed);
        let error = shop.desk.open("1000").await.unwrap_err();
        let DeskError::Payment(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().is_some_and(|it| it.has(field)), "{error}");
    }
    assert_eq!(shop.till.calls(), ["create"]);
    // Once the price is what it was, so is the payment.
    shop.store
        .put("1000", order("1000", "main").with_ledger(ledger));
    assert_eq!(shop.open().await, created);
}

#[tokio::test]
async fn what_is_sent_again_is_in_doubt_from_then_on() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    // The second one is lost as well: its own settling time begins.
    shop.till.on_create(Failure::LostBefore);
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after == SETTLING),
        "{opened:?}"
    );
}

/// It dies as it sends the second create: the ninth step, after a load, a claim, a look-up and a save.
#[tokio::test]
async fn the_handle_of_what_is_sent_again_is_new() {
    let clock = Arc::new(MockClock::default());
    let till = MockProvider::new("till", &clock);
    let store = Arc::new(MemoryStore::new());
    store.put("1000", order("1000", "main"));
    let lease = Duration::from_secs(20);
    let at = |fate: &Arc<Fate>| {
        let account = CrashingProvider::account("main", till.clone(), fate);
        let mortal = CrashingStore {
            inner: Arc::clone(&store),
            fate: Arc::clone(fate),
        };
        let desk = desk(mortal, Accounts::new([account]).unwrap(), &clock);
        desk.lease(lease).unwrap()
    };
    till.on_create(Failure::LostBefore);
    let _ = at(&Fate::kind()).open("1000").await.unwrap();
    clock.advance(SETTLING);
    let fate = Fate::of([(8, crashing_store::CrashPoint::Dies)]);
    assert!(fate.live(at(&fate).open("1000")).await.is_none());
    assert_eq!(till.calls(), ["create", "resolve", "resolve"]);
    clock.advance(lease);
    // What it may have sent is younger than the settling time, which counts from when it had left at the latest.
    let opened = at(&Fate::kind()).open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after + lease == SENDING + SETTLING),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_create_that_was_refused_leaves_nothing_behind() {
    let shop = Shop::new();
    shop.till.on_create(Failure::Refused);
    let error = shop.desk.open("1000").await.unwrap_err();
    assert!(
        matches!(&error, DeskError::Payment(error) if error.kind() == ErrorKind::Refused),
        "{error}"
    );
    assert_eq!(shop.ledger().await.stage(), Stage::New);
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["create", "create"]);
}

#[tokio::test]
async fn a_refusal_of_the_second_create_does_not_clear_the_first_of_doubt() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    shop.till.on_create(Failure::Refused);
    assert!(shop.desk.open("1000").await.is_err());
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
    // It is looked up again before anything else is sent.
    shop.till.forget_calls();
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["resolve", "create"]);
}

/// After a create, what was created is written: the ninth step, after a load, a claim, a save and the create.
#[tokio::test]
async fn a_payment_that_was_created_is_written_even_if_the_store_fails_once() {
    let clock = Arc::new(MockClock::default());
    let till = MockProvider::forgetful("till", &clock);
    let store = Arc::new(MemoryStore::new());
    store.put("1000", order("1000", "main"));
    let fate = Fate::of([(8, crashing_store::CrashPoint::StoreFails)]);
    let account = CrashingProvider::account("main", till.clone(), &fate);
    let mortal = CrashingStore {
        inner: Arc::clone(&store),
        fate,
    };
    let desk = desk(mortal, Accounts::new([account]).unwrap(), &clock);
    let created = ready(desk.open("1000").await.unwrap());
    let stored = store.load("1000").await.unwrap().unwrap();
    assert_eq!(stored.ledger().created(), Some(&created));
}

#[tokio::test]
async fn a_payment_that_the_provider_does_not_take_is_never_sent() {
    let shop = Shop::new();
    let payment = NewPayment::new("1000", price()).unwrap();
    let payment = payment
        .with_description("the till has no place for it")
        .unwrap();
    shop.store.put("1000", StoredOrder::new("main", payment));
    let error = shop.desk.open("1000").await.unwrap_err();
    assert!(
        matches!(&error, DeskError::Payment(error) if error.kind() == ErrorKind::Unsupported),
        "{error}"
    );
    assert!(shop.till.calls().is_empty());
    assert_eq!(shop.ledger().await.stage(), Stage::New);
}

#[tokio::test]
async fn an_order_or_an_account_that_is_not_there_is_said() {
    let shop = Shop::new();
    let error = shop.desk.open("nobody's").await.unwrap_err();
    assert!(matches!(error, DeskError::NoSuchOrder), "{error}");
    shop.store.put("1001", order("1001", "another"));
    let error = shop.desk.open("1001").await.unwrap_err();
    assert!(matches!(error, DeskError::UnknownAccount(_)), "{error}");
    assert!(error.to_string().contains("choose one of main"), "{error}");
    // The claim was given back: once the account is there, the order goes on.
    shop.store.put("1001", order("1001", "main"));
    let _ = ready(shop.desk.open("1001").await.unwrap());
}

#[tokio::test]
async fn a_paid_order_is_not_opened_again() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.check("1000").await.unwrap();
    shop.till.forget_calls();
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(&opened, Opened::AlreadyPaid(delivery) if delivery.order() == "1000"),
        "{opened:?}"
    );
    assert!(shop.till.calls().is_empty());
}

/// The handle in the store says by when the create had left.
#[tokio::test]
async fn a_create_whose_handle_took_too_long_to_write_is_taken_back() {
    let shop = Shop::new();
    shop.till.preparing_takes(Duration::from_secs(31));
    let error = shop.desk.open("1000").await.unwrap_err();
    let DeskError::Payment(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(shop.till.calls().is_empty());
    assert_eq!(shop.ledger().await.stage(), Stage::New);
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["create"]);
}

#[tokio::test]
async fn a_create_whose_handle_was_written_in_time_is_sent() {
    let shop = Shop::new();
    shop.till.preparing_takes(Duration::from_secs(30));
    let _ = shop.open().await;
    assert_eq!(shop.till.calls(), ["create"]);
}

/// A create that is in doubt stays so if what was to be sent in its place was not.
#[tokio::test]
async fn what_is_taken_back_leaves_the_create_before_it_in_doubt() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    shop.till.forget_calls();
    shop.till.preparing_takes(Duration::from_secs(31));
    assert!(shop.desk.open("1000").await.is_err());
    assert_eq!(shop.till.calls(), ["resolve"]);
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
}

/// Asked ten seconds before the settling time is over, answered two seconds after: the create came in in between.
#[tokio::test]
async fn an_answer_that_took_long_sends_no_second_create() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let ten = Duration::from_secs(10);
    shop.clock.advance(SETTLING.checked_sub(ten).unwrap());
    shop.till.answers_take(Duration::from_secs(12));
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(
        matches!(opened, Opened::Unresolved { retry_after } if retry_after == ten),
        "{opened:?}"
    );
    let payment = order("1000", "main").payment().clone();
    shop.till.comes_late(&payment);
    let _ = shop.open().await;
    let creates = shop.till.calls();
    let creates = creates.iter().filter(|call| **call == "create");
    assert_eq!(creates.count(), 1);
    assert_eq!(shop.till.payments().len(), 1);
}

fn reference(text: &str) -> OrderReference {
    text.parse().unwrap()
}

fn begun(restarted: Reopened) -> Created {
    match restarted {
        Reopened::Opened(opened) => ready(opened),
        Reopened::Kept(outcome) => panic!("kept: {outcome:?}"),
    }
}

#[tokio::test]
async fn a_payment_that_may_still_be_paid_is_kept() {
    let shop = Shop::new();
    let _ = shop.open().await;
    for state in [
        PaymentState::Unpaid,
        PaymentState::Paying,
        PaymentState::Unconfirmed,
        PaymentState::Promised,
        PaymentState::Unclear("odd".into()),
    ] {
        shop.till.set("1000", state.clone());
        let kept = shop.desk.reopen("1000", reference("1000-b")).await;
        let kept = kept.unwrap();
        assert!(
            matches!(&kept, Reopened::Kept(Outcome::NotPaid(_))),
            "{state}: {kept:?}"
        );
    }
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn a_payment_that_is_over_is_followed_by_another() {
    for state in [
        PaymentState::Expired,
        PaymentState::Failed,
        PaymentState::Cancelled,
        PaymentState::Refunded,
    ] {
        let shop = Shop::new();
        let first = shop.open().await;
        shop.till.set("1000", state);
        let second = shop.desk.reopen("1000", reference("1000-b")).await;
        let second = begun(second.unwrap());
        assert_ne!(first, second);
        assert_eq!(second.record().reference().as_str(), "1000-b");
        assert_eq!(shop.open().await, second);

        shop.till.pay("1000-b");
        let now = shop.desk.hint("1000", shop.till.hint("1000-b")).await;
        let now = now.unwrap();
        assert!(
            matches!(&now, Outcome::DeliverNow(delivery) if delivery.reference().as_str() == "1000-b"),
            "{now:?}"
        );
    }
}

#[tokio::test]
async fn an_old_payment_that_is_paid_after_all_pays_the_order_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    shop.till.pay("1000");
    let now = shop
        .desk
        .hint("1000", shop.till.hint("1000"))
        .await
        .unwrap();
    assert!(
        matches!(&now, Outcome::DeliverNow(delivery) if delivery.reference().as_str() == "1000"),
        "{now:?}"
    );
    shop.till.pay("1000-b");
    let again = shop.desk.check("1000").await.unwrap();
    assert!(matches!(again, Outcome::AwaitingDelivery(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_payment_that_was_made_meanwhile_is_handed_out_instead() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let kept = shop.desk.reopen("1000", reference("1000-b")).await;
    let kept = kept.unwrap();
    assert!(
        matches!(kept, Reopened::Kept(Outcome::DeliverNow(_))),
        "{kept:?}"
    );
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn a_payment_that_nobody_can_find_is_lost_until_the_merchant_starts_over() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Failure::LostAfter);
    for _ in 0..2 {
        let opened = shop.desk.open("1000").await.unwrap();
        assert!(
            matches!(&opened, Opened::Lost(lost) if lost.reference().as_str() == "1000"),
            "{opened:?}"
        );
        let looked = shop.desk.check("1000").await.unwrap();
        assert!(
            matches!(&looked, Outcome::Lost(lost) if lost.reason().contains("by its reference")),
            "{looked:?}"
        );
    }
    assert_eq!(shop.till.calls(), ["create"]);
    let restarted = shop.desk.reopen("1000", reference("1001")).await;
    let created = begun(restarted.unwrap());
    assert_eq!(created.record().reference().as_str(), "1001");
    shop.till.pay("1001");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}

#[tokio::test]
async fn a_new_payment_that_is_refused_leaves_the_lost_one_lost() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.till.on_create(Failure::Refused);
    let refused = shop.desk.reopen("1000", reference("1001")).await;
    assert!(refused.is_err());
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(matches!(opened, Opened::Lost(_)), "{opened:?}");
    let restarted = shop.desk.reopen("1000", reference("1001")).await;
    let _ = begun(restarted.unwrap());
}

#[tokio::test]
async fn a_create_that_was_given_up_and_came_after_all_pays_the_order_once() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let second = begun(restarted.unwrap());
    shop.till.comes_late(order("1000", "main").payment());
    let unpaid = shop.desk.check("1000").await.unwrap();
    assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
    // The payer is shown the new one all the same.
    assert_eq!(shop.open().await, second);
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(
        matches!(&now, Outcome::DeliverNow(delivery) if delivery.reference().as_str() == "1000"),
        "{now:?}"
    );
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn what_was_given_up_is_no_trouble_when_it_cannot_be_asked_for() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    shop.till.on_resolve(Failure::LostBefore);
    let unpaid = shop.desk.check("1000").await.unwrap();
    assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
}

/// The payment before it is over: what is asked for instead is not there yet.
#[tokio::test]
async fn a_new_payment_whose_create_is_in_doubt_is_asked_for_and_not_open() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    shop.till.on_create(Failure::LostBefore);
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let restarted = restarted.unwrap();
    assert!(
        matches!(restarted, Reopened::Opened(Opened::Unresolved { .. })),
        "{restarted:?}"
    );
    assert_eq!(shop.ledger().await.stage(), Stage::Creating);
    assert_eq!(shop.ledger().await.created(), None);
}

#[tokio::test]
async fn a_reference_is_used_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    shop.till.set("1000-b", PaymentState::Failed);
    for used in ["1000", "1000-b"] {
        let error = shop.desk.reopen("1000", reference(used)).await;
        let error = error.unwrap_err();
        assert!(
            matches!(&error, DeskError::Payment(error) if error.kind() == ErrorKind::Invalid),
            "{error}"
        );
    }
    assert_eq!(shop.till.payments().len(), 2);
}

#[tokio::test]
async fn the_next_payment_may_go_through_another_account() {
    let (shop, other) = Shop::new().and_other();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Failed);
    let ledger = shop.ledger().await;
    shop.store
        .put("1000", order("1000", "other").with_ledger(ledger));
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let created = begun(restarted.unwrap());
    assert_eq!(created.record().provider(), "other-till");

    // A hint of either provider is about that provider's payment.
    let outcome = shop.desk.hint("1000", shop.till.hint("1000")).await;
    assert!(matches!(outcome.unwrap(), Outcome::NotPaid(_)));
    // While one of them cannot be asked, the other's proof counts.
    other.pay("1000-b");
    shop.till.on_settle(Failure::LostBefore);
    let now = shop.desk.hint("1000", other.hint("1000-b")).await.unwrap();
    assert!(
        matches!(&now, Outcome::DeliverNow(delivery) if delivery.account() == "other"),
        "{now:?}"
    );
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_hides_no_others_proof() {
    let (shop, other) = Shop::new().and_other();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Failed);
    let ledger = shop.ledger().await;
    shop.store
        .put("1000", order("1000", "other").with_ledger(ledger));
    let restarted = shop.desk.reopen("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    other.on_settle(Failure::LostBefore);
    let error = shop.desk.check("1000").await.unwrap_err();
    assert!(matches!(error, DeskError::Payment(_)), "{error}");
    other.on_settle(Failure::LostBefore);
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}
