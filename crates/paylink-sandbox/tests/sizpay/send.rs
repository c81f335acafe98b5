use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{EventKind, Status};
use serde_json::{Value, json};

use crate::shop::{Shop, new, refused};

#[tokio::test]
async fn a_link_is_sent_and_answered_in_the_documented_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Shop::of(&sandbox).call("PayLinkSend", new(json!({}))).await;
    let link = sandbox.sizpay().link(26_041).unwrap();
    let expected = format!(
        r#"{{"PayLinkSendID":26041,"PayLinkURL":"{}","ResCod":1,"Message":""}}"#,
        link.url
    );
    assert_eq!((reply.status, reply.body), (200, expected));
    let page = format!("{}/sizpay/hosseini/020026041", sandbox.url());
    assert!(link.url.starts_with(&page), "{}", link.url);
    assert_eq!((link.status, link.amount), (Status::Open, 10_000));
    assert_eq!(link.reference_number, None);
    assert_eq!(link.history[0].kind, EventKind::Sent);
}

#[tokio::test]
async fn every_send_is_a_link_of_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let (one, other) = (shop.send("1").await, shop.send("1").await);
    assert_eq!(other, one + 1);
    let urls: Vec<_> = sandbox
        .sizpay()
        .links()
        .into_iter()
        .map(|link| link.url)
        .collect();
    assert_ne!(urls[0], urls[1]);
}

#[tokio::test]
async fn the_message_has_merchant_amount_link_and_25_characters_of_the_description() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let description = "بابت خرید کتاب «شاهنامه» در دو جلد نفیس و قاب";
    shop.send_with(json!({"Amount": 1_250_000, "Description": description}))
        .await;
    shop.send_with(json!({"MobileNo": "09350000000"})).await;

    let [first, second] = sandbox.sms().try_into().unwrap();
    let links = sandbox.sizpay().links();
    assert_eq!(
        (first.provider, first.to.as_str()),
        ("sizpay", "09122272730")
    );
    let cut = "بابت خرید کتاب «شاهنامه» ";
    assert_eq!(cut.chars().count(), 25);
    assert_eq!(
        first.text,
        format!(
            "فروشگاه نمونه\nمبلغ ۱٬۲۵۰٬۰۰۰ ریال\n{cut}\n{}",
            links[0].url
        )
    );
    assert_eq!(second.to, "09350000000");
    assert_eq!(
        second.text,
        format!("فروشگاه نمونه\nمبلغ ۱۰٬۰۰۰ ریال\n{}", links[1].url)
    );
    assert_eq!(links[0].description, description);
}

#[tokio::test]
async fn texts_are_kept_as_they_came() {
    let sandbox = Sandbox::start().await.unwrap();
    let name = "خانم «رضايي»\u{200c} & <b>]]> 🙂\n\t";
    Shop::of(&sandbox)
        .send_with(json!({"CustomerName": name, "InvoiceNo": "۹۹/الف-&"}))
        .await;
    let link = sandbox.sizpay().link(26_041).unwrap();
    assert_eq!(
        (link.customer_name.as_str(), link.invoice_number.as_str()),
        (name, "۹۹/الف-&")
    );
}

#[tokio::test]
async fn lengths_are_counted_in_characters() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let (fits, too_long) = ("گ".repeat(50), "گ".repeat(51));
    for field in ["CustomerName", "Description", "InvoiceNo"] {
        shop.send_with(json!({field: fits})).await;
        let answer = shop
            .answer("PayLinkSend", new(json!({field: too_long})))
            .await;
        assert!(refused(&answer).contains("۵۰"), "{field}: {answer}");
    }
}

/// Asserts that these fields are refused with a message about `about`, and nothing is sent.
async fn refuses(different: Value, about: &str) {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = Shop::of(&sandbox)
        .answer("PayLinkSend", new(different.clone()))
        .await;
    assert!(refused(&answer).contains(about), "{different}: {answer}");
    assert_eq!(
        (&answer["PayLinkSendID"], &answer["PayLinkURL"]),
        (&json!(0), &json!("")),
        "{different}"
    );
    assert!(sandbox.sizpay().links().is_empty(), "{different}");
    assert!(sandbox.sms().is_empty(), "{different}");
}

#[tokio::test]
async fn an_amount_is_a_whole_number_of_rial() {
    for amount in [
        json!(0),
        json!(-1),
        json!(10000.5),
        json!(1e4),
        json!("10000"),
        json!(true),
        json!(9_223_372_036_854_775_808_u64),
        Value::Null,
    ] {
        refuses(json!({"Amount": amount}), "مبلغ").await;
    }
}

#[tokio::test]
async fn a_mobile_is_eleven_latin_digits() {
    for mobile in [
        json!(""),
        json!("9122272730"),
        json!("+989122272730"),
        json!("۰۹۱۲۲۲۷۲۷۳۰"),
        json!(9_122_272_730_u64),
        Value::Null,
    ] {
        refuses(json!({"MobileNo": mobile}), "تلفن همراه").await;
    }
}

#[tokio::test]
async fn an_invoice_number_can_stand_in_a_list() {
    for number in [json!(""), json!("1,2"), json!(99_112_101), json!("a\u{0}")] {
        refuses(json!({"InvoiceNo": number}), "شمارهٔ فاکتور").await;
    }
    refuses(json!({"CustomerName": ["x"]}), "نام مشتری").await;
    refuses(json!({"Description": "\u{1b}[31m"}), "توضیحات").await;
}

#[tokio::test]
async fn keys_and_link_name_must_belong_together() {
    let sandbox = Sandbox::start().await.unwrap();
    let sizpay = sandbox.sizpay();
    let other = sizpay.other_merchant();
    for (different, about) in [
        (json!({"UserName": "x"}), "نام کاربری"),
        (json!({"UserName": null}), "نام کاربری"),
        (json!({"UserName": other.user_name()}), "نام کاربری"),
        (json!({"Password": ""}), "رمز"),
        (json!({"Password": 1}), "رمز"),
        (json!({"PayLinkName": "nobody"}), "شناسهٔ لینک"),
        (json!({"PayLinkName": other.pay_link_name()}), "شناسهٔ لینک"),
        (json!({"PayLinkName": null}), "شناسهٔ لینک"),
    ] {
        refuses_all(&sandbox, &different, about).await;
    }
    assert!(sizpay.links().is_empty());
    Shop::other_of(&sandbox).send("1").await;
    assert_eq!(sizpay.links()[0].pay_link_name, other.pay_link_name());
}

/// Asserts that no method does anything for such keys.
async fn refuses_all(sandbox: &Sandbox, different: &Value, about: &str) {
    for method in [
        "PayLinkSend",
        "PayLinkDisable",
        "PayLinkReSend",
        "PayLinkPayStatus",
    ] {
        let answer = Shop::of(sandbox).answer(method, different.clone()).await;
        assert!(
            refused(&answer).contains(about),
            "{method} {different}: {answer}"
        );
    }
}
