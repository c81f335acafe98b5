use paylink_sandbox::Sandbox;

use crate::client::send;
use crate::shop::{Shop, new, refused, sign};

#[tokio::test]
async fn a_create_is_refused_for_each_field_and_makes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let long = "x".repeat(201);
    let cases = [
        ("terminal_number", "", "terminal_number is required"),
        (
            "terminal_number",
            "abc",
            "terminal_number must be an integer",
        ),
        (
            "terminal_number",
            "-1003",
            "terminal_number must be an integer",
        ),
        (
            "terminal_number",
            "99999999999999999999",
            "terminal_number must be an integer",
        ),
        (
            "terminal_number",
            "2001",
            "terminal_number is not one of the merchant's",
        ),
        ("amount", "", "amount is required"),
        ("amount", "0", "amount must be a positive decimal number"),
        ("amount", "-5", "amount must be a positive decimal number"),
        (
            "amount",
            "12,5x",
            "amount must be a positive decimal number",
        ),
        ("amount", "1e3", "amount must be a positive decimal number"),
        ("currency", "", "currency is required"),
        ("currency", "EUR", "currency must be USD, USDT or IRT"),
        ("currency", "usd", "currency must be USD, USDT or IRT"),
        ("invoice_number", "", "invoice_number is required"),
        (
            "invoice_number",
            &long,
            "invoice_number must have at most 200 characters",
        ),
        (
            "national_id",
            "1234567890",
            "national_id is not a valid national id",
        ),
        ("callback", "", "callback is required"),
        (
            "callback",
            "shop.example",
            "callback must be an http or https URL",
        ),
        (
            "callback",
            "javascript:alert(1)",
            "callback must be an http or https URL",
        ),
        (
            "webhook",
            "ftp://shop.example/",
            "webhook must be an http or https URL",
        ),
    ];
    for (name, value, message) in cases {
        let reply = shop
            .call("create-invoice", &new("1", &[(name, value)]))
            .await;
        assert_eq!(refused(&reply, 422), message);
    }
    assert!(sandbox.zipay().invoices().is_empty());
}

#[tokio::test]
async fn an_invoice_number_is_used_once_per_terminal() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    shop.create("1000").await;

    let again = shop
        .call("create-invoice", &new("1000", &[("amount", "1")]))
        .await;
    assert_eq!(
        refused(&again, 422),
        "invoice_number has already been taken"
    );

    let second = sandbox.zipay().second_terminal().to_string();
    shop.create_with("1000", &[("terminal_number", &second)])
        .await;
    Shop::other_of(&sandbox)
        .create_with("1000", &[("terminal_number", "2001")])
        .await;
    assert_eq!(sandbox.zipay().invoices().len(), 3);
}

#[tokio::test]
async fn two_hundred_characters_are_counted_as_characters() {
    let sandbox = Sandbox::start().await.unwrap();
    Shop::of(&sandbox).create(&"ش".repeat(200)).await;
}

#[tokio::test]
async fn an_invoice_is_found_by_its_own_merchant_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let (shop, other) = (Shop::of(&sandbox), Shop::other_of(&sandbox));
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();

    for operation in ["invoice-status", "invoice-verify", "invoice-refund"] {
        let unknown = "de7d44ae-9df9-487f-a175-ade1ecfab28b";
        let reply = shop.call(operation, &[("trackid", unknown)]).await;
        assert_eq!(refused(&reply, 404), "The invoice was not found.");
        let reply = other.call(operation, &[("trackid", &trackid)]).await;
        assert_eq!(refused(&reply, 404), "The invoice was not found.");
        let reply = shop.call(operation, &[]).await;
        assert_eq!(refused(&reply, 422), "trackid is required");
    }
    assert_eq!(
        sandbox.zipay().invoice(&trackid).unwrap().times_verified(),
        0
    );
}

#[tokio::test]
async fn what_is_not_the_documented_request_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    assert_eq!(
        refused(&shop.call("exchange", &[]).await, 404),
        "There is no such method."
    );

    let get = send(sandbox.url(), "GET", "/zipay/api/invoice-list", &[], b"").await;
    assert_eq!(refused(&get, 405), "Only POST is allowed.");

    let body = r#"{"trackid":"1"}"#;
    let api_sign = sign(shop.secret_key, body.as_bytes());
    let headers = [
        ("api_key", shop.api_key),
        ("api_sign", &api_sign),
        ("content-type", "application/json"),
    ];
    let json = send(
        sandbox.url(),
        "POST",
        "/zipay/api/invoice-status",
        &headers,
        body.as_bytes(),
    )
    .await;
    assert!(refused(&json, 422).contains("x-www-form-urlencoded"));
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Shop::of(&sandbox)
        .send_signed("invoice-status", "trackid=%FF%FE")
        .await;
    assert_eq!(refused(&reply, 422), "trackid is not valid UTF-8");
}

#[tokio::test]
async fn no_signed_body_brings_it_down() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let mut state = 1_u64;
    for round in 0..300 {
        let mut body = String::from("trackid=&amount=&limit=99999999999999999999&page=");
        for _ in 0..round % 40 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let odd = ['%', '&', '=', '+', '\u{0}', '9', 'ی', '[', '.', '-'];
            body.push(odd[usize::try_from(state >> 33).unwrap() % odd.len()]);
        }
        let operations = [
            "create-invoice",
            "invoice-status",
            "invoice-verify",
            "invoice-list",
            "invoice-refund",
        ];
        let reply = shop.send_signed(operations[round % 5], &body).await;
        assert!(matches!(reply.status, 401 | 422), "{body:?}: {reply:?}");
        refused(&reply, reply.status);
    }
}
