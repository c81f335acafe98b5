use std::collections::HashSet;

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{Status, TIME_ALLOWED};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::send;
use crate::shop::{CALLBACK, FORM, Shop, answer, form};

fn unix(time: std::time::SystemTime) -> u64 {
    time.duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

#[tokio::test]
async fn the_answer_has_the_documented_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let fields = [("price", "11000"), ("fid", "7"), CALLBACK];
    let reply = shop.post("create", &fields).await;
    let payment = sandbox.cardpay().payments().remove(0);
    let cart: Vec<_> = sandbox
        .cardpay()
        .merchant_cards()
        .iter()
        .map(|card| {
            let number = card.number.number();
            format!(
                r#"{{"number":"{number}","name":"{}","bank":"{}"}}"#,
                card.name, card.bank
            )
        })
        .collect();
    let expected = format!(
        r#"{{"status":true,"code":200,"expire":{},"pay_id":{},"amount":{},"link":"{}\/cardpay\/payment\/{}","cart":[{}]}}"#,
        unix(payment.expires_at),
        payment.pay_id,
        payment.amount,
        sandbox.url().replace('/', r"\/"),
        payment.pay_id,
        cart.join(",")
    );
    assert_eq!(reply.body, expected);
    assert_eq!((payment.fid, payment.price), (7, 11_000));
    assert_eq!(payment.status, Status::Open);
    let left = payment
        .expires_at
        .duration_since(sandbox.clock().now())
        .unwrap();
    assert!(
        left <= TIME_ALLOWED && left.as_secs() > TIME_ALLOWED.as_secs() - 30,
        "{left:?}"
    );
}

#[tokio::test]
async fn a_form_and_json_mean_the_same() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let card = sandbox.cardpay().payer_card();
    let bodies = [
        (
            "application/x-www-form-urlencoded",
            format!("price=11000&fid=1&phone=09121112233&card={card}"),
        ),
        (
            "application/json",
            json!({"price": 11_000, "fid": 2, "phone": "09121112233", "card": card}).to_string(),
        ),
        (
            "application/json; charset=utf-8",
            json!({"price": "11000", "fid": "3", "phone": "09121112233", "card": card}).to_string(),
        ),
    ];
    for (media_type, body) in &bodies {
        let headers = [("content-type", *media_type)];
        let reply = shop.send("POST", "create", &headers, body.as_bytes()).await;
        assert_eq!(reply.status, 200, "{media_type}: {reply:?}");
    }
    for payment in sandbox.cardpay().payments() {
        assert_eq!(payment.price, 11_000);
        assert_eq!(payment.phone.as_deref(), Some("09121112233"));
        assert_eq!(payment.card.unwrap().number(), card);
    }
    let undeclared = shop.send("POST", "create", &[], b"price=11000&fid=4").await;
    assert_eq!(answer(&undeclared), (500, 0));
}

#[tokio::test]
async fn without_a_callback_there_is_no_link() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    let link = async |fid: &str, name: &str, url: &str| {
        let fields = [("price", "11000"), ("fid", fid), (name, url)];
        shop.post("create", &fields).await.json()["link"].clone()
    };
    assert_eq!(link("1", "phone", "09121112233").await, Value::Null);
    assert_eq!(
        link("2", "callback", "http://shop.example/").await,
        Value::Null
    );
    assert_eq!(link("3", "callbackUrl", "no address").await, Value::Null);
    assert!(
        link("4", "callbackUrl", "http://shop.example/")
            .await
            .is_string()
    );

    cardpay.change_settings(|it| it.callback_field = "callback".to_owned());
    assert_eq!(
        link("5", "callbackUrl", "http://shop.example/").await,
        Value::Null
    );
    assert!(
        link("6", "callback", "http://shop.example/")
            .await
            .is_string()
    );
}

#[tokio::test]
async fn no_two_open_payments_wait_for_the_same_amount() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let mut amounts = HashSet::new();
    // More than there are tails: the last ones must go further than usual.
    for fid in 0..1_050 {
        let created = shop.create(&fid.to_string()).await;
        assert!(created.amount > 11_000, "{created:?}");
        assert!(amounts.insert(created.amount), "{created:?}");
    }
}

#[tokio::test]
async fn an_amount_is_free_again_once_nobody_waits_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let drawn_again = async |fid: &str| {
        sandbox.reseed(7);
        shop.create(fid).await
    };
    let first = drawn_again("1").await;
    let second = drawn_again("2").await;
    assert_eq!(second.amount, first.amount + 1);
    sandbox.cardpay().pay(first.pay_id).unwrap();
    assert_eq!(drawn_again("3").await.amount, first.amount);
    sandbox.clock().advance(TIME_ALLOWED);
    assert_eq!(drawn_again("4").await.amount, first.amount);
}

#[tokio::test]
async fn of_two_creates_with_one_invoice_number_one_wins() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut creating = JoinSet::new();
    for _ in 0..16 {
        let origin = sandbox.url().to_owned();
        let token = sandbox.cardpay().token().to_owned();
        creating.spawn(async move {
            let body = form(&[("price", "11000"), ("fid", "7")]);
            let headers = [FORM, ("token", token.as_str())];
            let path = "/cardpay/api/create";
            let reply = send(&origin, "POST", path, &headers, body.as_bytes()).await;
            (reply.status, reply.json()["code"].as_i64().unwrap())
        });
    }
    let mut answers = creating.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers[0], (200, 200));
    assert_eq!(answers[1..], [(500, 3); 15]);
    assert_eq!(sandbox.cardpay().payments().len(), 1);
}

#[tokio::test]
async fn a_refused_create_does_not_use_its_invoice_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let fields = [("price", "11000"), ("fid", "7"), ("card", "1234")];
    assert_eq!(answer(&shop.post("create", &fields).await), (500, -3));
    shop.create("7").await;
}

#[tokio::test]
async fn the_cards_are_a_bare_array() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let listed = shop.get("carts").await.json();
    let fields = [("price", "11000"), ("fid", "7")];
    let created = shop.post("create", &fields).await.json();
    assert_eq!(listed, created["cart"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
}
