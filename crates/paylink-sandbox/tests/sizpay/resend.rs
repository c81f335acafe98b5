use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{RESEND_AFTER, RESENDS_AT_MOST};
use serde_json::json;

use crate::shop::{Shop, refused, selected};

const RESEND: &str = "PayLinkReSend";

#[tokio::test]
async fn the_same_message_goes_out_again_after_two_minutes() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let send_id = shop.send("1").await;

    sandbox.clock().advance(Duration::from_secs(60));
    let answer = shop.by_id(RESEND, send_id).await;
    let message = refused(&answer);
    assert!(
        message.contains("۲ دقیقه") && message.contains("ثانیه"),
        "{message}"
    );
    assert_eq!(sandbox.sms().len(), 1);

    sandbox.clock().advance(Duration::from_secs(60));
    let reply = shop.call(RESEND, selected(send_id, "", "1399/11/21")).await;
    assert_eq!(reply.body, r#"{"ResCod":1,"Message":""}"#);
    let [first, second] = sandbox.sms().try_into().unwrap();
    assert_eq!((first.to, first.text), (second.to, second.text));

    // The time counts from the last message, not from the first.
    refused(&shop.by_id(RESEND, send_id).await);
    assert_eq!(sandbox.sizpay().link(send_id).unwrap().times_resent(), 1);
}

#[tokio::test]
async fn the_fourth_time_is_refused_however_long_one_waits() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
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
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let before = shop.send("7").await;
    sandbox.clock().advance(Duration::from_secs(86_400));
    let (first, latest) = (shop.send("7").await, shop.send("7").await);
    let day = sandbox.sizpay().link(latest).unwrap().sent_on();
    sandbox.clock().advance(RESEND_AFTER);

    let answer = shop.answer(RESEND, selected(0, "7", &day)).await;
    assert_eq!(answer, json!({"ResCod": 1, "Message": ""}));
    let resent = |send_id| sandbox.sizpay().link(send_id).unwrap().times_resent();
    assert_eq!([before, first, latest].map(resent), [0, 0, 1]);
}

#[tokio::test]
async fn one_link_must_be_named_and_be_there() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let send_id = shop.send("7").await;
    let foreign = Shop::other_of(&sandbox).send("8").await;
    let day = sandbox.sizpay().link(send_id).unwrap().sent_on();
    sandbox.clock().advance(RESEND_AFTER);
    for method in [RESEND, "PayLinkDisable"] {
        for (fields, about) in [
            (selected(0, "", &day), "و نه هر دو"),
            (selected(send_id, "7", &day), "و نه هر دو"),
            (
                json!({"PayLinkSendID": "26041", "PayLinkFactorDate": day}),
                "و نه هر دو",
            ),
            (
                json!({"PayLinkSendID": -1, "PayLinkFactorDate": day}),
                "و نه هر دو",
            ),
            (selected(0, "7", "1399/11/21"), "پیدا نشد"),
            (selected(0, "۷", &day), "پیدا نشد"),
            (selected(send_id + 9, "", &day), "پیدا نشد"),
            (selected(foreign, "", &day), "پیدا نشد"),
            (selected(0, "8", &day), "پیدا نشد"),
            (selected(send_id, "", ""), "تاریخ"),
            (selected(send_id, "", "1404/12/30"), "تاریخ"),
            (selected(0, "7", "۱۳۹۹/۱۱/۲۱"), "تاریخ"),
            (selected(0, "7", "2021-02-09"), "تاریخ"),
        ] {
            let answer = shop.answer(method, fields.clone()).await;
            assert!(
                refused(&answer).contains(about),
                "{method} {fields}: {answer}"
            );
        }
    }
    assert_eq!(sandbox.sms().len(), 2);
}
