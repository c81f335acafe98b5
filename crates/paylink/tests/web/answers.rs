//! What a payer and a sender are answered, and at which addresses.

use std::time::{Duration, Instant, SystemTime};

use paylink::desk::{Claimed, OrderStore};
use paylink::web::Routes;

use crate::served::{Hints, ORDER, ORDER_IN_PATH, Served, back, hook};

#[tokio::test]
async fn a_page_is_private_escaped_and_loads_nothing() {
    let served = Served::by(Hints::Read).await;
    let answer = served.get(&back(ORDER_IN_PATH)).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let html = answer.header("content-type");
    assert_eq!(html, Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    answer.says("a/&#60;b&#62;&#38;1 سفارش");
    assert!(answer.body.contains("lang=\"fa\" dir=\"rtl\""));
    answer.says("<a href=\"/\">بازگشت به فروشگاه</a>");
    for forbidden in ["<b>", "http:", "https:", "<script", "example"] {
        let shown = &answer.body;
        assert!(!shown.contains(forbidden), "{forbidden}: {shown}");
    }
}

#[tokio::test]
async fn a_payer_is_told_where_the_order_stands() {
    let served = Served::unopened(Hints::Read).await;
    let path = back(ORDER_IN_PATH);
    let says = async |what: &str| {
        let answer = served.get(&path).await;
        assert_eq!(answer.status, 200, "{what}");
        answer.says(what);
    };
    says("پرداختی برای این سفارش آماده نیست").await;
    let _ = served.desk.open(ORDER).await.unwrap();
    says("هنوز پرداختی نرسیده است").await;
    served.is_paid();
    for _ in 0..3 {
        says("پرداخت شما تأیید شد").await;
    }
    let _ = served.desk.mark_delivered(ORDER).await.unwrap();
    says("پرداخت شما تأیید شد").await;
    assert_eq!((served.delivered(), served.outbox()), (1, 1));
}

/// Nobody learns from a notification whether an order is there.
#[tokio::test]
async fn an_order_that_is_not_there_is_a_page_and_not_a_failure() {
    let served = Served::by(Hints::Read).await;
    let answer = served.get(&back("1001")).await;
    assert_eq!(answer.status, 404);
    answer.says("سفارشی با این شماره نیست");
    let (there, nowhere) = (hook(ORDER_IN_PATH), hook("1001"));
    for body in [&b"id=example-0"[..], b"id=8", b"", b"\xff"] {
        let one = served.post(&there, body).await;
        served.post(&nowhere, body).await.is(one.status, &one.body);
    }
}

#[tokio::test]
async fn a_path_that_names_nothing_is_refused() {
    let served = Served::by(Hints::Read).await;
    let long = "x".repeat(201);
    for order in ["%00", "%ff", "%2e%2e", ".", &long] {
        let answer = served.get(&back(order)).await;
        answer.is(404, "The path names no order.");
        let answer = served.post(&hook(order), b"id=example-0").await;
        assert_eq!(answer.status, 404, "{order}");
    }
}

/// A provider that is not heard is asked again when the request is repeated.
#[tokio::test]
async fn what_cannot_be_told_now_is_to_be_asked_again() {
    let served = Served::by(Hints::Read).await;
    served.is_silent_for(2);
    let page = served.get(&back(ORDER_IN_PATH)).await;
    assert_eq!(page.status, 503);
    assert!(page.header("retry-after").is_some() && page.header("refresh").is_some());
    page.says("لطفاً دوباره پرداخت نکنید");
    let answer = served.post(&hook(ORDER_IN_PATH), b"id=example-0").await;
    answer.is(503, "");
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn an_order_that_somebody_holds_is_to_be_asked_about_again() {
    let served = Served::by(Hints::Read).await;
    let (store, minute) = (served.desk.store(), Duration::from_secs(60));
    let hold = store.claim(ORDER, SystemTime::now(), minute).await;
    assert!(matches!(hold, Ok(Claimed::Granted { .. })));
    let page = served.get(&back(ORDER_IN_PATH)).await;
    assert_eq!(page.status, 200);
    page.says("پرداخت در حال بررسی است");
    assert!(page.header("refresh").is_some());
    // Senders hang up after a few seconds.
    let begun = Instant::now();
    let answer = served.post(&hook(ORDER_IN_PATH), b"id=example-0").await;
    assert_eq!(answer.status, 503);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn an_address_stands_for_one_order_and_no_other() {
    let routes = Routes::new("https://shop.example/pay/").unwrap();
    let of = |order: &str| routes.return_url(order).unwrap();
    let base = "https://shop.example/pay/return/";
    for (order, path) in [
        ("1000", "1000"),
        ("a/b", "a%2Fb"),
        ("a%2Fb", "a%252Fb"),
        ("?x=1#y", "%3Fx%3D1%23y"),
        ("a b+c", "a%20b%2Bc"),
        ("...", "..."),
        (ORDER, ORDER_IN_PATH),
    ] {
        assert_eq!(of(order), format!("{base}{path}"));
    }
}

#[test]
fn a_name_that_a_path_loses_has_no_address() {
    let routes = Routes::new("https://shop.example").unwrap();
    let long = "x".repeat(201);
    for order in ["", ".", "..", "a\nb", "\0", &long] {
        assert!(routes.return_url(order).is_err(), "{order:?}");
        assert!(routes.notify_url(order).is_err(), "{order:?}");
    }
    assert!(routes.return_url(&"x".repeat(200)).is_ok());
    assert_eq!(format!("{routes:?}"), r#"Routes("https://shop.example")"#);
}

#[test]
fn routes_begin_at_a_whole_address() {
    for base in [
        "shop.example",
        "/pay",
        "ftp://shop.example",
        "https://shop.example/?a=1",
        "https://shop.example/#a",
        "https://a:b@shop.example",
    ] {
        assert!(Routes::new(base).is_err(), "{base}");
    }
}

/// What the routes write is what the router answers.
#[tokio::test]
async fn the_router_answers_where_the_routes_lead() {
    let served = Served::by(Hints::Read).await;
    served.is_paid();
    let routes = Routes::new("https://shop.example/any/pay").unwrap();
    let url = routes.return_url(ORDER).unwrap();
    let path = url.strip_prefix("https://shop.example").unwrap();
    assert_eq!(served.get(path).await.status, 200);
    assert_eq!(served.delivered(), 1);
}
