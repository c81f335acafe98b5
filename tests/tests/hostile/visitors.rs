//! Visitors who send slowly, much, or nothing: the example shop, served as the docs say, refuses or leaves them and serves the
//! others.

use std::sync::Arc;
use std::time::Duration;

use paylink_example_shop::{Books, Setup, Shop, premises};
use paylink_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many send slowly at once, of each kind.
const SLOW: usize = 100;

struct Visited {
    shop: Shop,
    sandbox: Arc<Sandbox>,
}

impl Visited {
    async fn open() -> Visited {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let setup = Setup {
            accounts: premises::of_sandbox(&sandbox).unwrap(),
            books: Books::forgotten().await.unwrap(),
            url: None,
            sandbox: Some(Arc::clone(&sandbox)),
            sweep_every: Duration::from_secs(24 * 60 * 60),
        };
        let shop = Shop::open("127.0.0.1:0".parse().unwrap(), setup)
            .await
            .unwrap();
        Visited { shop, sandbox }
    }

    async fn connect(&self, sent: &str) -> TcpStream {
        let address = self.shop.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The shop may hang up before all is sent.
        let _ = stream.write_all(sent.as_bytes()).await;
        stream
    }

    /// Sends one request whole, and reads what comes until the shop hangs up.
    async fn ask(&self, method: &str, path: &str, more: &str) -> String {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n{more}");
        read(self.connect(&head).await).await
    }
}

async fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // Far longer than the shop waits for anybody.
    let reading = tokio::time::timeout(Duration::from_secs(120), stream.read_to_end(&mut answer));
    let _ = reading.await.expect("the shop hangs up");
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_visitors_hold_nobody_up_and_are_left() {
    let visited = Visited::open().await;
    let (mut silent, mut slow) = (JoinSet::new(), JoinSet::new());
    for _ in 0..SLOW {
        silent.spawn(read(visited.connect("").await));
        silent.spawn(read(
            visited.connect("GET /pay/return/1000 HTTP/1.1\r\nho").await,
        ));
        let body = "POST /pay/notify/1000 HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: 9\r\n\r\ntra";
        slow.spawn(read(visited.connect(body).await));
    }
    // A buyer among them.
    let form = "account=zipay&mobile=";
    let form = format!(
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let placed = visited.ask("POST", "/orders", &form).await;
    assert_eq!(status(&placed), "303", "{placed}");
    let location = placed
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap();
    let page = visited.ask("GET", location, "\r\n").await;
    assert_eq!(status(&page), "200", "{page}");
    let invoice = visited.sandbox.zipay().invoices().pop().unwrap();
    visited.sandbox.zipay().pay(&invoice.trackid).unwrap();
    let back = visited
        .sandbox
        .zipay()
        .invoice(&invoice.trackid)
        .unwrap()
        .return_url();
    let back = visited
        .ask(
            "GET",
            back.strip_prefix(visited.shop.url()).unwrap(),
            "\r\n",
        )
        .await;
    assert!(
        back.contains("303 See Other") || back.contains("200 OK"),
        "{back}"
    );
    let verified = visited.sandbox.zipay().invoice(&invoice.trackid).unwrap();
    assert_eq!(verified.times_verified(), 1);
    assert_eq!(silent.len() + slow.len(), 3 * SLOW, "they all wait still");

    for answer in silent.join_all().await {
        assert!(answer.is_empty() || status(&answer) == "408", "{answer}");
    }
    for answer in slow.join_all().await {
        assert_eq!(status(&answer), "408", "{answer}");
    }
    visited.shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_requests_are_refused() {
    let visited = Visited::open().await;
    let length = |bytes: usize| format!("content-length: {bytes}\r\n\r\n");
    let chunks = |number| {
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        format!("transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(number))
    };
    let long_query = format!("/pay/return/1000?{}", "x".repeat(17_000));
    let long_head = format!("/pay/return/1000?{}", "x".repeat(200_000));
    let odd_name = format!("/pay/return/{}", "x".repeat(1_000));
    for (method, path, more, refused) in [
        ("POST", "/pay/notify/1000", &length(70_000), "413"),
        ("POST", "/pay/return/1000", &length(17_000), "413"),
        ("POST", "/pay/notify/1000", &chunks(20), "413"),
        ("POST", "/orders", &chunks(600), "413"),
        ("GET", &long_query, &length(0), "414"),
        ("GET", &long_head, &length(0), "431"),
        ("GET", &odd_name, &length(0), "404"),
    ] {
        let answer = visited.ask(method, path, more).await;
        let path = path.get(..20).unwrap_or(path);
        assert_eq!(
            status(&answer),
            refused,
            "{method} {path}: {}",
            answer.lines().next().unwrap_or_default()
        );
    }
    visited.shop.close().await;
}

/// What a visitor brings leads nobody anywhere: a return is answered with a page of the shop's, whatever stands in its query.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_a_visitor_brings_leads_nowhere() {
    let visited = Visited::open().await;
    for address in [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "%0d%0aLocation:%20https://evil.example",
        "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        for name in ["redirect", "next", "url", "trackid"] {
            for path in [
                "return/1000",
                "notify/1000",
                "return/https:%2F%2Fevil.example",
            ] {
                let answer = visited
                    .ask("GET", &format!("/pay/{path}?{name}={address}"), "\r\n")
                    .await;
                let (head, body) = answer.split_once("\r\n\r\n").unwrap();
                let leads = head
                    .to_lowercase()
                    .lines()
                    .any(|line| line.starts_with("location:") && line.contains("evil"));
                assert!(!leads, "{name}={address}: {head}");
                assert!(
                    !body.contains("evil.example/") && !body.contains("alert(1)"),
                    "{name}={address}: {body}"
                );
            }
        }
    }
    visited.shop.close().await;
}
