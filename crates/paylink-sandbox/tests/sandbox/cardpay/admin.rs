//! The API under `/_sandbox/cardpay`, and faults.

use paylink_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::cardpay::{answer, open};
use crate::client::{
    FORM, answer_to, change_settings, exchange, get, get_json, kinds, of, post_json, routes_of,
};

#[tokio::test]
async fn its_routes_are_described() {
    let sandbox = Sandbox::start().await.unwrap();
    #[rustfmt::skip]
    let routes = [
        "GET deposits", "GET payments", "GET payments/{pay_id}", "GET settings",
        "POST payments/{pay_id}/pay", "POST payments/{pay_id}/transfer", "POST settings",
    ];
    assert_eq!(routes_of(&sandbox, "cardpay").await, routes);
}

#[tokio::test]
async fn its_settings_are_read_and_changed_one_by_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let unusable = [json!({"code_form": "roman"})];
    #[rustfmt::skip]
    let settings = [
        ("not_found_status", json!("not-found"), json!("ok")),
        ("another_card", json!("reported"), json!("lost")),
        ("missing_card", json!("lost"), json!("reported")),
        ("code_form", json!("number"), json!("text")),
        ("return_query", json!("nothing"), json!("pay-id")),
        ("callback_field", json!("callbackUrl"), json!("callback")),
        ("time_allowed_seconds", json!(900), json!(60)),
    ];
    change_settings(&sandbox, "cardpay", &settings, &unusable).await;
}

#[tokio::test]
async fn a_payment_is_paid_and_transferred_to_as_the_payer() {
    let (sandbox, shop) = open().await;
    let card = sandbox.cardpay().payer_card();
    let pay_id = shop.create_with("7", &[("card", card)]).await.pay_id;
    let at = format!("/_sandbox/cardpay/payments/{pay_id}");

    let wrong = json!({"amount": 11_000, "from_card": card});
    let stray = answer_to(&sandbox, &format!("{at}/transfer"), &wrong).await;
    let shown = of(&stray, &["fate", "from"]);
    assert_eq!(shown, json!(["unmatched", "502229XXXXXX0042"]));
    let paid = answer_to(&sandbox, &format!("{at}/pay"), &Value::Null).await;
    assert_eq!(of(&paid, &["fate", "matched"]), json!(["paid", pay_id]));
    let deposits = get_json(&sandbox, "/_sandbox/cardpay/deposits").await;
    assert_eq!(deposits, json!([stray, paid]));

    shop.check(pay_id).await;
    let view = get_json(&sandbox, &at).await;
    let shown = of(&view, &["status", "times_first_verified", "card"]);
    assert_eq!(shown, json!(["paid", 1, "502229XXXXXX0042"]));
    assert_eq!(kinds(&view), ["created", "paid", "verified"]);
    let payments = get_json(&sandbox, "/_sandbox/cardpay/payments").await;
    assert_eq!(payments, json!([view]));
    let messages = get_json(&sandbox, "/_sandbox/sms").await;
    assert_eq!(messages.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let (sandbox, shop) = open().await;
    let created = shop.create("7").await;
    let transfer = format!("/_sandbox/cardpay/payments/{}/transfer", created.pay_id);
    #[rustfmt::skip]
    let cases = [
        ("/_sandbox/cardpay/payments/1/pay", Value::Null, 404),
        ("/_sandbox/cardpay/payments/1/transfer", json!({"amount": 11_000}), 404),
        (&transfer, json!({"amount": 0}), 422),
        (&transfer, json!({}), 422),
        (&transfer, json!({"amount": 11_000, "from_card": "5022"}), 422),
        (&transfer, json!({"amount": 11_000, "card": "5022290000000042"}), 422),
    ];
    for (path, body, status) in cases {
        let reply = post_json(&sandbox, path, &body).await;
        assert_eq!(reply.status, status, "{path} {body}");
        assert!(reply.json()["error"]["code"].is_string(), "{path} {body}");
    }
    let unknown = get(&sandbox, "/_sandbox/cardpay/payments/1").await;
    assert_eq!(unknown.status, 404);
    assert!(sandbox.cardpay().deposits().is_empty());
}

/// Calls an endpoint and returns every byte that came back.
async fn raw(sandbox: &Sandbox, method: &str, endpoint: &str, body: &[u8]) -> Vec<u8> {
    let headers = [FORM, ("token", sandbox.cardpay().token())];
    let path = format!("/cardpay/api/{endpoint}");
    exchange(sandbox.url(), method, &path, &headers, body).await
}

#[tokio::test]
async fn a_first_verification_whose_answer_is_lost_is_never_seen() {
    let (sandbox, shop) = open().await;
    // A check that never arrived is not the first.
    for (fid, fault, code) in [("1", Fault::DropAfter, 200), ("2", Fault::DropBefore, 201)] {
        let pay_id = shop.create(fid).await.pay_id;
        sandbox.cardpay().pay(pay_id).unwrap();
        sandbox.faults().next("cardpay", "check", fault).unwrap();
        let lost = raw(&sandbox, "GET", &format!("check?pay_id={pay_id}"), b"").await;
        assert_eq!(lost, b"", "{fault}");
        assert_eq!(shop.check(pay_id).await, (200, code), "{fault}");
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_has_used_its_invoice_number() {
    let (sandbox, shop) = open().await;
    sandbox
        .faults()
        .next("cardpay", "create", Fault::DropAfter)
        .unwrap();
    let lost = raw(&sandbox, "POST", "create", b"price=11000&fid=1").await;
    assert_eq!(lost, b"");
    let fields = [("price", "11000"), ("fid", "1")];
    assert_eq!(answer(&shop.post("create", &fields).await), (500, 3));
    assert_eq!(sandbox.cardpay().payments().len(), 1);
}

#[tokio::test]
async fn every_operation_meets_its_fault() {
    let (sandbox, shop) = open().await;
    for (method, endpoint, operation) in [
        ("POST", "create", "create"),
        ("POST", "setCard", "set-card"),
        ("GET", "check", "check"),
        ("GET", "carts", "cards"),
    ] {
        let unavailable = Fault::Status(503);
        sandbox
            .faults()
            .next("cardpay", operation, unavailable)
            .unwrap();
        let reply = shop.send(method, endpoint, &[], b"").await;
        assert_eq!(reply.status, 503, "{operation}");
        let entry = sandbox.journal().pop().unwrap();
        assert_eq!((entry.provider, entry.operation), ("cardpay", operation));
        assert_eq!(entry.answered, Some(503));
    }
}
