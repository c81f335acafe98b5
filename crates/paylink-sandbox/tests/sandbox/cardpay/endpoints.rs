//! The endpoints, and every code of the document's table with its HTTP status.

use std::collections::HashSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CodeForm, EventKind, NotFoundStatus, Status, TIME_ALLOWED};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cardpay::{CALLBACK, Shop, answer, open};
use crate::client::{FORM, Param, of, send};

fn unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn the_answer_has_the_documented_form() {
    let (sandbox, shop) = open().await;
    let fields = [("price", "11000"), ("fid", "7"), CALLBACK];
    let reply = shop.post("create", &fields).await;
    let payment = sandbox.cardpay().payments().remove(0);
    let cards = sandbox.cardpay().merchant_cards().iter().map(|card| {
        let number = card.number.number();
        let (name, bank) = (card.name, card.bank);
        format!(r#"{{"number":"{number}","name":"{name}","bank":"{bank}"}}"#)
    });
    let cart: Vec<_> = cards.collect();
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
    let left = payment.expires_at.duration_since(sandbox.clock().now());
    let left = left.unwrap().as_secs();
    let all = TIME_ALLOWED.as_secs();
    assert!(left <= all && left > all - 30, "{left} s");
}

#[tokio::test]
async fn a_form_and_json_mean_the_same() {
    let (sandbox, shop) = open().await;
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
    let (sandbox, shop) = open().await;
    for (fid, name, url, has_link) in [
        ("1", "phone", "09121112233", false),
        ("2", "callback", "http://shop.example/", false),
        ("3", "callbackUrl", "no address", false),
        ("4", "callbackUrl", "http://shop.example/", true),
        ("5", "callbackUrl", "http://shop.example/", false),
        ("6", "callback", "http://shop.example/", true),
    ] {
        if fid == "5" {
            let cardpay = sandbox.cardpay();
            cardpay.change_settings(|it| it.callback_field = "callback".to_owned());
        }
        let fields = [("price", "11000"), ("fid", fid), (name, url)];
        let link = &shop.post("create", &fields).await.json()["link"];
        assert_eq!(link.is_string(), has_link, "{fid}");
        assert_eq!(link.is_null(), !has_link, "{fid}");
    }
}

#[tokio::test]
async fn no_two_open_payments_wait_for_the_same_amount() {
    let (_sandbox, shop) = open().await;
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
    let (sandbox, shop) = open().await;
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

/// Calls an endpoint sixteen times at once, and returns status and code of the answers in order.
async fn at_once(
    sandbox: &Sandbox,
    method: &'static str,
    endpoint: &str,
    body: &'static [u8],
) -> Vec<(u16, i64)> {
    let mut calls = JoinSet::new();
    for _ in 0..16 {
        let (shop, endpoint) = (Shop::of(sandbox), endpoint.to_owned());
        calls.spawn(async move {
            let reply = shop.send(method, &endpoint, &[FORM], body).await;
            (reply.status, reply.json()["code"].as_i64().unwrap())
        });
    }
    let mut answers = calls.join_all().await;
    answers.sort_unstable();
    answers
}

#[tokio::test]
async fn of_two_creates_with_one_invoice_number_one_wins() {
    let sandbox = Sandbox::start().await.unwrap();
    let answers = at_once(&sandbox, "POST", "create", b"price=11000&fid=7").await;
    assert_eq!(answers[0], (200, 200));
    assert_eq!(answers[1..], [(500, 3); 15]);
    assert_eq!(sandbox.cardpay().payments().len(), 1);
}

#[tokio::test]
async fn a_refused_create_does_not_use_its_invoice_number() {
    let (_sandbox, shop) = open().await;
    let fields = [("price", "11000"), ("fid", "7"), ("card", "1234")];
    assert_eq!(answer(&shop.post("create", &fields).await), (500, -3));
    shop.create("7").await;
}

#[tokio::test]
async fn the_cards_are_a_bare_array() {
    let (_sandbox, shop) = open().await;
    let listed = shop.get("carts").await.json();
    let fields = [("price", "11000"), ("fid", "7")];
    let created = shop.post("create", &fields).await.json();
    assert_eq!(listed, created["cart"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_first_check_of_a_paid_payment_differs_from_all_later_ones() {
    let (sandbox, shop) = open().await;
    let created = shop.create("1").await;
    assert_eq!(shop.check(created.pay_id).await, (200, 7));
    sandbox.cardpay().pay(created.pay_id).unwrap();
    assert_eq!(shop.check(created.pay_id).await, (200, 201));
    for _ in 0..3 {
        assert_eq!(shop.check(created.pay_id).await, (200, 200));
    }
    let payment = sandbox.cardpay().payment(created.pay_id).unwrap();
    assert_eq!(payment.status, Status::Paid);
    assert_eq!(payment.times_first_verified(), 1);
}

#[tokio::test]
async fn a_check_of_a_paid_payment_reads_as_in_the_document() {
    let (sandbox, shop) = open().await;
    let pay_id = shop.create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    shop.check(pay_id).await;
    let again = shop.get(&format!("check?pay_id={pay_id}")).await;
    let expected = r#"{"status":true,"code":200,"msg":"Payment is complete."}"#;
    assert_eq!(again.body, expected);
}

#[tokio::test]
async fn of_many_checks_at_once_one_is_the_first() {
    let (sandbox, shop) = open().await;
    let pay_id = shop.create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    let answers = at_once(&sandbox, "GET", &format!("check?pay_id={pay_id}"), b"").await;
    assert_eq!(answers[..15], [(200, 200); 15]);
    assert_eq!(answers[15], (200, 201));
}

#[tokio::test]
async fn what_is_paid_does_not_expire() {
    let (sandbox, shop) = open().await;
    let pay_id = shop.create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    sandbox.clock().advance(TIME_ALLOWED * 10);
    assert_eq!(shop.check(pay_id).await, (200, 201));
    assert_eq!(shop.check(pay_id).await, (200, 200));
}

#[tokio::test]
async fn a_payment_expires_at_its_time_whenever_that_is_noticed() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    cardpay.change_settings(|it| it.time_allowed = Duration::from_secs(60));
    let pay_id = shop.create("1").await.pay_id;
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(shop.check(pay_id).await, (500, 6));
    let payment = cardpay.payment(pay_id).unwrap();
    assert_eq!(payment.status, Status::Expired);
    let last = payment.history.last().unwrap();
    assert_eq!(last.kind, EventKind::Expired);
    assert_eq!(last.at, payment.expires_at);
}

#[tokio::test]
async fn create_refuses_what_the_document_says() {
    let (sandbox, shop) = open().await;
    shop.create("1").await;
    let refused: [(&[Param<'_>], i64); 12] = [
        (&[("fid", "2")], 0),
        (&[("price", ""), ("fid", "2")], 0),
        (&[("price", "ten"), ("fid", "2")], 0),
        (&[("price", "11000.5"), ("fid", "2")], 0),
        (&[("price", "9999"), ("fid", "2")], 1),
        (&[("price", "-11000"), ("fid", "2")], 1),
        (&[("price", "10000")], 2),
        (&[("price", "10000"), ("fid", "")], 2),
        (&[("price", "10000"), ("fid", "two")], 2),
        (&[("price", "10000"), ("fid", "2"), ("card", "502229")], -3),
        (&[("price", "10000"), ("fid", "1")], 3),
        (&[("price", "10000"), ("fid", "01")], 3),
    ];
    for (fields, code) in refused {
        let reply = shop.post("create", fields).await;
        assert_eq!(answer(&reply), (500, code), "{fields:?}");
    }
    assert_eq!(sandbox.cardpay().payments().len(), 1);
    let pay_id = shop.create("2").await.pay_id;
    assert_eq!(sandbox.cardpay().payments()[1].pay_id, pay_id);
}

#[tokio::test]
async fn set_card_refuses_what_the_document_says() {
    let (sandbox, shop) = open().await;
    let card = sandbox.cardpay().payer_card();
    let pay_id = shop.create("1").await.pay_id;
    let id = pay_id.to_string();
    let refused: [(&[Param<'_>], i64); 6] = [
        (&[("card", card)], 4),
        (&[("pay_id", "x"), ("card", card)], 5),
        (&[("pay_id", "1"), ("card", card)], 5),
        (&[("pay_id", &id)], -3),
        (&[("pay_id", &id), ("card", "")], -3),
        (&[("pay_id", &id), ("card", "502229000000004")], -3),
    ];
    for (fields, code) in refused {
        let reply = shop.post("setCard", fields).await;
        assert_eq!(answer(&reply), (500, code), "{fields:?}");
    }
    assert_eq!(shop.set_card(pay_id, card).await, (200, 200));
    assert_eq!(shop.set_card(pay_id, card).await, (500, -2));

    let paid = shop.create("2").await;
    let expired = shop.create("3").await.pay_id;
    sandbox.cardpay().pay(paid.pay_id).unwrap();
    assert_eq!(shop.set_card(paid.pay_id, card).await, (500, -1));
    sandbox.clock().advance(TIME_ALLOWED);
    assert_eq!(shop.set_card(expired, card).await, (500, 6));
}

#[tokio::test]
async fn check_refuses_what_the_document_says() {
    let (sandbox, shop) = open().await;
    let pay_id = shop.create("1").await.pay_id;
    for (endpoint, code) in [
        ("check", 4),
        ("check?pay_id=", 4),
        ("check?pay_id=x", 5),
        ("check?pay_id=-1", 5),
        ("check?pay_id=1", 5),
    ] {
        assert_eq!(answer(&shop.get(endpoint).await), (500, code), "{endpoint}");
    }
    assert_eq!(shop.check(pay_id).await, (200, 7));
    sandbox.clock().advance(TIME_ALLOWED / 2);
    assert_eq!(shop.check(pay_id).await, (200, 7));
    sandbox.clock().advance(TIME_ALLOWED / 2);
    assert_eq!(shop.check(pay_id).await, (500, 6));
}

#[tokio::test]
async fn nothing_is_accepted_without_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = sandbox.cardpay().token();
    let body = b"price=11000&fid=1";
    let wrong: [&[Param<'_>]; 5] = [
        &[FORM],
        &[FORM, ("token", "")],
        &[FORM, ("token", "guess")],
        &[FORM, ("authorization", token)],
        &[FORM, ("token", token), ("token", "guess")],
    ];
    for headers in wrong {
        for (method, endpoint) in [
            ("POST", "create"),
            ("POST", "setCard"),
            ("GET", "check?pay_id=1"),
            ("GET", "carts"),
        ] {
            let path = format!("/cardpay/api/{endpoint}");
            let reply = send(sandbox.url(), method, &path, headers, body).await;
            assert_eq!(answer(&reply), (403, 403), "{endpoint} {headers:?}");
        }
    }
    assert!(sandbox.cardpay().payments().is_empty());
}

#[tokio::test]
async fn the_method_must_be_the_documented_one() {
    let (sandbox, shop) = open().await;
    for (method, endpoint) in [
        ("GET", "create?price=11000&fid=1"),
        ("PUT", "create"),
        ("GET", "setCard"),
        ("POST", "check"),
        ("DELETE", "carts"),
    ] {
        let reply = shop.send(method, endpoint, &[], b"").await;
        assert_eq!(answer(&reply), (405, 405), "{method} {endpoint}");
    }
    assert!(sandbox.cardpay().payments().is_empty());
}

#[tokio::test]
async fn an_unknown_endpoint_is_answered_under_either_status() {
    let (sandbox, shop) = open().await;
    for endpoint in ["refund", "Create", "create/", "v1/create", "set_card"] {
        let reply = shop.post(endpoint, &[]).await;
        assert_eq!(answer(&reply), (404, 404), "{endpoint}");
    }
    let cardpay = sandbox.cardpay();
    cardpay.change_settings(|it| it.not_found_status = NotFoundStatus::Ok);
    assert_eq!(answer(&shop.post("refund", &[]).await), (200, 404));
}

#[tokio::test]
async fn codes_can_be_text() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    cardpay.change_settings(|it| it.code_form = CodeForm::Text);
    let fields = [("price", "11000"), ("fid", "1")];
    assert_eq!(shop.post("create", &fields).await.json()["code"], "200");
    assert_eq!(shop.post("create", &fields).await.json()["code"], "3");
    assert_eq!(shop.post("create", &[]).await.json()["code"], "0");
}

#[tokio::test]
async fn everything_can_be_text() {
    let (sandbox, shop) = open().await;
    let cardpay = sandbox.cardpay();
    cardpay.change_settings(|it| it.code_form = CodeForm::EverythingText);
    let fields = [("price", "11000"), ("fid", "1")];
    let created = shop.post("create", &fields).await.json();
    assert_eq!(of(&created, &["status", "code"]), json!([1, "200"]));
    for number in ["pay_id", "amount", "expire"] {
        assert!(created[number].is_string(), "{created}");
    }
    assert!(created["cart"].as_array().unwrap().len() > 1);
    let refused = shop.post("create", &[]).await.json();
    assert_eq!(of(&refused, &["status", "code"]), json!([0, "0"]));
}
