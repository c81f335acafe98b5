//! Another payment of the same order: only when the one before it can no longer be paid, or found.

use paylink::desk::{DeskError, Opened, Outcome, Restarted, Stage};
use paylink::{Created, ErrorKind, OrderReference, PaymentState};

use crate::shop::{Shop, order, ready};
use crate::till::{Blow, SETTLING};

fn reference(text: &str) -> OrderReference {
    text.parse().unwrap()
}

fn begun(restarted: Restarted) -> Created {
    match restarted {
        Restarted::Opened(opened) => ready(opened),
        Restarted::Kept(outcome) => panic!("kept: {outcome:?}"),
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
        let kept = shop.desk.start_over("1000", reference("1000-b")).await;
        let kept = kept.unwrap();
        assert!(
            matches!(&kept, Restarted::Kept(Outcome::NotPaid(_))),
            "{state}: {kept:?}"
        );
    }
    assert_eq!(shop.till.entries().len(), 1);
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
        let second = shop.desk.start_over("1000", reference("1000-b")).await;
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
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
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
    let again = shop.desk.look("1000").await.unwrap();
    assert!(matches!(again, Outcome::HandedOut(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_payment_that_was_made_meanwhile_is_handed_out_instead() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let kept = shop.desk.start_over("1000", reference("1000-b")).await;
    let kept = kept.unwrap();
    assert!(
        matches!(kept, Restarted::Kept(Outcome::DeliverNow(_))),
        "{kept:?}"
    );
    assert_eq!(shop.till.entries().len(), 1);
}

#[tokio::test]
async fn a_payment_that_nobody_can_find_is_lost_until_the_merchant_starts_over() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Blow::LostAfter);
    for _ in 0..2 {
        let opened = shop.desk.open("1000").await.unwrap();
        assert!(
            matches!(&opened, Opened::Lost(lost) if lost.reference().as_str() == "1000"),
            "{opened:?}"
        );
        let looked = shop.desk.look("1000").await.unwrap();
        assert!(
            matches!(&looked, Outcome::Lost(lost) if lost.why().contains("by its reference")),
            "{looked:?}"
        );
    }
    assert_eq!(shop.till.calls(), ["create"]);
    let restarted = shop.desk.start_over("1000", reference("1001")).await;
    let created = begun(restarted.unwrap());
    assert_eq!(created.record().reference().as_str(), "1001");
    shop.till.pay("1001");
    let now = shop.desk.look("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}

#[tokio::test]
async fn a_new_payment_that_is_refused_leaves_the_lost_one_lost() {
    let shop = Shop::at_forgetful();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.till.on_create(Blow::Refused);
    let refused = shop.desk.start_over("1000", reference("1001")).await;
    assert!(refused.is_err());
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(matches!(opened, Opened::Lost(_)), "{opened:?}");
    let restarted = shop.desk.start_over("1000", reference("1001")).await;
    let _ = begun(restarted.unwrap());
}

#[tokio::test]
async fn a_create_that_was_given_up_and_came_after_all_pays_the_order_once() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let second = begun(restarted.unwrap());
    shop.till.comes_late(order("1000", "main").payment());
    let unpaid = shop.desk.look("1000").await.unwrap();
    assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
    // The payer is shown the new one all the same.
    assert_eq!(shop.open().await, second);
    shop.till.pay("1000");
    let now = shop.desk.look("1000").await.unwrap();
    assert!(
        matches!(&now, Outcome::DeliverNow(delivery) if delivery.reference().as_str() == "1000"),
        "{now:?}"
    );
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn what_was_given_up_is_no_trouble_when_it_cannot_be_asked_for() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    shop.clock.advance(SETTLING);
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    shop.till.on_resolve(Blow::LostBefore);
    let unpaid = shop.desk.look("1000").await.unwrap();
    assert!(matches!(unpaid, Outcome::NotPaid(_)), "{unpaid:?}");
}

/// The payment before it is over: what is asked for instead is not there yet.
#[tokio::test]
async fn a_new_payment_whose_create_is_in_doubt_is_asked_for_and_not_open() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    shop.till.on_create(Blow::LostBefore);
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let restarted = restarted.unwrap();
    assert!(
        matches!(restarted, Restarted::Opened(Opened::NotYetKnown { .. })),
        "{restarted:?}"
    );
    assert_eq!(shop.ledger().await.stage(), Stage::Asked);
    assert_eq!(shop.ledger().await.created(), None);
}

#[tokio::test]
async fn a_reference_is_used_once() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Expired);
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    shop.till.set("1000-b", PaymentState::Failed);
    for used in ["1000", "1000-b"] {
        let error = shop.desk.start_over("1000", reference(used)).await;
        let error = error.unwrap_err();
        assert!(
            matches!(&error, DeskError::Payment(error) if error.kind() == ErrorKind::Invalid),
            "{error}"
        );
    }
    assert_eq!(shop.till.entries().len(), 2);
}

#[tokio::test]
async fn the_next_payment_may_go_through_another_account() {
    let (shop, other) = Shop::new().and_other();
    let _ = shop.open().await;
    shop.till.set("1000", PaymentState::Failed);
    let ledger = shop.ledger().await;
    shop.store
        .put("1000", order("1000", "other").with_ledger(ledger));
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let created = begun(restarted.unwrap());
    assert_eq!(created.record().provider(), "other-till");

    // A hint of either provider is about that provider's payment.
    let outcome = shop.desk.hint("1000", shop.till.hint("1000")).await;
    assert!(matches!(outcome.unwrap(), Outcome::NotPaid(_)));
    // While one of them cannot be asked, the other's proof counts.
    other.pay("1000-b");
    shop.till.on_settle(Blow::LostBefore);
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
    let restarted = shop.desk.start_over("1000", reference("1000-b")).await;
    let _ = begun(restarted.unwrap());
    other.on_settle(Blow::LostBefore);
    let error = shop.desk.look("1000").await.unwrap_err();
    assert!(matches!(error, DeskError::Payment(_)), "{error}");
    other.on_settle(Blow::LostBefore);
    shop.till.pay("1000");
    let now = shop.desk.look("1000").await.unwrap();
    assert!(matches!(now, Outcome::DeliverNow(_)), "{now:?}");
}
