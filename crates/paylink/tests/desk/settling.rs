//! What a look comes to, and that only the order's own payment pays it.

use paylink::desk::{DeskError, Outcome, Stage};
use paylink::{Currency, Field, Money, NewPayment, PaymentState};

use crate::shop::{Shop, order, price};
use crate::till::{Blow, SETTLING};

#[tokio::test]
async fn a_paid_order_is_handed_out_once_and_then_delivered() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let unpaid = shop.desk.look("1000").await.unwrap();
    assert!(
        matches!(&unpaid, Outcome::NotPaid(payment) if *payment.state() == PaymentState::Unpaid),
        "{unpaid:?}"
    );
    shop.till.pay("1000");
    let now = shop.desk.look("1000").await.unwrap();
    let Outcome::DeliverNow(delivery) = now else {
        panic!("{now:?}");
    };
    assert_eq!(shop.store.deliveries(), [(*delivery).clone()]);
    assert_eq!(delivery.amount(), &price());
    assert_eq!(delivery.provider(), "till");
    assert_eq!(delivery.account(), "main");
    assert_eq!(delivery.reference().as_str(), "1000");
    assert_eq!(delivery.provider_reference(), "till-0");
    assert_eq!(delivery.not_reported().collect::<Vec<_>>(), ["merchant"]);

    shop.till.forget_calls();
    for _ in 0..3 {
        let again = shop.desk.look("1000").await.unwrap();
        assert!(matches!(again, Outcome::HandedOut(_)), "{again:?}");
    }
    // Nobody was asked for that.
    assert!(shop.till.calls().is_empty());
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn an_order_that_nobody_opened_is_not_asked_about() {
    let shop = Shop::new();
    let outcome = shop.desk.look("1000").await.unwrap();
    assert!(matches!(outcome, Outcome::NotOpened), "{outcome:?}");
    assert!(shop.till.calls().is_empty());
}

#[tokio::test]
async fn a_settle_that_failed_is_done_by_the_next_look() {
    for blow in [Blow::Refused, Blow::LostBefore, Blow::LostAfter] {
        let shop = Shop::new();
        let _ = shop.open().await;
        shop.till.pay("1000");
        shop.till.on_settle(blow);
        let error = shop.desk.look("1000").await.unwrap_err();
        assert!(matches!(error, DeskError::Payment(_)), "{error}");
        assert!(shop.store.deliveries().is_empty());
        let now = shop.desk.look("1000").await.unwrap();
        assert!(matches!(now, Outcome::DeliverNow(_)), "{blow:?}: {now:?}");
    }
}

#[tokio::test]
async fn a_payment_that_was_settled_elsewhere_is_still_delivered() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    shop.till.change("1000", |entry| entry.confirmed = 1);
    let now = shop.desk.look("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}

#[tokio::test]
async fn a_payment_whose_create_was_lost_is_found_and_settled_by_a_look() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostAfter);
    shop.till.on_resolve(Blow::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    let now = shop.desk.look("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
    assert_eq!(shop.till.entries().len(), 1);
}

#[tokio::test]
async fn a_look_never_creates_anything() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let early = shop.desk.look("1000").await.unwrap();
    assert!(matches!(early, Outcome::NotYetKnown { .. }), "{early:?}");
    shop.clock.advance(SETTLING);
    let late = shop.desk.look("1000").await.unwrap();
    assert!(matches!(late, Outcome::NotOpened), "{late:?}");
    assert!(shop.till.entries().is_empty());
}

#[tokio::test]
async fn another_amount_or_currency_than_the_orders_is_never_delivered() {
    let dearer = Money::new("150001", Currency::Irr).unwrap();
    // What the provider reports.
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    shop.till.change("1000", |entry| entry.amount = dearer);
    assert_mismatch(&shop, Field::Amount).await;

    // What the order costs by now.
    for (price, field) in [
        (dearer, Field::Amount),
        (
            Money::new("150000", Currency::Usd).unwrap(),
            Field::Currency,
        ),
        (Money::new("150000", Currency::Irt).unwrap(), Field::Amount),
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
    assert_mismatch(&shop, Field::Amount).await;
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
    let now = shop.desk.look("1000").await.unwrap();
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
        shop.desk.look("2000").await.map(drop).unwrap_err(),
        shop.desk.open("2000").await.map(drop).unwrap_err(),
        shop.desk.delivered("2000").await.map(drop).unwrap_err(),
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
    assert_mismatch(&shop, Field::Order).await;
}

async fn assert_mismatch(shop: &Shop, field: Field) {
    for _ in 0..2 {
        let outcome = shop.desk.look("1000").await.unwrap();
        let Outcome::Mismatch(found) = outcome else {
            panic!("{field:?} passed: {outcome:?}");
        };
        assert!(found.is_in(field), "{found}");
        assert_eq!(found.differences().len(), 1, "{found}");
    }
    assert!(shop.store.deliveries().is_empty());
    assert!(shop.ledger().await.delivery().is_none());
}
