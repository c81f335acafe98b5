//! What is refused before a byte is sent: the field is named, the value shown, the remedy told.

use zipay_client::{
    Currency, Effect, ErrorKind, Expected, Invalid, InvoiceNumber, ListInvoices, Money, NewInvoice,
    ReturnUrl, ZiPay,
};

use crate::provider::{API_KEY, Provider, SECRET_KEY};
use crate::samples::{expected, track_id};

const BACK: &str = "https://shop.example/back";

fn price() -> Money {
    Money::new("100.99", Currency::Usd).unwrap()
}

fn refused_with_remedy(error: &Invalid, key: &str) {
    assert_eq!(error.key(), key, "{error}");
    assert!(error.to_string().starts_with(error.label()), "{error}");
    assert!(error.remedy().is_some(), "{error}");
}

#[test]
fn an_invoice_number_has_1_to_200_characters_of_any_script() {
    for unit in ["x", "ش", "۷", "\u{1f4b3}"] {
        for length in [1, 2, 199, 200] {
            let number = unit.repeat(length);
            assert!(NewInvoice::new(&number, price(), BACK).is_ok(), "{number}");
            assert_eq!(number.parse::<InvoiceNumber>().unwrap().as_str(), number);
        }
        for length in [0, 201, 1_000] {
            let number = unit.repeat(length);
            let error = NewInvoice::new(&number, price(), BACK).unwrap_err();
            refused_with_remedy(&error, "invoice_number");
            assert!(error.to_string().chars().count() < 200, "{error}");
        }
    }
}

#[test]
fn an_invoice_number_must_survive_the_way_there_and_back() {
    for number in [
        " ",
        "\u{a0}",
        " 1",
        "1 ",
        "1\n",
        "1\t2",
        "1\0",
        "\u{7f}",
        "1\u{200f}",
        "1\u{200c}2",
    ] {
        let error = NewInvoice::new(number, price(), BACK).unwrap_err();
        refused_with_remedy(&error, "invoice_number");
        assert!(!error.to_string().chars().any(char::is_control), "{error}");
        assert!(Expected::new(track_id(), number, price()).is_err());
        assert!(ListInvoices::new().with_invoice_number(number).is_err());
    }
}

#[test]
fn an_amount_is_above_zero() {
    for amount in ["0", "0.00", "۰"] {
        let zero = Money::new(amount, Currency::Usdt).unwrap();
        let error = NewInvoice::new("1000", zero, BACK).unwrap_err();
        refused_with_remedy(&error, "amount");
    }
    let least = Money::new("0.0000000000000000000000000001", Currency::Usdt).unwrap();
    assert!(NewInvoice::new("1000", least, BACK).is_ok());
}

#[test]
fn a_currency_is_one_that_zipay_takes() {
    let in_currency = |it| NewInvoice::new("1000", Money::new("1", it).unwrap(), BACK);
    for currency in [Currency::Usd, Currency::Usdt, Currency::Irt] {
        assert!(in_currency(currency).is_ok(), "{currency}");
    }
    let error = in_currency(Currency::Irr).unwrap_err();
    refused_with_remedy(&error, "currency");
    let remedy = error.remedy().unwrap();
    assert!(remedy.contains("toman"), "not told apart: {remedy}");
}

#[test]
fn callback_and_webhook_are_whole_web_addresses() {
    let long = format!("https://shop.example/{}", "x".repeat(2_000));
    for url in [
        "",
        "shop.example",
        "shop.example/back",
        "//shop.example/back",
        "/back",
        "http:shop.example",
        "https://",
        "https:///back",
        "https://\\\\shop.example",
        "ftp://shop.example/back",
        "javascript:alert(1)",
        "javascript://shop.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        " https://shop.example/back",
        "https://shop.example/a b",
        "https://shop.example/\nback",
        "https://shop.example:port/",
        &long,
    ] {
        let error = NewInvoice::new("1000", price(), url).unwrap_err();
        assert_eq!(error.key(), "callback", "{url:?}");
        let invoice = NewInvoice::new("1000", price(), BACK).unwrap();
        let error = invoice.with_webhook(url).unwrap_err();
        assert_eq!(error.key(), "webhook", "{url:?}");
    }
    for url in [
        "http://shop.example",
        "HTTPS://shop.example/back?x=1",
        "https://xn--mgba9esc3j.example/%D8%A8%D8%A7%D8%B2",
        "http://127.0.0.1:8080/hook",
        "https://[::1]/",
    ] {
        let invoice = NewInvoice::new("1000", price(), url).unwrap();
        assert!(invoice.with_webhook(url).is_ok(), "{url}");
    }
}

