//! What is paid is handed out once, on a proof and on nothing else; and what is written of it.

use std::slice;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::core::Runtime;
use paylink::desk::{
    Delivery, DeskError, Ledger, MarkedDelivered, OrderStore, Outcome, Stage, StoredOrder,
};
use paylink::{Accounts, ComparedField, Currency, Hint, Money, NewPayment, PaymentState};
use paylink_testkit::assert_matches;
use paylink_testkit::mock_provider::{Failure, MockProvider, SETTLING};
use serde_json::json;
use tokio::task::JoinSet;

use crate::shop::{Shop, account, deliver_now, desk, order, payment_error, price};

#[tokio::test]
async fn a_paid_order_is_handed_out_once_and_then_delivered() {
    let shop = Shop::opened().await;
    assert_matches!(
        shop.check().await,
        Outcome::NotPaid(payment) if *payment.state() == PaymentState::Unpaid
    );
    shop.provider.pay("1000");
    let delivery = deliver_now(shop.check().await);
    assert_eq!(shop.store.deliveries(), slice::from_ref(&delivery));
    assert_eq!(delivery.amount(), &price());
    assert_eq!(delivery.provider(), "mock");
    assert_eq!(delivery.account(), "main");
    assert_eq!(delivery.reference().as_str(), "1000");
    assert_eq!(delivery.provider_reference(), "mock-0");
    assert!(delivery.unreported_fields().eq(["merchant"]));

    shop.provider.forget_calls();
    for _ in 0..3 {
        assert_matches!(shop.check().await, Outcome::AwaitingDelivery(_));
    }
    // Nobody was asked for that.
    assert!(shop.provider.calls().is_empty());
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn an_order_that_nobody_opened_is_not_asked_about() {
    let shop = Shop::new();
    assert_matches!(shop.check().await, Outcome::NotOpened);
    assert!(shop.provider.calls().is_empty());
}

#[tokio::test]
async fn a_settle_that_failed_is_done_by_the_next_look() {
    for failure in [Failure::Refused, Failure::LostBefore, Failure::LostAfter] {
        let shop = Shop::paid().await;
        shop.provider.on_settle(failure);
        payment_error(shop.desk.check("1000").await);
        assert!(shop.store.deliveries().is_empty());
        assert_matches!(shop.check().await, Outcome::DeliverNow(_), "{failure:?}");
    }
}

#[tokio::test]
async fn a_payment_that_was_settled_elsewhere_is_still_delivered() {
    let shop = Shop::paid().await;
    shop.provider.change("1000", |entry| entry.confirmed = 1);
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
}

#[tokio::test]
async fn a_payment_whose_create_was_lost_is_found_and_settled_by_a_look() {
    let shop = Shop::lost().await;
    shop.provider.pay("1000");
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
    assert_eq!(shop.provider.payments().len(), 1);
}

#[tokio::test]
async fn a_look_never_creates_anything() {
    let shop = Shop::in_doubt().await;
    assert_matches!(shop.check().await, Outcome::Unresolved { .. });
    shop.clock.advance(SETTLING);
    assert_matches!(shop.check().await, Outcome::NotOpened);
    assert!(shop.provider.payments().is_empty());
}

#[tokio::test]
async fn another_amount_or_currency_than_the_orders_is_never_delivered() {
    let pricier = Money::new("150001", Currency::Irr).unwrap();
    // What the provider reports.
    let shop = Shop::paid().await;
    shop.provider.change("1000", |entry| entry.amount = pricier);
    assert_mismatch(&shop, ComparedField::Amount).await;

    // What the order costs by now.
    for (price, field) in [
        (Ok(pricier), ComparedField::Amount),
        (Money::new("150000", Currency::Usd), ComparedField::Currency),
        (Money::new("150000", Currency::Irt), ComparedField::Amount),
    ] {
        let shop = Shop::paid().await;
        let ledger = shop.ledger().await;
        let payment = NewPayment::new("1000", price.unwrap()).unwrap();
        let changed = StoredOrder::new("main", payment).with_ledger(ledger);
        shop.store.put("1000", changed);
        assert_mismatch(&shop, field).await;
    }
}

#[tokio::test]
async fn a_proof_of_another_amount_than_the_orders_is_no_proof() {
    let shop = Shop::paid().await;
    let cheap = Money::new("15000", Currency::Irr).unwrap();
    shop.provider.change("1000", |entry| entry.amount = cheap);
    shop.provider.compare_no_amounts();
    assert_mismatch(&shop, ComparedField::Amount).await;
}

#[tokio::test]
async fn toman_and_rial_of_the_same_value_are_the_same_price() {
    let shop = Shop::new();
    let toman = Money::new("15000", Currency::Irt).unwrap();
    let payment = NewPayment::new("1000", toman).unwrap();
    shop.store.put("1000", StoredOrder::new("main", payment));
    let _ = shop.open().await;
    shop.provider.pay("1000");
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
}

#[tokio::test]
async fn a_ledger_that_is_another_orders_is_refused() {
    let shop = Shop::paid().await;
    let foreign = order("2000", "main").with_ledger(shop.ledger().await);
    shop.store.put("2000", foreign);
    for refused in [
        shop.desk.check("2000").await.map(drop),
        shop.desk.open("2000").await.map(drop),
        shop.desk.mark_delivered("2000").await.map(drop),
    ] {
        assert_matches!(refused, Err(DeskError::ForeignLedger { of }) if of == "1000");
    }
    assert!(shop.store.deliveries().is_empty());
}

#[tokio::test]
async fn an_order_whose_reference_was_changed_is_not_paid_by_the_old_payment() {
    let shop = Shop::paid().await;
    let paid = shop.ledger().await;
    assert_eq!(paid.stage(), Stage::Open);
    let changed = order("1000-b", "main").with_ledger(paid);
    shop.store.put("1000", changed);
    assert_mismatch(&shop, ComparedField::Order).await;
}

async fn assert_mismatch(shop: &Shop, field: ComparedField) {
    for _ in 0..2 {
        let outcome = shop.check().await;
        let Outcome::Mismatch(found) = outcome else {
            panic!("{field:?} passed: {outcome:?}");
        };
        assert!(found.has(field), "{found}");
        assert_eq!(found.differences().len(), 1, "{found}");
    }
    assert!(shop.store.deliveries().is_empty());
    assert!(shop.ledger().await.delivery().is_none());
}

#[tokio::test]
async fn a_hint_of_an_unpaid_order_delivers_nothing() {
    let shop = Shop::opened().await;
    assert_matches!(shop.hint("1000").await, Outcome::NotPaid(_));
}

/// What anybody may write into a hint.
fn forged(shop: &Shop) -> [(Hint, ComparedField); 4] {
    let of_order = |reference: &str| Hint::new("mock").with_reference(reference);
    let of_another = Hint::new("another").with_id("id", "mock-0");
    [
        (shop.provider.hint("2000"), ComparedField::Reference),
        (of_order("2000"), ComparedField::Order),
        (of_order("۱۰۰۰"), ComparedField::Order),
        (of_another, ComparedField::Reference),
    ]
}

#[tokio::test]
async fn the_hint_of_another_paid_order_pays_nothing_and_hides_nothing() {
    let shop = Shop::opened().await;
    let _ = shop.put_and_open("2000").await;
    shop.provider.pay("2000");
    shop.provider.forget_calls();
    for (hint, field) in forged(&shop) {
        // A caller who wants to know is told, and no provider is asked for it.
        let found = shop.desk.names_another("1000", &hint).await.unwrap();
        let found = found.expect("another payment");
        assert!(found.has(field), "{found}");
        assert!(shop.provider.calls().is_empty());
        // The order is looked at all the same, without the hint.
        assert_matches!(shop.follow(&hint).await, Outcome::NotPaid(_));
        assert_eq!(shop.provider.calls(), ["settle"]);
        shop.provider.forget_calls();
    }
    assert!(shop.store.deliveries().is_empty());
    let own = shop.provider.hint("1000");
    let found = shop.desk.names_another("1000", &own).await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn a_paid_order_is_handed_out_whatever_payment_its_hint_names() {
    for number in 0..4 {
        let shop = Shop::opened().await;
        let _ = shop.put_and_open("2000").await;
        shop.provider.pay("1000");
        let (hint, _) = &forged(&shop)[number];
        assert_matches!(shop.follow(hint).await, Outcome::DeliverNow(_));
        assert_matches!(shop.follow(hint).await, Outcome::AwaitingDelivery(_));
        assert_eq!(shop.store.deliveries().len(), 1);
    }
}

#[tokio::test]
async fn a_hint_that_comes_back_after_the_delivery_changes_nothing() {
    let shop = Shop::paid().await;
    assert_matches!(shop.hint("1000").await, Outcome::DeliverNow(_));
    assert_matches!(shop.hint("1000").await, Outcome::AwaitingDelivery(_));
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_hint_finds_the_payment_whose_create_was_lost() {
    let shop = Shop::lost().await;
    shop.provider.pay("1000");
    assert_matches!(shop.hint("1000").await, Outcome::DeliverNow(_));
}

#[tokio::test]
async fn a_hint_while_the_create_is_in_doubt_is_no_mismatch() {
    let shop = Shop::in_doubt().await;
    let early = Hint::new("mock").with_id("id", "mock-0");
    assert_matches!(
        shop.follow(&early).await,
        Outcome::Unresolved { retry_after } if retry_after == SETTLING
    );
}

#[tokio::test]
async fn a_hint_for_an_account_that_is_gone_or_another_provider_by_now_is_an_error() {
    let shop = Shop::opened().await;
    let hint = shop.provider.hint("1000");
    let error_at = async |accounts| {
        let desk = desk(Arc::clone(&shop.store), accounts, &shop.clock);
        desk.hint("1000", hint.clone()).await.unwrap_err()
    };
    let error = error_at(Accounts::default()).await;
    assert_matches!(error, DeskError::UnknownAccount(_));

    let other = MockProvider::new("other-mock", &shop.clock);
    let error = error_at(Accounts::new([account("main", &other)]).unwrap()).await;
    assert!(error.to_string().contains("of another provider"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_hints_at_once_one_is_told_to_deliver() {
    for round in 0..50 {
        let shop = Arc::new(Shop::paid().await);
        let mut all = JoinSet::new();
        for _ in 0..8 {
            let shop = Arc::clone(&shop);
            all.spawn(async move { shop.hint("1000").await });
        }
        let mut now = 0;
        for outcome in all.join_all().await {
            match outcome {
                Outcome::DeliverNow(_) => now += 1,
                Outcome::AwaitingDelivery(_) | Outcome::Busy { .. } => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        let deliveries = shop.store.deliveries().len();
        assert_eq!((now, deliveries), (1, 1), "round {round}");
    }
}

#[tokio::test]
async fn goods_that_went_out_are_written_down_once() {
    let shop = Shop::handed_out().await;
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
    let at = shop.clock.now();
    for _ in 0..2 {
        let done = shop.desk.mark_delivered("1000").await.unwrap();
        assert_eq!(done, MarkedDelivered::Done { at });
        shop.clock.advance(Duration::from_secs(9));
    }
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    assert_matches!(shop.check().await, Outcome::Delivered { at: said } if said == at);
}

#[tokio::test]
async fn goods_of_an_order_that_was_never_handed_out_are_not_written_down() {
    let shop = Shop::opened().await;
    let said = shop.desk.mark_delivered("1000").await.unwrap();
    assert_eq!(said, MarkedDelivered::NotAwaitingDelivery);
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    // Nor is the order held by it.
    assert_matches!(shop.check().await, Outcome::NotPaid(_));
}

#[tokio::test]
async fn that_another_call_holds_the_order_is_reported() {
    let shop = Shop::opened().await;
    let _held = shop.claim().await;
    let busy = shop.desk.mark_delivered("1000").await.unwrap();
    assert_matches!(busy, MarkedDelivered::Busy { .. });
}

#[tokio::test]
async fn of_two_who_say_it_at_once_the_first_counts() {
    let shop = Shop::handed_out().await;
    let now = shop.clock.now();
    let claim = shop.claimed().await;
    // Both wait for the claim; the clock moves when the first of them has written, before the second does.
    let first = shop.desk.mark_delivered("1000");
    let second = shop.desk.mark_delivered("1000");
    let release = shop.store.release(&claim);
    let clock = async {
        while shop.ledger().await.stage() == Stage::AwaitingDelivery {
            tokio::task::yield_now().await;
        }
        shop.clock.advance(Duration::from_secs(9));
    };
    let (first, (), second, released) = tokio::join!(biased; first, clock, second, release);
    released.unwrap();
    assert_eq!(first.unwrap(), MarkedDelivered::Done { at: now });
    assert_eq!(second.unwrap(), MarkedDelivered::Done { at: now });
}

/// A shop that puts an order in again, with another price say, has not forgotten what it handed out.
#[tokio::test]
async fn an_order_that_is_put_in_again_is_not_handed_out_again() {
    let shop = Shop::paid().await;
    assert_matches!(shop.check().await, Outcome::DeliverNow(_));
    shop.store.put("1000", order("1000", "main"));
    let _ = shop.try_open().await.unwrap();
    assert_matches!(shop.check().await, Outcome::AwaitingDelivery(_));
    assert_eq!(shop.store.deliveries().len(), 1);
}

/// What an operator is shown of an order, by the looks at its payment.
#[tokio::test]
async fn what_was_seen_of_a_payment_is_written_with_its_times() {
    let shop = Shop::opened().await;
    let written = async || {
        let ledger = shop.ledger().await;
        let times = (ledger.looked_at(), ledger.active_since());
        (times, ledger.seen().cloned())
    };
    assert_eq!(written().await, ((None, None), None));
    let (paying, unpaid) = (PaymentState::Paying, PaymentState::Unpaid);
    let mut active_since = None;
    // `None`: it cannot be asked for.
    for (state, is_active, is_new) in [
        (Some(unpaid.clone()), false, false),
        (Some(paying.clone()), true, true),
        (Some(paying.clone()), true, false),
        (None, true, false),
        (Some(paying.clone()), true, false),
        (Some(PaymentState::Unconfirmed), true, true),
        (Some(unpaid), false, false),
        (None, false, false),
        (Some(paying), true, true),
    ] {
        shop.clock.advance(Duration::from_secs(9));
        let now = shop.clock.now();
        match &state {
            Some(state) => shop.provider.set("1000", state.clone()),
            None => shop.provider.on_settle(Failure::LostBefore),
        }
        assert_eq!(shop.desk.check("1000").await.is_ok(), state.is_some());
        active_since = active_since.filter(|_| is_active);
        if is_new {
            active_since = Some(now);
        }
        assert_eq!(written().await, ((Some(now), active_since), state));
    }
    shop.provider.pay("1000");
    let _ = deliver_now(shop.check().await);
    assert_eq!(written().await, ((None, None), None));
}

#[tokio::test]
async fn an_outcome_has_one_word_for_logs_and_metrics() {
    let shop = Shop::opened().await;
    let unpaid = shop.check().await;
    shop.provider.pay("1000");
    let delivery = Box::new(deliver_now(shop.check().await));
    let at = delivery.settled_at();
    for (outcome, word) in [
        (unpaid, "not_paid"),
        (Outcome::DeliverNow(delivery), "deliver_now"),
        (shop.check().await, "awaiting_delivery"),
        (Outcome::Delivered { at }, "delivered"),
        (Outcome::NotOpened, "not_opened"),
        (Outcome::Busy { until: at }, "busy"),
    ] {
        assert_eq!(outcome.as_str(), word);
    }
}

#[tokio::test]
async fn a_ledger_comes_back_from_its_json_at_every_stage() {
    let shop = Shop::new();
    let kept = async |stage| {
        let ledger = shop.ledger().await;
        assert_eq!(ledger.stage(), stage);
        let text = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
        text
    };
    assert_eq!(kept(Stage::New).await, r#"{"version":"2"}"#);
    shop.provider.on_create(Failure::LostBefore);
    let _ = shop.try_open().await.unwrap();
    kept(Stage::Creating).await;
    shop.clock.advance(SETTLING);
    let _ = shop.open().await;
    kept(Stage::Open).await;
    shop.provider.set("1000", PaymentState::Expired);
    let _ = shop.reopen("1000-b").await.unwrap();
    kept(Stage::Open).await;
    shop.provider.pay("1000-b");
    let _ = shop.check().await;
    kept(Stage::AwaitingDelivery).await;
    let _ = shop.desk.mark_delivered("1000").await.unwrap();
    let text = kept(Stage::Delivered).await;

    // Another form, another member or another shape is not read as this one.
    for other in [
        text.replacen(r#""version":"2""#, r#""version":"3""#, 1),
        text.replacen('{', r#"{"paid":true,"#, 1),
        text.replacen(r#""made":"#, r#""paid":"#, 1),
        text.replacen(r#"{"version":"2","#, "{", 1),
    ] {
        assert_ne!(other, text);
        assert!(serde_json::from_str::<Ledger>(&other).is_err(), "{other}");
    }
}

/// The first form knew no watch: such an order is due at once, and is settled as ever.
#[tokio::test]
async fn the_first_form_of_a_ledger_is_read_as_one_that_nobody_looked_at() {
    let shop = Shop::opened().await;
    let mut stored = serde_json::to_value(shop.ledger().await).unwrap();
    stored["version"] = "1".into();
    let watch = stored.as_object_mut().unwrap().remove("watch").unwrap();
    // What is as it was at the beginning is not written.
    let begun = json!({ "since_ms": 1_800_000_000_000_u64, "again_at_ms": 1_800_000_045_000_u64 });
    assert_eq!(watch, begun);
    let ledger: Ledger = serde_json::from_value(stored).unwrap();
    assert_eq!(ledger.stage(), Stage::Open);
    assert_eq!(ledger.next_check_at(), Some(SystemTime::UNIX_EPOCH));
    assert_eq!(ledger.created(), shop.ledger().await.created());
}

#[tokio::test]
async fn a_delivery_comes_back_from_its_json() {
    let shop = Shop::handed_out().await;
    let delivery = shop.store.deliveries().remove(0);
    let text = serde_json::to_string(&delivery).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&text).unwrap(), delivery);
    assert!(serde_json::from_str::<Delivery>(&text.replace("amount", "sum")).is_err());
}
