//! Links over REST: sent, sent again, disabled, refused.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{EventKind, PayerError, RESEND_AFTER, RESENDS_AT_MOST, Status};
use serde_json::{Value, json};

use crate::client::{of, send};
use crate::sizpay::{Shop, list, new, open, refused, selected, snapshot};

#[tokio::test]
async fn a_link_is_sent_and_answered_in_the_documented_order() {
    let (sandbox, shop) = open().await;
    let reply = shop.call("PayLinkSend", new(json!({}))).await;
    let [link] = sandbox.sizpay().links().try_into().unwrap();
    let expected = format!(
        r#"{{"PayLinkSendID":{},"PayLinkURL":"{}","ResCod":1,"Message":""}}"#,
        link.send_id, link.url
    );
    assert_eq!((reply.status, reply.body), (200, expected));
    let page = format!("{}/sizpay/hosseini/02{:07}", sandbox.url(), link.send_id);
    assert!(link.url.starts_with(&page), "{}", link.url);
    assert_eq!((link.status, link.amount), (Status::Open, 10_000));
    assert_eq!(link.reference_number, None);
    assert_eq!(link.history[0].kind, EventKind::Sent);
}

#[tokio::test]
async fn every_send_is_a_link_of_its_own() {
    let (sandbox, shop) = open().await;
    let (one, other) = (shop.send("1").await, shop.send("1").await);
    assert!(other > one);
    let [one, other] = [one, other].map(|send_id| snapshot(&sandbox, send_id));
    assert_ne!(one.url, other.url);
}

#[tokio::test]
async fn the_message_has_merchant_amount_link_and_25_characters_of_the_description() {
    let (sandbox, shop) = open().await;
    let description = "بابت خرید کتاب «شاهنامه» در دو جلد نفیس و قاب";
    let fields = json!({"Amount": 1_250_000, "Description": description});
    shop.send_with(fields).await;
    shop.send_with(json!({"MobileNo": "09350000000"})).await;

    let [first, second] = sandbox.sms().try_into().unwrap();
    let links = sandbox.sizpay().links();
    assert_eq!((first.provider, &*first.to), ("sizpay", "09122272730"));
    let cut = "بابت خرید کتاب «شاهنامه» ";
    assert_eq!(cut.chars().count(), 25);
    let expected = format!(
        "فروشگاه نمونه\nمبلغ ۱٬۲۵۰٬۰۰۰ ریال\n{cut}\n{}",
        links[0].url
    );
    assert_eq!(first.text, expected);
    assert_eq!(second.to, "09350000000");
    let expected = format!("فروشگاه نمونه\nمبلغ ۱۰٬۰۰۰ ریال\n{}", links[1].url);
    assert_eq!(second.text, expected);
    assert_eq!(links[0].description, description);
}

#[tokio::test]
async fn texts_are_kept_as_they_came() {
    let (sandbox, shop) = open().await;
    let name = "خانم «رضايي»\u{200c} & <b>]]> 🙂\n\t";
    let number = "۹۹/الف-&";
    let fields = json!({"CustomerName": name, "InvoiceNo": number});
    let link = snapshot(&sandbox, shop.send_with(fields).await);
    assert_eq!(
        (&*link.customer_name, &*link.invoice_number),
        (name, number)
    );
}

#[tokio::test]
async fn lengths_are_counted_in_characters() {
    let (_sandbox, shop) = open().await;
    for (field, longest, said) in [
        ("CustomerName", 50, "۵۰"),
        ("Description", 50, "۵۰"),
        ("InvoiceNo", 100, "۱۰۰"),
    ] {
        shop.send_with(json!({field: "گ".repeat(longest)})).await;
        let fields = new(json!({field: "گ".repeat(longest + 1)}));
        let answer = shop.answer("PayLinkSend", fields).await;
        assert!(refused(&answer).contains(said), "{field}: {answer}");
    }
}

