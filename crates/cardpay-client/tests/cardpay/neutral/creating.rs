//! What a create sends, and what comes of it.

use std::time::{Duration, SystemTime};

use cardpay_client::ErrorKind;
use paylink_core::Currency;
use paylink_core::provider::{Created, NewPayment, PayToCard};
use serde_json::json;

use super::{created, money, neutral, payment, rial, stored};
use crate::samples::{CARD, CREATED, without};
use crate::script::{Answer, Script};

#[tokio::test]
async fn every_input_that_is_taken_is_sent() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let payment = payment()
        .mobile("+98 912 345 2730".parse().unwrap())
        .payer_card(CARD.parse().unwrap())
        .return_url("https://shop.example/back?order=1000")
        .unwrap();
    let _ = neutral(&script).create(&payment).await.unwrap();
    let requests = script.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].uri_str(), script.url("/api/create"));
    assert_eq!(
        requests[0].body_string(),
        "price=11000&fid=1000&phone=09123452730&card=6037701689095443\
         &callbackUrl=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1000"
    );
}

#[tokio::test]
async fn nothing_but_number_and_price_is_sent_unasked() {
    let script = Script::start().await;
    let _ = created(&script).await;
    assert_eq!(script.requests()[0].body_string(), "price=11000&fid=1000");
}

#[tokio::test]
async fn toman_becomes_rial_exactly_or_nothing_is_sent() {
    let script = Script::start().await;
    for price in [
        money("11000", Currency::Irr),
        money("11000.00", Currency::Irr),
        money("1100", Currency::Irt),
        money("1100.0", Currency::Irt),
    ] {
        script.answer(200, CREATED);
        let payment = NewPayment::new("1000", price).unwrap();
        let created = neutral(&script).create(&payment).await.unwrap();
        assert_eq!(script.requests()[0].body_string(), "price=11000&fid=1000");
        assert_eq!(created.record().amount(), &rial(11_000));
    }
    script.answer(200, CREATED);
    for price in [
        money("11000.5", Currency::Irr),
        money("1100.05", Currency::Irt),
        money("9999", Currency::Irr),
        money("999", Currency::Irt),
    ] {
        let payment = NewPayment::new("1000", price).unwrap();
        let error = neutral(&script).create(&payment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{price}");
        assert_eq!(error.invalids()[0].key(), "amount", "{price}");
    }
    assert!(script.requests().is_empty(), "something was sent");
}

#[tokio::test]
async fn what_to_transfer_comes_from_the_script_and_never_from_the_price() {
    let script = Script::start().await;
    let created = created(&script).await;
    let transfer = created.exact_transfer().unwrap();
    assert_eq!(transfer.exactly(), &rial(11_385));
    let holder = Some("شاهین محسنی");
    let cards = transfer.cards().iter();
    let cards: Vec<_> = cards
        .map(|card: &PayToCard| (card.number(), card.holder(), card.bank()))
        .collect();
    assert_eq!(
        cards,
        [
            ("****", holder, Some("بانک سامان")),
            ("****", holder, Some("بانک ملت"))
        ]
    );
    let link = created.pay_link().unwrap().as_str();
    assert_eq!(link, "http://localhost/CartToCart/payment/19");
    let expires = SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_237_765);
    assert_eq!(created.expires_at(), Some(expires));
}

#[tokio::test]
async fn what_the_script_leaves_out_is_not_there() {
    let script = Script::start().await;
    let body = ["link", "expire", "cart"]
        .iter()
        .fold(CREATED.to_owned(), |body, field| without(&body, field));
    script.answer(200, &body);
    let created = neutral(&script).create(&payment()).await.unwrap();
    assert_eq!((created.pay_link(), created.expires_at()), (None, None));
    let transfer = created.exact_transfer().unwrap();
    assert_eq!(transfer.exactly(), &rial(11_385));
    assert!(transfer.cards().is_empty());
}

#[tokio::test]
async fn what_comes_of_it_is_stored_and_comes_back_equal() {
    let script = Script::start().await;
    let created = created(&script).await;
    let text = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&text).unwrap(), created);

    let sealed = format!(
        r#"{{"shop":"{}","pay_id":19,"fid":1000,"price_rial":11000,"transfer_exactly_rial":11385,"expires":1735237765}}"#,
        script.url("/api/")
    );
    let document = json!({
        "version": "1",
        "provider": "cardpay",
        "reference": "1000",
        "amount": rial(11_000),
        "merchant": script.url("/api/"),
        "ids": [{"name": "pay_id", "value": "19"}],
        "created_at_ms": 1_735_237_000_000_u64,
        "detail": sealed,
    });
    assert_eq!(stored(&script).await, document);
}

#[tokio::test]
async fn preparing_sends_nothing_and_tells_what_a_lost_create_would() {
    let script = Script::start().await;
    script.answers([Answer::new(502, "").labelled("text/html")]);
    let cardpay = neutral(&script);
    let prepared = cardpay.prepare(&payment()).unwrap();
    let stored = prepared.handle().clone();
    assert!(script.requests().is_empty(), "preparing sent something");
    assert_eq!(stored.own_reference(), Some("1000"));
    assert_eq!(stored.own_amount(), Some(&rial(11_000)));
    assert_eq!(stored.own_merchant(), Some(&*script.url("/api/")));

    let error = prepared.create().await.unwrap_err();
    let lost = error.handle().unwrap();
    assert_eq!(lost.own_reference(), stored.own_reference());
    assert_eq!(lost.own_amount(), stored.own_amount());
    assert_eq!(lost.own_merchant(), stored.own_merchant());
    assert_eq!(lost.prepared_at(), stored.prepared_at());
    assert_eq!(script.requests().len(), 1);
}
