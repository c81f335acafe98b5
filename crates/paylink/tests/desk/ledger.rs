//! What is stored, and that nothing else is read.

use std::time::SystemTime;

use paylink::PaymentState;
use paylink::desk::{Delivery, Ledger, Stage};

use crate::shop::Shop;
use crate::till::Blow;

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
    shop.till.on_create(Blow::LostBefore);
    let _ = shop.desk.open("1000").await.unwrap();
    kept(Stage::Asked).await;
    shop.clock.advance(crate::till::SETTLING);
    let _ = shop.open().await;
    kept(Stage::Open).await;
    shop.till.set("1000", PaymentState::Expired);
    let again = shop.desk.start_over("1000", "1000-b".parse().unwrap());
    let _ = again.await.unwrap();
    kept(Stage::Open).await;
    shop.till.pay("1000-b");
    let _ = shop.desk.look("1000").await.unwrap();
    kept(Stage::HandedOut).await;
    let _ = shop.desk.delivered("1000").await.unwrap();
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
    assert_eq!(ledger.look_again_at(), Some(SystemTime::UNIX_EPOCH));
    assert_eq!(ledger.created(), shop.ledger().await.created());
}

#[tokio::test]
async fn a_delivery_comes_back_from_its_json() {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    let delivery = shop.store.deliveries().remove(0);
    let text = serde_json::to_string(&delivery).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&text).unwrap(), delivery);
    assert!(serde_json::from_str::<Delivery>(&text.replace("amount", "sum")).is_err());
}
