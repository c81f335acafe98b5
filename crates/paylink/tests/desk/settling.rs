//! What is paid is handed out once, on a proof and on nothing else; and what is written of it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::core::Runtime;
use paylink::desk::{
    Claimed, Delivery, DeskError, Ledger, MarkedDelivered, OrderStore, Outcome, Stage,
};
use paylink::{Accounts, ComparedField, Currency, Hint, Money, NewPayment, PaymentState};
use paylink_testkit::mock_provider::{Failure, MockProvider, SETTLING};

use crate::shop::{LEASE, Shop, account, desk, order, price, ready};

#[tokio::test]
async fn a_paid_order_is_handed_out_once_and_then_delivered() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let unpaid = shop.desk.check("1000").await.unwrap();
    assert!(
        matches!(&unpaid, Outcome::NotPaid(payment) if *payment.state() == PaymentState::Unpaid),
        "{unpaid:?}"
    );
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    let Outcome::DeliverNow(delivery) = now else {
        panic!("{now:?}");
    };
    assert_eq!(shop.store.deliveries(), [(*delivery).clone()]);
    assert_eq!(delivery.amount(), &price());
    assert_eq!(delivery.provider(), "till");
    assert_eq!(delivery.account(), "main");
    assert_eq!(delivery.reference().as_str(), "1000");
    assert_eq!(delivery.provider_reference(), "till-0");
    assert_eq!(
        delivery.unreported_fields().collect::<Vec<_>>(),
        ["merchant"]
    );

    shop.till.forget_calls();
    for _ in 0..3 {
        let again = shop.desk.check("1000").await.unwrap();
        assert!(matches!(again, Outcome::AwaitingDelivery(_)), "{again:?}");
    }
    // Nobody was asked for that.
    assert!(shop.till.calls().is_empty());
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn an_order_that_nobody_opened_is_not_asked_about() {
    let shop = Shop::new();
    let outcome = shop.desk.check("1000").await.unwrap();
    assert!(matches!(outcome, Outcome::NotOpened), "{outcome:?}");
    assert!(shop.till.calls().is_empty());
}

#[tokio::test]
async fn a_settle_that_failed_is_done_by_the_next_look() {
    for blow in [Failure::Refused, Failure::LostBefore, Failure::LostAfter] {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop.till.pay("1000");
        shop.till.on_settle(blow);
        let error = shop.desk.check("1000").await.unwrap_err();
        assert!(matches!(error, DeskError::Payment(_)), "{error}");
        assert!(shop.store.deliveries().is_empty());
        let now = shop.desk.check("1000").await.unwrap();
        assert!(matches!(now, Outcome::DeliverNow(_)), "{blow:?}: {now:?}");
    }
}

#[tokio::test]
async fn a_payment_that_was_settled_elsewhere_is_still_delivered() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    shop.till.change("1000", |entry| entry.confirmed = 1);
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}

#[tokio::test]
async fn a_payment_whose_create_was_lost_is_found_and_settled_by_a_look() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostAfter);
    shop.till.on_resolve(Failure::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
    assert_eq!(shop.till.payments().len(), 1);
}

#[tokio::test]
async fn a_look_never_creates_anything() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let early = shop.desk.check("1000").await.unwrap();
    assert!(matches!(early, Outcome::Unresolved { .. }), "{early:?}");
    shop.clock.advance(SETTLING);
    let late = shop.desk.check("1000").await.unwrap();
    assert!(matches!(late, Outcome::NotOpened), "{late:?}");
    assert!(shop.till.payments().is_empty());
}

#[tokio::test]
async fn another_amount_or_currency_than_the_orders_is_never_delivered() {
    let dearer = Money::new("150001", Currency::Irr).unwrap();
    // What the provider reports.
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    shop.till.change("1000", |entry| entry.amount = dearer);
    assert_mismatch(&shop, ComparedField::Amount).await;

    // What the order costs by now.
    for (price, field) in [
        (dearer, ComparedField::Amount),
        (
            Money::new("150000", Currency::Usd).unwrap(),
            ComparedField::Currency,
        ),
        (
            Money::new("150000", Currency::Irt).unwrap(),
            ComparedField::Amount,
        ),
    ] {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop.till.pay("1000");
        let ledger = shop.ledger().await;
        let payment = NewPayment::new("1000", price).unwrap();
        let changed = paylink::desk::StoredOrder::new("main", payment).with_ledger(ledger);
        shop.store.put("1000", changed);
        assert_mismatch(&shop, field).await;
    }
}

#[tokio::test]
async fn a_proof_of_another_amount_than_the_orders_is_no_proof() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let cheap = Money::new("15000", Currency::Irr).unwrap();
    shop.till.change("1000", |entry| entry.amount = cheap);
    shop.till.compare_no_amounts();
    assert_mismatch(&shop, ComparedField::Amount).await;
}

