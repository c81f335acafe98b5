//! What is refused before a byte is sent: the field, the value unless it is a secret, and what to do instead.

use cardpay_client::{
    CardNumber, CardPay, Effect, ErrorKind, Expected, Invalid, InvoiceNumber, NewPayment, PayId,
    ReturnUrl, Rial,
};

use crate::samples::{card, pay_id, record};
use crate::script::Script;

#[test]
fn an_order_is_checked_when_it_is_built() {
    let price = Rial::new(10_000);
    let payment = NewPayment::new(1, price).unwrap();
    for (refused, field) in [
        (NewPayment::new(0, price), "invoice_number"),
        (NewPayment::new(-1, price), "invoice_number"),
        (NewPayment::new("01", price), "invoice_number"),
        (NewPayment::new(u64::MAX, price), "invoice_number"),
        (NewPayment::new(1, Rial::new(9_999)), "price"),
        (NewPayment::new(1, Rial::new(0)), "price"),
        (payment.with_callback("shop.example"), "callback"),
    ] {
        let invalid = refused.unwrap_err();
        assert_eq!(invalid.key(), field);
        assert!(invalid.remedy().is_some(), "{invalid}");
    }
}

#[tokio::test]
async fn text_and_parsed_values_are_taken_alike() {
    let price = Rial::new(10_000);
    let back = String::from("https://shop.example/back");
    let (number, url): (InvoiceNumber, ReturnUrl) =
        ("1000".parse().unwrap(), back.parse().unwrap());
    let of_text = NewPayment::new("1000", price).unwrap();
    let of_text = format!("{:?}", of_text.with_callback(&back).unwrap());
    for payment in [
        NewPayment::new(number, price),
        NewPayment::new(1000, price),
        NewPayment::new(1000_u64, price),
        NewPayment::new(&String::from("۱۰۰۰"), price),
    ] {
        let payment = payment.unwrap().with_callback(url.clone()).unwrap();
        assert_eq!(format!("{payment:?}"), of_text);
    }
    let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back").unwrap();
    let payment = NewPayment::new(number, price).unwrap();
    assert!(payment.with_callback(app).is_ok());
    let record = record(&Script::start().await).await;
    assert!(Expected::new("1000", price, record.clone()).is_ok());
    let error = Expected::new("a", price, record).unwrap_err();
    assert_eq!(error.key(), "invoice_number");
}

#[test]
fn everything_that_is_wrong_with_a_client_is_told_at_once() {
    let builder = CardPay::builder("http://shop.example/", "canary token").callback_field("fid");
    let error = builder.build().unwrap_err();
    let keys: Vec<&str> = error.invalids().iter().map(Invalid::key).collect();
    assert_eq!(keys, ["base_url", "token", "callback_field"]);
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[test]
fn numbers_are_read_in_any_digits_and_nothing_else() {
    assert_eq!("۱۹".parse::<PayId>().unwrap(), pay_id());
    assert_eq!("١٩".parse::<InvoiceNumber>().unwrap().get(), 19);
    let large = "9".repeat(20);
    for bad in ["", "0", "-1", "+1", "1.0", "1 9", "19a", "0x1", &large] {
        assert!(bad.parse::<PayId>().is_err(), "{bad:?}");
        assert!(bad.parse::<InvoiceNumber>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_base_url_is_https_or_loopback_unless_the_merchant_insists() {
    let build = |url: &str| CardPay::builder(url, "token").build();
    for good in [
        "https://shop.example",
        "https://shop.example/CartToCart/api",
        "http://127.0.0.1:8080/cardpay/api/",
        "http://localhost/api",
    ] {
        assert!(build(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "shop.example/api",
        "http://shop.example/api/",
        "http://192.168.1.5/api/",
        "https://shop.example/api?x=1",
        "https://u:p@shop.example/api/",
        "ftp://shop.example/",
    ] {
        let error = build(bad).unwrap_err();
        assert!(error.to_string().contains("base URL"), "{error}");
    }
    let plain = build("http://shop.example/api/").unwrap_err().to_string();
    for word in [
        "plain http",
        "plain_http = true",
        "allow_plain_http()",
        "private network",
    ] {
        assert!(plain.contains(word), "{plain}");
    }
    let broken = build("ftp://shop.example/").unwrap_err().to_string();
    assert!(!broken.contains("plain_http"), "{broken}");
    let insisting = CardPay::builder("http://192.168.1.5/api/", "token").allow_plain_http();
    assert!(insisting.build().is_ok());
    let still = CardPay::builder("ftp://192.168.1.5/api/", "token").allow_plain_http();
    assert!(still.build().is_err());
}

#[test]
fn the_callback_s_name_cannot_collide_or_smuggle() {
    let build = |name: &str| {
        CardPay::builder("https://shop.example/", "token")
            .callback_field(name)
            .build()
    };
    for good in ["callbackUrl", "callback_url", "callback", "back-2"] {
        assert!(build(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "price",
        "fid",
        "phone",
        "card",
        "a b",
        "a&price",
        "a=1",
        "نشانی",
        "a[]",
    ] {
        let error = build(bad).unwrap_err();
        assert!(error.to_string().contains("callback field"), "{error}");
    }
}

#[test]
fn a_token_that_cannot_be_sent_is_refused_and_not_shown() {
    for bad in ["", "with space", "line\nbreak", "توکن"] {
        let error = CardPay::builder("https://shop.example/", bad).build();
        let error = error.unwrap_err().to_string();
        assert!(error.contains("token"), "{error}");
        assert!(bad.is_empty() || !error.contains(bad), "{error}");
    }
}

#[test]
fn cards_are_checked_before_they_are_sent() {
    assert_eq!("6037-7016-8909-5443".parse::<CardNumber>().unwrap(), card());
    assert!("6037-7016-8909-5444".parse::<CardNumber>().is_err());
}
