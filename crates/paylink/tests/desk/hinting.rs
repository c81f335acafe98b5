//! A hint names a payment, and proves nothing.

use std::sync::Arc;

use paylink::desk::{DeskError, Outcome};
use paylink::{Field, Hint, Providers};

use crate::shop::{Shop, account, desk, order, ready};
use crate::till::{Blow, SETTLING, Till};

#[tokio::test]
async fn a_hint_of_an_unpaid_order_delivers_nothing() {
    let shop = Shop::new();
    let _ = shop.open().await;
    let outcome = shop.desk.hint("1000", shop.till.hint("1000")).await;
    let outcome = outcome.unwrap();
    assert!(matches!(outcome, Outcome::NotPaid(_)), "{outcome:?}");
}

/// What anybody may write into a hint.
fn forged(shop: &Shop) -> [(Hint, Field); 4] {
    [
        (shop.till.hint("2000"), Field::Reference),
        (Hint::new("till").reference("2000"), Field::Order),
        (Hint::new("till").reference("۱۰۰۰"), Field::Order),
        (Hint::new("another").id("id", "till-0"), Field::Reference),
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
        assert!(found.is_in(field), "{found}");
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
        assert!(matches!(again, Outcome::HandedOut(_)), "{again:?}");
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
    assert!(matches!(again, Outcome::HandedOut(_)), "{again:?}");
    assert_eq!(shop.store.deliveries().len(), 1);
}

#[tokio::test]
async fn a_hint_finds_the_payment_whose_create_was_lost() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostAfter);
    shop.till.on_resolve(Blow::LostBefore);
    assert!(shop.desk.open("1000").await.is_err());
    shop.till.pay("1000");
    let now = shop.desk.hint("1000", shop.till.hint("1000")).await;
    assert!(matches!(now.unwrap(), Outcome::DeliverNow(_)));
}

#[tokio::test]
async fn a_hint_while_the_create_is_in_doubt_is_no_mismatch() {
    let shop = Shop::new();
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    let early = Hint::new("till").id("id", "till-0");
    let outcome = shop.desk.hint("1000", early).await.unwrap();
    assert!(
        matches!(outcome, Outcome::NotYetKnown { look_again_after } if look_again_after == SETTLING),
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
    let error = error_at(Providers::default()).await;
    assert!(matches!(error, DeskError::UnknownAccount(_)), "{error}");

    let other = Till::new("other-till", &shop.clock);
    let error = error_at(Providers::new([account("main", &other)]).unwrap()).await;
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
                Outcome::HandedOut(_) | Outcome::Busy { .. } => {}
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