#[tokio::test]
async fn toman_and_rial_of_the_same_value_are_the_same_price() {
    let shop = Shop::new();
    let toman = Money::new("15000", Currency::Irt).unwrap();
    let payment = NewPayment::new("1000", toman).unwrap();
    shop.store
        .put("1000", paylink::desk::StoredOrder::new("main", payment));
    let _ = shop.open().await;
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}

#[tokio::test]
async fn a_ledger_that_is_another_orders_is_refused() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let paid = shop.ledger().await;
    shop.store
        .put("2000", order("2000", "main").with_ledger(paid));
    for error in [
        shop.desk.check("2000").await.map(drop).unwrap_err(),
        shop.desk.open("2000").await.map(drop).unwrap_err(),
        shop.desk
            .mark_delivered("2000")
            .await
            .map(drop)
            .unwrap_err(),
    ] {
        assert!(
            matches!(&error, DeskError::ForeignLedger { of } if of == "1000"),
            "{error}"
        );
    }
    assert!(shop.store.deliveries().is_empty());
}

#[tokio::test]
async fn an_order_whose_reference_was_changed_is_not_paid_by_the_old_payment() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let paid = shop.ledger().await;
    assert_eq!(paid.stage(), Stage::Open);
    shop.store
        .put("1000", order("1000-b", "main").with_ledger(paid));
    assert_mismatch(&shop, ComparedField::Order).await;
}