/// ZiPay writes its parameters behind the query: a fragment would swallow them, and a name that is there twice is anybody's.
#[test]
fn callback_and_webhook_leave_room_for_what_zipay_adds() {
    let own = "which the provider adds itself";
    for (tail, problem) in [
        ("#/back", "holds a fragment"),
        ("back#", "holds a fragment"),
        ("\\back", "holds a backslash"),
        ("?trackid=7", own),
        ("?order=7&invoice_number=1000", own),
        ("?TrackId=7", own),
        ("?trackid[]=7", own),
        ("?invoice.number=7", own),
        ("بازگشت", "holds a character outside ASCII"),
        ("\"><script>", "holds a character that no URL has"),
    ] {
        let url = format!("https://shop.example/{tail}");
        let error = NewInvoice::new("1000", price(), &url).unwrap_err();
        refused_with_remedy(&error, "callback");
        assert!(error.problem().ends_with(problem), "{error}");
        let invoice = NewInvoice::new("1000", price(), BACK).unwrap();
        let error = invoice.with_webhook(&url).unwrap_err();
        refused_with_remedy(&error, "webhook");
        assert!(error.problem().ends_with(problem), "{error}");
    }
    // A webhook tells a status as well, a return does not.
    let url = "https://shop.example/?status=7";
    let invoice = NewInvoice::new("1000", price(), url).unwrap();
    refused_with_remedy(&invoice.with_webhook(url).unwrap_err(), "webhook");
}

#[test]
fn an_app_is_returned_to_where_that_is_said() {
    let app = |text| ReturnUrl::parse_app(ReturnUrl::KEY, text).unwrap();
    assert!(NewInvoice::new("1000", price(), "myapp://back").is_err());
    let invoice = NewInvoice::new("1000", price(), app("myapp://back?order=1000")).unwrap();
    let taken = app("myapp://back?trackid=1");
    let error = NewInvoice::new("1000", price(), taken).unwrap_err();
    refused_with_remedy(&error, "callback");
    // ZiPay itself cannot call an app.
    let error = invoice.with_webhook(app("myapp://hook")).unwrap_err();
    refused_with_remedy(&error, "webhook");
}

#[test]
fn text_and_parsed_values_are_taken_alike() {
    let (number, back) = (String::from("1000"), String::from(BACK));
    let parsed: (InvoiceNumber, ReturnUrl) = (number.parse().unwrap(), back.parse().unwrap());
    let from_text = NewInvoice::new(&number, price(), &back).unwrap();
    let from_parsed = NewInvoice::new(parsed.0.clone(), price(), parsed.1.clone()).unwrap();
    let hooked = |invoice: NewInvoice| invoice.with_webhook(parsed.1.clone()).unwrap();
    let shown = [hooked(from_text), hooked(from_parsed)].map(|it| format!("{it:?}"));
    assert_eq!(shown[0], shown[1]);
    assert!(Expected::new(track_id(), parsed.0.clone(), price()).is_ok());
    assert!(Expected::new(track_id().as_str(), &number, price()).is_ok());
    assert!(ListInvoices::new().with_invoice_number(parsed.0).is_ok());
    let error = Expected::new("../7", "1000", price()).unwrap_err();
    refused_with_remedy(&error, "trackid");
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    for url in [
        "https://user:canary-5022291035@shop.example/back",
        "https://canary-5022291035@shop.example/back",
        "https://:canary-5022291035@shop.example/",
    ] {
        let error = NewInvoice::new("1000", price(), url).unwrap_err();
        refused_with_remedy(&error, "callback");
        assert!(!error.to_string().contains("5022291035"), "{error}");
    }
}