/// Asserts that these fields are refused with a message about `about`, and nothing is sent.
async fn refuses(different: Value, about: &str) {
    let (sandbox, shop) = open().await;
    let answer = shop.answer("PayLinkSend", new(different.clone())).await;
    assert!(refused(&answer).contains(about), "{different}: {answer}");
    let sent = of(&answer, &["PayLinkSendID", "PayLinkURL"]);
    assert_eq!(sent, json!([0, ""]), "{different}");
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
    for method in "Send Disable ReSend PayStatus".split(' ') {
        let method = format!("PayLink{method}");
        let answer = Shop::of(sandbox).answer(&method, different.clone()).await;
        let message = refused(&answer);
        assert!(message.contains(about), "{method} {different}: {answer}");
    }
}

const RESEND: &str = "PayLinkReSend";

#[tokio::test]
async fn the_same_message_goes_out_again_after_two_minutes() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;

    sandbox.clock().advance(Duration::from_secs(60));
    let answer = shop.by_id(RESEND, send_id).await;
    for told in ["۲ دقیقه", "ثانیه"] {
        assert!(refused(&answer).contains(told), "{answer}");
    }
    assert_eq!(sandbox.sms().len(), 1);

    sandbox.clock().advance(Duration::from_secs(60));
    let answer = shop.by_id(RESEND, send_id).await;
    assert_eq!(answer, json!({"ResCod": 1, "Message": ""}));
    let [first, second] = sandbox.sms().try_into().unwrap();
    assert_eq!((first.to, first.text), (second.to, second.text));

    // The time counts from the last message, not from the first.
    refused(&shop.by_id(RESEND, send_id).await);
    assert_eq!(snapshot(&sandbox, send_id).times_resent(), 1);
}

#[tokio::test]
async fn the_fourth_time_is_refused_however_long_one_waits() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    for _ in 0..RESENDS_AT_MOST {
        sandbox.clock().advance(RESEND_AFTER);
        assert_eq!(shop.by_id(RESEND, send_id).await["ResCod"], 1);
    }
    sandbox.clock().advance(Duration::from_secs(86_400));
    let answer = shop.by_id(RESEND, send_id).await;
    assert!(refused(&answer).contains("۳ بار"), "{answer}");
    assert_eq!(sandbox.sms().len(), 4);
}

#[tokio::test]
async fn a_paid_or_disabled_link_is_not_sent_again() {
    let (sandbox, shop) = open().await;
    let (paid, disabled) = (shop.send("1").await, shop.send("2").await);
    sandbox.sizpay().pay(paid).unwrap();
    shop.by_id("PayLinkDisable", disabled).await;
    sandbox.clock().advance(RESEND_AFTER);
    assert!(refused(&shop.by_id(RESEND, paid).await).contains("پرداخت شده"));
    assert!(refused(&shop.by_id(RESEND, disabled).await).contains("غیرفعال"));
    assert_eq!(sandbox.sms().len(), 2);
}

#[tokio::test]
async fn an_invoice_number_means_the_latest_link_of_that_day() {
    let (sandbox, shop) = open().await;
    let before = shop.send("7").await;
    sandbox.clock().advance(Duration::from_secs(86_400));
    let (first, latest) = (shop.send("7").await, shop.send("7").await);
    let day = snapshot(&sandbox, latest).sent_on();
    sandbox.clock().advance(RESEND_AFTER);

    let answer = shop.answer(RESEND, selected(0, "7", &day)).await;
    assert_eq!(answer, json!({"ResCod": 1, "Message": ""}));
    let resent = |send_id| snapshot(&sandbox, send_id).times_resent();
    assert_eq!([before, first, latest].map(resent), [0, 0, 1]);
}

#[tokio::test]
async fn one_link_must_be_named_and_be_there() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("7").await;
    let foreign = Shop::other_of(&sandbox).send("8").await;
    let day = snapshot(&sandbox, send_id).sent_on();
    sandbox.clock().advance(RESEND_AFTER);
    for method in [RESEND, "PayLinkDisable"] {
        #[rustfmt::skip]
        let cases = [
            (selected(0, "", &day), "و نه هر دو"),
            (selected(send_id, "7", &day), "و نه هر دو"),
            (json!({"PayLinkSendID": send_id.to_string(), "PayLinkFactorDate": day}), "و نه هر دو"),
            (json!({"PayLinkSendID": -1, "PayLinkFactorDate": day}), "و نه هر دو"),
            (selected(0, "7", "1399/11/21"), "پیدا نشد"),
            (selected(send_id, "", "1399/11/21"), "پیدا نشد"),
            (selected(0, "۷", &day), "پیدا نشد"),
            (selected(send_id + 9, "", &day), "پیدا نشد"),
            (selected(foreign, "", &day), "پیدا نشد"),
            (selected(0, "8", &day), "پیدا نشد"),
            (selected(send_id, "", ""), "تاریخ"),
            (selected(send_id, "", "1404/12/30"), "تاریخ"),
            (selected(0, "7", "۱۳۹۹/۱۱/۲۱"), "تاریخ"),
            (selected(0, "7", "2021-02-09"), "تاریخ"),
        ];
        for (fields, about) in cases {
            let answer = shop.answer(method, fields.clone()).await;
            let message = refused(&answer);
            assert!(message.contains(about), "{method} {fields}: {answer}");
        }
    }
    assert_eq!(sandbox.sms().len(), 2);
}