async fn assert_mismatch(shop: &Shop, field: ComparedField) {
    for _ in 0..2 {
        let outcome = shop.desk.check("1000").await.unwrap();
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
    let shop = Shop::new();
    let _ = shop.open().await;
    let outcome = shop.desk.hint("1000", shop.till.hint("1000")).await;
    let outcome = outcome.unwrap();
    assert!(matches!(outcome, Outcome::NotPaid(_)), "{outcome:?}");
}

/// What anybody may write into a hint.
fn forged(shop: &Shop) -> [(Hint, ComparedField); 4] {
    [
        (shop.till.hint("2000"), ComparedField::Reference),
        (
            Hint::new("till").with_reference("2000"),
            ComparedField::Order,
        ),
        (
            Hint::new("till").with_reference("۱۰۰۰"),
            ComparedField::Order,
        ),
        (
            Hint::new("another").with_id("id", "till-0"),
            ComparedField::Reference,
        ),
    ]
}

#[tokio::test]
async fn the_hint_of_another_paid_order_pays_nothing_and_hides_nothing() {
    let shop = Shop::new();
    shop.store.put("2000", order("2000", "main"));
    let _ = shop.open().await;
    let _ = ready(shop.desk.open("2000").await.unwrap());
    shop.till.pay("2000");
    shop.till.forget_calls();
    for (hint, field) in forged(&shop) {
        // Whoever wants to know is told, and nobody is asked for it.
        let found = shop.desk.names_another("1000", &hint).await.unwrap();
        let found = found.expect("another payment");
        assert!(found.has(field), "{found}");
        assert!(shop.till.calls().is_empty());
        // The order is looked at all the same, without the hint.
        let outcome = shop.desk.hint("1000", hint).await.unwrap();
        assert!(matches!(outcome, Outcome::NotPaid(_)), "{outcome:?}");
        assert_eq!(shop.till.calls(), ["settle"]);
        shop.till.forget_calls();
    }
    assert!(shop.store.deliveries().is_empty());
    let own = shop.till.hint("1000");
    assert!(
        shop.desk
            .names_another("1000", &own)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_paid_order_is_handed_out_whatever_payment_its_hint_names() {
    for number in 0..4 {
        let shop = Shop::new();
        shop.store.put("2000", order("2000", "main"));
        let _ = shop.open().await;
        let _ = ready(shop.desk.open("2000").await.unwrap());
        shop.till.pay("1000");
        let (hint, _) = forged(&shop)[number].clone();
        let now = shop.desk.hint("1000", hint.clone()).await.unwrap();
        assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
        let again = shop.desk.hint("1000", hint).await.unwrap();
        assert!(matches!(again, Outcome::AwaitingDelivery(_)), "{again:?}");
        assert_eq!(shop.store.deliveries().len(), 1);
    }
}

#[tokio::test]
async fn a_hint_that_comes_back_after_the_delivery_changes_nothing() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let hint = shop.till.hint("1000");
    let now = shop.desk.hint("1000", hint.clone()).await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
    let again = shop.desk.hint("1000", hint).await.unwrap();
    assert!(matches!(again, Outcome::AwaitingDelivery(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_hint_finds_the_payment_whose_create_was_lost() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostAfter);
    shop.till.on_resolve(Failure::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    let now = shop.desk.hint("1000", shop.till.hint("1000")).await;
    assert!(matches!(now.unwrap(), Outcome::DeliverNow(_)));
}

#[tokio::test]
async fn a_hint_while_the_create_is_in_doubt_is_no_mismatch() {
    let shop = Shop::new();
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let early = Hint::new("till").with_id("id", "till-0");
    let outcome = shop.desk.hint("1000", early).await.unwrap();
    assert!(
        matches!(outcome, Outcome::Unresolved { retry_after } if retry_after == SETTLING),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_hint_for_an_account_that_is_gone_or_another_provider_by_now_is_an_error() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let hint = shop.till.hint("1000");
    let error_at = async |accounts| {
        let desk = desk(Arc::clone(&shop.store), accounts, &shop.clock);
        desk.hint("1000", hint.clone()).await.unwrap_err()
    };
    let error = error_at(Accounts::default()).await;
    assert!(matches!(error, DeskError::UnknownAccount(_)), "{error}");

    let other = MockProvider::new("other-till", &shop.clock);
    let error = error_at(Accounts::new([account("main", &other)]).unwrap()).await;
    assert!(error.to_string().contains("of another provider"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_hints_at_once_one_is_told_to_deliver() {
    for round in 0..50 {
        let shop = Arc::new(Shop::new());
        let _ = shop.open().await;
        shop.till.pay("1000");
        let all: Vec<_> = (0..8)
            .map(|_| {
                let shop = Arc::clone(&shop);
                tokio::spawn(async move {
                    let hint = shop.till.hint("1000");
                    shop.desk.hint("1000", hint).await.unwrap()
                })
            })
            .collect();
        let mut now = 0;
        for one in all {
            match one.await.unwrap() {
                Outcome::DeliverNow(_) => now += 1,
                Outcome::AwaitingDelivery(_) | Outcome::Busy { .. } => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert_eq!(
            (now, shop.store.deliveries().len()),
            (1, 1),
            "round {round}"
        );
    }
}

#[tokio::test]
async fn goods_that_went_out_are_written_down_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.check("1000").await.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::AwaitingDelivery);
    let at = shop.clock.now();
    for _ in 0..2 {
        let done = shop.desk.mark_delivered("1000").await.unwrap();
        assert_eq!(done, MarkedDelivered::Done { at });
        shop.clock.advance(Duration::from_secs(9));
    }
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    let outcome = shop.desk.check("1000").await.unwrap();
    assert!(
        matches!(outcome, Outcome::Delivered { at: said } if said == at),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn goods_of_an_order_that_was_never_handed_out_are_not_written_down() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let said = shop.desk.mark_delivered("1000").await.unwrap();
    assert_eq!(said, MarkedDelivered::NotAwaitingDelivery);
    assert_eq!(shop.ledger().await.stage(), Stage::Open);
    // Nor is the order held by it.
    let outcome = shop.desk.check("1000").await.unwrap();
    assert!(matches!(outcome, Outcome::NotPaid(_)), "{outcome:?}");
}

#[tokio::test]
async fn it_is_said_when_somebody_else_is_at_it() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let _held = shop.store.claim("1000", shop.clock.now(), LEASE).await;
    let busy = shop.desk.mark_delivered("1000").await.unwrap();
    assert!(matches!(busy, MarkedDelivered::Busy { .. }), "{busy:?}");
}

#[tokio::test]
async fn of_two_who_say_it_at_once_the_first_counts() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.check("1000").await.unwrap();
    let now = shop.clock.now();
    let claimed = shop.store.claim("1000", now, LEASE).await.unwrap();
    let Claimed::Granted { claim, .. } = claimed else {
        panic!("{claimed:?}");
    };
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
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let now = shop.desk.check("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
    shop.store.put("1000", order("1000", "main"));
    let _ = shop.desk.open("1000").await.unwrap();
    let again = shop.desk.check("1000").await.unwrap();
    assert!(matches!(again, Outcome::AwaitingDelivery(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
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
    shop.till.on_create(Failure::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    kept(Stage::Creating).await;
    shop.clock.advance(SETTLING);
    let _ = shop.open().await;
    kept(Stage::Open).await;
    shop.till.set("1000", PaymentState::Expired);
    let again = shop.desk.reopen("1000", "1000-b".parse().unwrap());
    let _ = again.await.unwrap();
    kept(Stage::Open).await;
    shop.till.pay("1000-b");
    let _ = shop.desk.check("1000").await.unwrap();
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
    let shop = Shop::new();
    let _ = shop.open().await;
    let mut stored = serde_json::to_value(shop.ledger().await).unwrap();
    stored["version"] = "1".into();
    stored.as_object_mut().unwrap().remove("watch").unwrap();
    let ledger: Ledger = serde_json::from_value(stored).unwrap();
    assert_eq!(ledger.stage(), Stage::Open);
    assert_eq!(ledger.next_check_at(), Some(SystemTime::UNIX_EPOCH));
    assert_eq!(ledger.created(), shop.ledger().await.created());
}

#[tokio::test]
async fn a_delivery_comes_back_from_its_json() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.check("1000").await.unwrap();
    let delivery = shop.store.deliveries().remove(0);
    let text = serde_json::to_string(&delivery).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&text).unwrap(), delivery);
    assert!(serde_json::from_str::<Delivery>(&text.replace("amount", "sum")).is_err());
}
