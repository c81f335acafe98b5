//! What an attacker tries: each is refused, or harmless.

use std::time::Duration;

use http::Request;
use paylink_server::Right;
use paylink_tests::service::Running;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::events::{pay, wish};

/// Writes bytes over a connection of its own, and reads until the service closes it.
async fn raw(service: &Running, sent: &str) -> String {
    let address = service.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The service may close it before all is sent.
    let _ = stream.write_all(sent.as_bytes()).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut answer));
    let _ = read.await.expect("the service closes it");
    String::from_utf8_lossy(&answer).into_owned()
}

/// After a few tries, an address gets no more answers to its guesses. A key that counts is heard, from there as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_cannot_be_guessed() {
    let settings = [
        ("trusted_proxies", "127.0.0.1"),
        ("requests_per_address", "1"),
    ];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let (id, secret) = service.key.rsplit_once('_').unwrap();
    let guess = |key: String, from: &str| {
        let request = Request::get(format!("{}/v1/orders", service.url));
        let request = request.header("authorization", format!("Bearer {key}"));
        let request = request.header("x-forwarded-for", from.to_owned());
        service.send(request.body(String::new()).unwrap())
    };
    let mut statuses = Vec::new();
    for number in 0..40 {
        // Near misses: one letter more, less or other, and no secret at all.
        let key = match number % 4 {
            0 => format!("{id}_{secret}x"),
            1 => format!("{id}_{}", secret.chars().skip(1).collect::<String>()),
            2 => format!("{id}_"),
            _ => format!("paylink_000000000000_{secret}"),
        };
        statuses.push(guess(key, "192.0.2.7").await.unwrap().status);
    }
    let refused = statuses.iter().filter(|it| **it == 401).count();
    assert!((5..10).contains(&refused), "{statuses:?}");
    assert!(
        statuses.iter().all(|it| [401, 429].contains(it)),
        "{statuses:?}"
    );
    for from in ["192.0.2.7", "198.51.100.1"] {
        let known = guess(service.key.clone(), from).await.unwrap();
        assert_eq!(known.status, 200);
    }
    for odd in ["", "Bearer", "paylink_", "paylink__", "paylink_%00_x"] {
        assert_eq!(
            guess(odd.to_owned(), "203.0.113.1").await.unwrap().status,
            401,
            "{odd}"
        );
    }
    service.stop().await.unwrap();
}

/// A key that asks for too much waits; another one does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_key_has_an_allowance() {
    let settings = [("requests_per_key", "1")];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let mut statuses = Vec::new();
    for _ in 0..12 {
        let answer = service.call("GET", "/v1/orders", None).await.unwrap();
        if answer.status == 429 {
            assert_eq!(answer.header("retry-after"), "1");
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429), "{statuses:?}");
    let other = service
        .premises
        .make_key("other", &[Right::Read])
        .await
        .unwrap();
    let other = service.call_as(other.expose(), "GET", "/v1/orders", None);
    assert_eq!(other.await.unwrap().status, 200);
    service.stop().await.unwrap();
}

/// Names that could lead out of a path lead to their own order, or nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_orders_are_names_and_no_paths() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let names = [
        ("a/b", "a%2Fb"),
        ("a%2Fb", "a%252Fb"),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd"),
        ("...", "..."),
        ("سفارش ۱۲", "%D8%B3%D9%81%D8%A7%D8%B1%D8%B4%20%DB%B1%DB%B2"),
        ("a?b#c&d", "a%3Fb%23c%26d"),
        (
            "';DROP TABLE paylink_orders;--",
            "%27%3BDROP%20TABLE%20paylink_orders%3B--",
        ),
        ("check", "check"),
    ];
    for (number, (name, path)) in names.iter().enumerate() {
        let mut order = wish(name);
        order["reference"] = format!("r-{number}").into();
        let created = service
            .call("POST", "/v1/orders", Some(&order))
            .await
            .unwrap();
        assert_eq!(created.status, 201, "{name}: {created:?}");
        let read = service
            .call("GET", &format!("/v1/orders/{path}"), None)
            .await
            .unwrap();
        assert_eq!(
            (read.status, &read.json()["order"]),
            (200, &json!(name)),
            "{read:?}"
        );
        let back = service
            .call("GET", &format!("/pay/return/{path}"), None)
            .await
            .unwrap();
        assert_eq!(back.status, 200, "{name}: {back:?}");
    }
    for path in ["a/b", "..%2f..", "%2e%2e", "a%00", "%ff", "nobody", ".."] {
        let read = service
            .call("GET", &format!("/v1/orders/{path}"), None)
            .await
            .unwrap();
        assert!([400, 404].contains(&read.status), "{path}: {read:?}");
        assert_eq!(
            read.header("content-type"),
            "application/problem+json",
            "{path}"
        );
    }
    let all = service
        .call("GET", "/v1/orders", None)
        .await
        .unwrap()
        .json();
    assert_eq!(all["orders"].as_array().unwrap().len(), names.len());
    service.stop().await.unwrap();
}

