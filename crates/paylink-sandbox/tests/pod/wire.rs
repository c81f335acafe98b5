use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{PersianText, SecondVerify};
use serde_json::json;

use crate::shop::{Shop, refusal};

/// The digits and tokens that differ from answer to answer.
fn masked(body: &str) -> String {
    let mut masked = body.to_owned();
    for name in ["referenceNumber\":\"", "ott\":\""] {
        let (head, tail) = masked.split_once(name).unwrap();
        let (_, tail) = tail.split_once('"').unwrap();
        masked = format!("{head}{name}…\"{tail}");
    }
    masked
}

#[tokio::test]
async fn a_success_has_the_envelope_of_the_samples() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[]).await.to_string();
    let reply = shop.call(29799, &[("invoiceId", &id)]).await;
    assert_eq!(
        masked(&reply.body),
        r#"{"hasError":false,"messageId":0,"referenceNumber":"…","errorCode":0,"count":0,"ott":"…","result":true}"#
    );
    let body = reply.json();
    let reference = body["referenceNumber"].as_str().unwrap();
    assert!(reference.len() == 9 && reference.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(body["ott"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn a_refusal_comes_with_http_200_and_a_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[]).await.to_string();
    shop.done(29799, &[("invoiceId", &id)]).await;
    let reply = shop.call(29799, &[("invoiceId", &id)]).await;
    assert_eq!(
        masked(&reply.body),
        r#"{"hasError":true,"messageId":0,"referenceNumber":"…","errorCode":24,"message":"فاکتور قبلا پرداخت شده است","count":0,"ott":"…"}"#
    );
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn reference_numbers_tell_requests_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let first = shop.call(29816, &[]).await.json();
    let second = shop.call(29816, &[]).await.json();
    assert_ne!(first["referenceNumber"], second["referenceNumber"]);
    assert_ne!(first["ott"], second["ott"]);
    assert!(first.get("result").is_none(), "{first}");
}

#[tokio::test]
async fn an_invoice_shows_what_was_issued() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let user = sandbox.pod().user();
    let user_id = user.user_id().to_string();
    let invoice = shop
        .issue(&[
            ("userId", &user_id),
            ("billNumber", "A-1"),
            ("description", "سفارش ۱"),
            ("metadata", r#"{"a":1}"#),
            ("cellphoneNumber", "09121112233"),
            ("verificationNeeded", "true"),
        ])
        .await;
    for (name, value) in [
        ("totalAmount", json!(50000)),
        ("payableAmount", json!(50000)),
        ("vat", json!(0)),
        ("paymentDate", json!(0)),
        ("billNumber", json!("A-1")),
        ("description", json!("سفارش ۱")),
        ("metadata", json!(r#"{"a":1}"#)),
        ("cellphoneNumber", json!("09121112233")),
        ("verificationNeeded", json!(true)),
        ("payed", json!(false)),
        ("waiting", json!(false)),
        ("canceled", json!(false)),
        ("closed", json!(false)),
        ("willBePaid", json!(false)),
        ("willBeBlocked", json!(false)),
    ] {
        assert_eq!(invoice[name], value, "{name}: {invoice}");
    }
    assert_eq!(invoice["userSrv"]["id"], user.user_id());
    assert_eq!(invoice["userSrv"]["name"], user.name());
    assert_eq!(invoice["guildSrv"]["code"], "CLOTHING_GUILD");
    assert_eq!(
        invoice["business"]["id"],
        sandbox.pod().business().business_id().unwrap()
    );
    let items = invoice["invoiceItemSrvs"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(
        (&items[0]["amount"], &items[0]["quantity"]),
        (&json!(25000), &json!(2))
    );
    assert!(invoice.get("willBePaidAt").is_none());
    assert!(invoice.get("maskedCardNumber").is_none());
}

#[tokio::test]
async fn tax_is_added_and_may_leave_a_fraction() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let amounts = async |different: &[(&str, &str)]| {
        let reply = shop.call(29796, &crate::shop::new(different)).await;
        let wanted = ["totalAmount", "payableAmount", "vat"].map(|name| {
            let (_, tail) = reply.body.split_once(&format!("\"{name}\":")).unwrap();
            tail.split(',').next().unwrap().to_owned()
        });
        wanted.join(" ")
    };
    assert_eq!(
        amounts(&[("preferredTaxRate", "")]).await,
        "50000 54500 4500"
    );
    assert_eq!(
        amounts(&[
            ("price", "10.5"),
            ("quantity", "3.5"),
            ("preferredTaxRate", "0.09")
        ])
        .await,
        "36.75 40.0575 3.3075"
    );
    sandbox
        .pod()
        .change_settings(|settings| settings.tax_percent = 10);
    assert_eq!(
        amounts(&[("preferredTaxRate", "")]).await,
        "50000 55000 5000"
    );
    // More digits than a binary fraction holds survive.
    assert_eq!(
        amounts(&[("price", "12345678901234567.89"), ("quantity", "1")]).await,
        "12345678901234567.89 12345678901234567.89 0"
    );
}

#[tokio::test]
async fn lists_of_lines_run_in_parallel() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let second = [
        ("productId", "0"),
        ("price", "1000"),
        ("quantity", "1"),
        ("productDescription", "بسته‌بندی"),
    ];
    let mut params = crate::shop::NEW.to_vec();
    params.extend(second);
    let invoice = shop.done(29796, &params).await;
    assert_eq!(invoice["totalAmount"], 51000);
    assert_eq!(invoice["invoiceItemSrvs"][1]["description"], "بسته‌بندی");
    for missing in 0..4 {
        let mut uneven = params.clone();
        uneven.remove(6 + missing);
        assert_eq!(shop.code(29796, &uneven).await, 1001, "{missing}");
    }
    assert_eq!(sandbox.pod().invoices().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_issued_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let own = sandbox.pod().business().user_id().to_string();
    for bad in [
        ("productId", ""),
        ("price", "0"),
        ("price", "12,5x"),
        ("quantity", "-1"),
        ("guildCode", ""),
        ("userId", own.as_str()),
        ("redirectURL", "shop.example"),
        ("deadline", "1404-01-01"),
        ("currencyCode", "USD"),
        ("preferredTaxRate", "9"),
        ("verificationNeeded", "yes"),
    ] {
        let (code, message) = shop.refused(29796, &crate::shop::new(&[bad])).await;
        assert_eq!(code, 1001, "{bad:?}");
        assert!(message.contains(bad.0), "{bad:?}: {message}");
    }
    assert_eq!(
        shop.code(29796, &crate::shop::new(&[("userId", "1")]))
            .await,
        1002
    );
    assert!(sandbox.pod().invoices().is_empty());
}

#[tokio::test]
async fn a_preview_is_not_kept() {
    let sandbox = Sandbox::start().await.unwrap();
    let invoice = Shop::of(&sandbox).issue(&[("preview", "true")]).await;
    assert_eq!(
        (&invoice["id"], &invoice["totalAmount"]),
        (&json!(0), &json!(50000))
    );
    assert!(sandbox.pod().invoices().is_empty());
}

#[tokio::test]
async fn old_answers_escape_persian() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox
        .pod()
        .change_settings(|settings| settings.persian_text = PersianText::Escaped);
    let reply = shop
        .call(29796, &crate::shop::new(&[("description", "فن")]))
        .await;
    assert!(reply.body.is_ascii());
    assert_eq!(reply.json()["result"]["description"], "&#x641;&#x646;");
    let id = reply.json()["result"]["id"].to_string();
    shop.done(29799, &[("invoiceId", &id)]).await;
    let (_, message) = refusal(&shop.call(29799, &[("invoiceId", &id)]).await);
    assert!(message.starts_with("&#x641;"), "{message}");
}

#[tokio::test]
async fn a_second_verify_answers_as_it_was_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let text = id.to_string();
    sandbox.pod().pay_by_card(id).unwrap();
    shop.done(29809, &[("id", &text)]).await;
    assert_eq!(shop.code(29809, &[("id", &text)]).await, 24);
    sandbox
        .pod()
        .change_settings(|settings| settings.second_verify = SecondVerify::AnswersInvoice);
    let again = shop.done(29809, &[("id", &text)]).await;
    assert_eq!(again["payed"], true);
    assert_eq!(sandbox.pod().invoice(id).unwrap().times_verified(), 1);
}