#[test]
fn a_terminal_is_not_zero() {
    let invoice = NewInvoice::new("1000", price(), BACK).unwrap();
    refused_with_remedy(&invoice.with_terminal(0).unwrap_err(), "terminal");
    refused_with_remedy(&expected().with_terminal(0).unwrap_err(), "terminal");
    let list = ListInvoices::new().with_terminal(0);
    refused_with_remedy(&list.unwrap_err(), "terminal");
    let builder = ZiPay::builder(API_KEY, SECRET_KEY).terminal(0);
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("terminal number"), "{error}");
}

#[test]
fn pages_are_counted_from_1_and_hold_up_to_500() {
    for limit in [0, 501, u32::MAX] {
        let error = ListInvoices::new().with_limit(limit).unwrap_err();
        refused_with_remedy(&error, "limit");
    }
    for limit in [1, 500] {
        assert!(ListInvoices::new().with_limit(limit).is_ok());
    }
    refused_with_remedy(&ListInvoices::new().with_page(0).unwrap_err(), "page");
}

#[tokio::test]
async fn without_a_terminal_nothing_is_sent() {
    let account = Provider::start().await;
    let zipay = account.client_builder().build().unwrap();
    let invoice = NewInvoice::new("1000", price(), BACK).unwrap();

    let created = zipay.create_invoice(invoice.clone()).await.unwrap_err();
    let prepared = zipay.create_invoice(invoice).prepare().unwrap_err();
    let settled = zipay.settle(&expected()).await.unwrap_err();
    for error in [created, prepared, settled] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.attempts(), 0);
        let shown = error.to_string();
        assert!(shown.contains("terminal number is missing"), "{shown}");
        assert!(shown.contains(".terminal("), "the remedy: {shown}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

#[test]
fn keys_are_visible_ascii_and_never_shown() {
    for key in [
        "",
        " ",
        "canary key",
        "canary\n",
        "canary\r\nx-injected: 1",
        "canary\0",
        "\u{feff}canary",
        "کلید-canary",
        "canary\u{e9}",
    ] {
        for (built, field) in [
            (ZiPay::builder(key, SECRET_KEY).build(), "API key"),
            (ZiPay::builder(API_KEY, key).build(), "secret key"),
        ] {
            let error = built.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{key:?}");
            assert_eq!(error.effect(), Effect::NotExecuted);
            let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
            assert!(shown.starts_with(field), "{shown}");
            let tells = shown.contains("canary") || shown.contains("کلید");
            assert!(!tells, "{shown}");
        }
    }
}

#[test]
fn everything_that_is_wrong_with_a_client_is_told_at_once() {
    let builder = ZiPay::builder("", "canary\n").terminal(0);
    let error = builder.base_url("http://api.zipay.example/").build();
    let error = error.unwrap_err();
    let keys: Vec<&str> = error.invalids().iter().map(Invalid::key).collect();
    assert_eq!(keys, ["api_key", "secret_key", "terminal", "base_url"]);
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    let shown = format!("{error} {error:?}");
    assert!(shown.starts_with("API key is empty"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_base_url_is_https_or_on_loopback() {
    for base_url in [
        "",
        "api.zipay.io",
        "http://api.zipay.io/api/",
        "ftp://127.0.0.1/",
        "https://api.zipay.io/api/?key=1",
        "https://user:word@api.zipay.io/api/",
    ] {
        let builder = ZiPay::builder(API_KEY, SECRET_KEY).base_url(base_url);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{base_url}");
        assert!(error.to_string().starts_with("base URL"), "{error}");
        assert!(!error.to_string().contains("word@"), "{error}");
    }
    for base_url in ["https://api.zipay.io/api", "http://127.0.0.1:9/api/"] {
        let builder = ZiPay::builder(API_KEY, SECRET_KEY).base_url(base_url);
        assert!(builder.build().is_ok(), "{base_url}");
    }
}