/// A body that is too large or too slow is refused, and so is a head; the next request is answered meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_and_slow_requests_end_and_hold_nobody_up() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let large = json!({"order": "1000", "description": "x".repeat(70_000)});
    let refused = service
        .call("POST", "/v1/orders", Some(&large))
        .await
        .unwrap();
    assert_eq!(
        (refused.status, &refused.json()["kind"]),
        (413, &json!("too_large"))
    );

    let key = &service.key;
    let head = format!(
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    );
    let slow_body = format!("{head}Content-Length: 100\r\nConnection: close\r\n\r\n{{\"order\"");
    let chunked =
        format!("{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n{{\"ord\r\n");
    let large_head = format!(
        "GET /v1/orders HTTP/1.1\r\nHost: x\r\nX-Pad: {}\r\n\r\n",
        "x".repeat(40_000)
    );
    let many_headers = format!(
        "GET /v1/orders HTTP/1.1\r\nHost: x\r\n{}\r\n",
        "X-A: 1\r\n".repeat(200)
    );
    let both = format!(
        "{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"
    );
    let slow_head = "GET /v1/orders HT";
    let (nothing, slow_body, chunked, slow_head, large_head, many_headers, both) = tokio::join!(
        raw(&service, ""),
        raw(&service, &slow_body),
        raw(&service, &chunked),
        raw(&service, slow_head),
        raw(&service, &large_head),
        raw(&service, &many_headers),
        raw(&service, &both),
    );
    assert_eq!(nothing, "");
    assert!(slow_body.starts_with("HTTP/1.1 408"), "{slow_body}");
    assert!(chunked.starts_with("HTTP/1.1 408"), "{chunked}");
    assert!(
        slow_head.is_empty() || slow_head.starts_with("HTTP/1.1 408"),
        "{slow_head}"
    );
    assert!(large_head.starts_with("HTTP/1.1 431"), "{large_head}");
    assert!(many_headers.starts_with("HTTP/1.1 431"), "{many_headers}");
    // One request, one answer: nothing is smuggled behind it.
    assert_eq!(both.matches("HTTP/1.1").count(), 1, "{both}");
    service.stop().await.unwrap();
}

/// Idle and slow connections, and a flood of forged returns, keep no paid order from being settled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_does_not_keep_a_paid_order_from_being_settled() {
    let settings = [("max_connections", "600"), ("requests_per_address", "10")];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap()
        .json();
    let address = service.url.strip_prefix("http://").unwrap().to_owned();
    let mut idle = Vec::new();
    for number in 0..300 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        if number % 3 == 0 {
            stream.write_all(b"GET /pay/return/1000 HT").await.unwrap();
        }
        idle.push(stream);
    }
    let mut limited = 0;
    for number in 0..200 {
        let forged = format!("/pay/return/1000?trackid=forged{number}&status=1");
        let answer = service.call("GET", &forged, None).await.unwrap();
        if answer.status == 429 {
            // A payer among them reads what to do.
            assert!(
                answer.body.contains("لطفاً دوباره پرداخت نکنید"),
                "{answer:?}"
            );
            limited += 1;
        }
    }
    assert!(limited > 100, "{limited}");
    pay(&service, &order).await;
    let paid = service.until("/v1/orders/1000", |order| {
        order["stage"] == "awaiting_delivery"
    });
    assert_eq!(paid.await.unwrap()["paid"]["reference"], "1000");
    drop(idle);
    service.stop().await.unwrap();
}

/// No page of another origin may read an answer, unless it is configured; then it alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_origin_reads_nothing_unless_it_is_configured() {
    let ask = async |service: &Running, origin: &str| {
        let request = Request::options(format!("{}/v1/orders", service.url))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        let answer = service
            .send(request.body(String::new()).unwrap())
            .await
            .unwrap();
        answer.header("access-control-allow-origin").to_owned()
    };
    let closed = Running::open(&[], &["zipay"]).await.unwrap();
    assert_eq!(ask(&closed, "https://shop.example").await, "");
    closed.stop().await.unwrap();
    let settings = [("cors_origins", "https://shop.example")];
    let open = Running::open(&settings, &["zipay"]).await.unwrap();
    assert_eq!(
        ask(&open, "https://shop.example").await,
        "https://shop.example"
    );
    assert_eq!(ask(&open, "https://evil.example").await, "");
    assert_eq!(ask(&open, "null").await, "");
    open.stop().await.unwrap();
}

/// A name that leads to this machine is not called, whatever it is called and whenever it is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_go_to_no_private_address() {
    let mut shop = super::events::Shop::open().await;
    let port = shop.url.rsplit(':').next().unwrap().to_owned();
    // A name passes the settings; where it leads is looked at when it is called.
    let url = format!("https://localhost:{port}");
    let settings = [
        ("events_url", url.as_str()),
        ("allow_private_events", "false"),
    ];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap()
        .json();
    pay(&service, &order).await;
    let refused = |all: &Value| all["events"][0]["problem"].is_string();
    let events = service.until("/v1/events", refused).await.unwrap();
    let problem = events["events"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("which is not a public one"), "{problem}");
    assert!(shop.has_heard_nothing());
    service.stop().await.unwrap();
    let literal = [
        ("events_url", "https://127.0.0.1/events"),
        ("allow_private_events", "false"),
    ];
    let refused = Running::open(&literal, &["zipay"])
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("127.0.0.1, which is not a public one"),
        "{refused}"
    );
}
