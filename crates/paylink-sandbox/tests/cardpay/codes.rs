//! Every code of the document's table, with its HTTP status.

use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CodeForm, NotFoundStatus, TIME_ALLOWED};

use crate::client::send;
use crate::shop::{FORM, Field, Shop, answer};

#[tokio::test]
async fn create_refuses_what_the_document_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    shop.create("1").await;
    let refused: [(&[Field<'_>], i64); 12] = [
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
    assert_eq!(
        shop.create("2").await.pay_id,
        sandbox.cardpay().payments()[1].pay_id
    );
}

#[tokio::test]
async fn set_card_refuses_what_the_document_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let card = sandbox.cardpay().payer_card();
    let pay_id = shop.create("1").await.pay_id;
    let id = pay_id.to_string();
    let refused: [(&[Field<'_>], i64); 6] = [
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
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
    let wrong: [&[Field<'_>]; 5] = [
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for endpoint in ["refund", "Create", "create/", "v1/create", "set_card"] {
        let reply = shop.post(endpoint, &[]).await;
        assert_eq!(answer(&reply), (404, 404), "{endpoint}");
    }
    sandbox
        .cardpay()
        .change_settings(|it| it.not_found_status = NotFoundStatus::Ok);
    assert_eq!(answer(&shop.post("refund", &[]).await), (200, 404));
}

#[tokio::test]
async fn codes_can_be_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox
        .cardpay()
        .change_settings(|it| it.code_form = CodeForm::Text);
    let fields = [("price", "11000"), ("fid", "1")];
    assert_eq!(shop.post("create", &fields).await.json()["code"], "200");
    assert_eq!(shop.post("create", &fields).await.json()["code"], "3");
    assert_eq!(shop.post("create", &[]).await.json()["code"], "0");
}

#[tokio::test]
async fn everything_can_be_text() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox
        .cardpay()
        .change_settings(|it| it.code_form = CodeForm::EverythingText);
    let created = shop
        .post("create", &[("price", "11000"), ("fid", "1")])
        .await;
    let created = created.json();
    assert_eq!(
        (&created["status"], &created["code"]),
        (&1.into(), &"200".into())
    );
    for number in ["pay_id", "amount", "expire"] {
        assert!(created[number].is_string(), "{created}");
    }
    assert!(created["cart"].as_array().unwrap().len() > 1);
    let refused = shop.post("create", &[]).await.json();
    assert_eq!(
        (&refused["status"], &refused["code"]),
        (&0.into(), &"0".into())
    );
}