const DISABLE: &str = "PayLinkDisable";

#[tokio::test]
async fn a_disabled_link_cannot_be_paid() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    let day = snapshot(&sandbox, send_id).sent_on();
    let reply = shop.call(DISABLE, selected(send_id, "", &day)).await;
    assert_eq!(reply.body, r#"{"ResCod":1,"Message":""}"#);

    let sizpay = sandbox.sizpay();
    assert_eq!(sizpay.link(send_id).unwrap().status, Status::Disabled);
    assert_eq!(sizpay.pay(send_id).unwrap_err(), PayerError::Disabled);
    assert_eq!(sizpay.decline(send_id).unwrap_err(), PayerError::Disabled);
    let again = shop.by_id(DISABLE, send_id).await;
    assert!(refused(&again).contains("غیرفعال"), "{again}");

    assert_eq!(list(&shop.status(&day, 0, "").await)[0]["Status"], 0);
}

#[tokio::test]
async fn a_paid_link_cannot_be_disabled() {
    let (sandbox, shop) = open().await;
    let send_id = shop.send("1").await;
    sandbox.sizpay().pay(send_id).unwrap();
    let answer = shop.by_id(DISABLE, send_id).await;
    assert!(refused(&answer).contains("پرداخت شده"), "{answer}");
    assert_eq!(snapshot(&sandbox, send_id).status, Status::Paid);
}

#[tokio::test]
async fn a_link_is_found_by_its_invoice_number_and_day() {
    let (sandbox, shop) = open().await;
    let (named, other) = (shop.send("99112100").await, shop.send("99112101").await);
    let day = snapshot(&sandbox, named).sent_on();
    let answer = shop.answer(DISABLE, selected(0, "99112100", &day)).await;
    assert_eq!(answer["ResCod"], 1, "{answer}");
    assert_eq!(snapshot(&sandbox, named).status, Status::Disabled);
    assert_eq!(snapshot(&sandbox, other).status, Status::Open);
}

/// Asserts that ASP.NET itself answers, without a `ResCod`.
async fn not_understood(verb: &str, method: &str, media_type: &str, body: &[u8], status: u16) {
    let sandbox = Sandbox::start().await.unwrap();
    let path = format!("/sizpay/api/PayLinkSend/{method}");
    let headers = [("content-type", media_type)];
    let reply = send(sandbox.url(), verb, &path, &headers, body).await;
    assert_eq!(reply.status, status, "{verb} {method} {media_type}");
    let answer = reply.json();
    assert!(answer["Message"].is_string(), "{answer}");
    assert!(answer.get("ResCod").is_none(), "{answer}");
    assert!(sandbox.sizpay().links().is_empty());
}

#[tokio::test]
async fn what_is_no_call_is_refused_before_sizpay_sees_it() {
    let json = "application/json";
    not_understood("POST", "PayLinkSend", json, b"", 400).await;
    not_understood("POST", "PayLinkSend", json, b"[]", 400).await;
    not_understood("POST", "PayLinkSend", json, b"{} {}", 400).await;
    not_understood("POST", "PayLinkSend", json, b"{\"Amount\":\xff}", 400).await;
    not_understood("POST", "PayLinkSend", "text/plain", b"{}", 415).await;
    not_understood("POST", "PayLinkExplode", json, b"{}", 404).await;
    not_understood("GET", "PayLinkSend", json, b"", 405).await;
}
