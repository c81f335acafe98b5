//! What the sandbox is, whichever provider it plays: its socket, its list, its faults.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use paylink_sandbox::zipay::Status;
use paylink_sandbox::{Fault, Sandbox, Simulated, StartError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::client::{FORM, Reply, eventually, exchange, get, of, parse};
use crate::zipay::{Shop, http_build_query, open, sign, snapshot};
use crate::{pod, sizpay};

#[tokio::test]
async fn it_listens_on_loopback_only_unless_told_otherwise() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let refused = Sandbox::builder().listen(everywhere).start().await;
    assert!(matches!(refused, Err(StartError::NotLoopback(address)) if address == everywhere));

    let builder = Sandbox::builder().listen(everywhere).allow_non_loopback();
    let allowed = builder.start().await.unwrap();
    let url = allowed.url();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(get(&allowed, "/").await.status, 200);

    let free = Sandbox::start().await.unwrap();
    assert!(free.address().ip().is_loopback());
    let taken = Sandbox::builder().listen(free.address()).start().await;
    assert!(matches!(taken, Err(StartError::Listen { address, .. }) if address == free.address()));
}

#[tokio::test]
async fn it_answers_the_callers_address() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = get(&sandbox, "/zipay/api/").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "127.0.0.1"));
}

/// Sends a request with no other headers than these, and returns the status.
async fn status(sandbox: &Sandbox, request: &str, headers: &[(&str, &str)]) -> u16 {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let mut head = format!("{request} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.unwrap();
    parse(raw).status
}

#[tokio::test]
async fn a_foreign_host_name_is_refused() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let local = Sandbox::start().await.unwrap();
    let builder = Sandbox::builder().listen(everywhere).allow_non_loopback();
    let network = builder.start().await.unwrap();
    for (host, to_local, to_network) in [
        ("evil.example", 421, 421),
        ("127.0.0.1.evil.example:80", 421, 421),
        ("", 421, 421),
        ("localhost", 200, 200),
        ("shop.localhost:8080", 200, 200),
        ("192.0.2.7:8080", 200, 200),
        ("[::1]:8080", 200, 200),
        ("paylink-sandbox:8080", 421, 200),
    ] {
        for path in ["/", "/_sandbox/journal", "/zipay/api/"] {
            let request = format!("GET {path}");
            let headers = [("host", host)];
            assert_eq!(status(&local, &request, &headers).await, to_local, "{host}");
            assert_eq!(
                status(&network, &request, &headers).await,
                to_network,
                "{host}"
            );
        }
    }
    let both = [("host", "localhost"), ("host", "evil.example")];
    assert_eq!(status(&local, "GET /_sandbox/journal", &both).await, 421);
}

/// What a browser says of the page that sends a request.
const PAGES: [(&str, &str, bool); 13] = [
    ("origin", "http://HOST", true),
    ("origin", "https://HOST", true),
    ("sec-fetch-site", "same-origin", true),
    ("sec-fetch-site", "none", true),
    ("origin", "null", false),
    ("origin", "", false),
    ("origin", "http://evil.example", false),
    ("origin", "http://HOST.evil.example", false),
    ("origin", "http://127.0.0.1:1", false),
    ("origin", "http://127.0.0.1", false),
    ("origin", "ftp://HOST", false),
    ("sec-fetch-site", "cross-site", false),
    // Another port of this machine is the same site.
    ("sec-fetch-site", "same-site", false),
];

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let (sandbox, shop) = open().await;
    let host = sandbox.address().to_string();
    for (number, (name, value, is_own)) in PAGES.into_iter().enumerate() {
        let trackid = shop.create(&number.to_string()).await;
        let value = value.replace("HOST", &host);
        let headers = [("host", host.as_str()), (name, &value)];
        for request in [
            &format!("POST /_sandbox/zipay/invoices/{trackid}/decline"),
            &format!("POST /zipay/invoice_v1/{trackid}/decline"),
            "DELETE /_sandbox/journal",
            "POST /zipay/api/invoice-list",
        ] {
            let answered = status(&sandbox, request, &headers).await;
            assert_eq!(
                answered == 403,
                !is_own,
                "{request} {name}: {value}: {answered}"
            );
        }
        let is_declined = snapshot(&sandbox, &trackid).status == Status::Rejected;
        assert_eq!(is_declined, is_own, "{name}: {value}");
    }
}

#[tokio::test]
async fn another_sites_page_reads_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let host = sandbox.address().to_string();
    for (name, value, is_own) in PAGES {
        let value = value.replace("HOST", &host);
        let said = [("host", host.as_str()), (name, &value)];
        for method in ["GET", "HEAD"] {
            let request = format!("{method} /_sandbox/journal");
            let answered = status(&sandbox, &request, &said).await;
            assert_eq!(answered == 403, !is_own, "{name}: {value}: {answered}");
        }
        // A link is followed, wherever it stands; and the shop leads to the pay pages.
        let follows = [said[0], said[1], ("sec-fetch-mode", "navigate")];
        assert_eq!(
            status(&sandbox, "GET /_sandbox/health", &follows).await,
            200
        );
        assert_eq!(status(&sandbox, "GET /", &said).await, 200);
    }
}

#[tokio::test]
async fn a_program_says_nothing_of_a_page() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let host = sandbox.address().to_string();
    let pay = format!("POST /_sandbox/zipay/invoices/{trackid}/pay");
    let headers = [("host", host.as_str())];
    assert_eq!(status(&sandbox, &pay, &headers).await, 200);
    let clear = "DELETE /_sandbox/journal";
    assert_eq!(status(&sandbox, clear, &headers).await, 204);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let (_sandbox, shop) = open().await;
    let fits = format!("invoice_number={}", "x".repeat(64 * 1024 - 15));
    assert_eq!(shop.send_signed("invoice-list", &fits).await.status, 200);
    let too_long = format!("{fits}x");
    assert_eq!(
        shop.send_signed("invoice-list", &too_long).await.status,
        413
    );
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    for _ in 0..3 {
        let request = b"GET /zipay/api/ HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"127.0.0.1") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn shutting_down_frees_the_port_and_ends_what_waits() {
    let sandbox = Sandbox::start().await.unwrap();
    let (address, url) = (sandbox.address(), sandbox.url().to_owned());
    let idle = TcpStream::connect(address).await.unwrap();
    let hour = Fault::Delay(Duration::from_secs(3600));
    sandbox.faults().next("zipay", "list", hour).unwrap();
    let path = "/zipay/api/invoice-list";
    let stuck = tokio::spawn(async move { exchange(&url, "POST", path, &[], b"").await });
    eventually(|| !sandbox.journal().is_empty()).await;

    let begun = Instant::now();
    sandbox.shutdown().await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(stuck.await.unwrap(), b"");
    TcpListener::bind(address).await.unwrap();
    drop(idle);
}

#[tokio::test]
async fn dropping_stops_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    let mut connected = TcpStream::connect(address).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    drop(sandbox);
    let ended = timeout(Duration::from_secs(5), connected.read(&mut [0; 1]))
        .await
        .unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    for _ in 0..100 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the port still answers");
}

#[tokio::test]
async fn it_lists_what_it_plays_with_an_account_of_each() {
    let sandbox = Sandbox::start().await.unwrap();
    let names: Vec<_> = sandbox.providers().iter().map(Simulated::name).collect();
    assert!(!names.is_empty() && names.is_sorted(), "{names:?}");
    for provider in sandbox.providers() {
        let settings = provider.settings();
        let addresses = provider.addresses();
        assert_eq!(addresses[0].0, "base_url");
        for (place, (key, path)) in addresses.iter().enumerate() {
            let whole = (*key, format!("{}{path}", sandbox.url()));
            assert_eq!(settings[place], whole, "{provider:?}");
            assert!(path.starts_with(&format!("/{}/", provider.name())));
        }
        assert!(settings.len() > addresses.len(), "{provider:?}");
        if let Some(other) = provider.other_settings() {
            let keys = |of: &[(&'static str, String)]| of.iter().map(|it| it.0).collect::<Vec<_>>();
            assert_eq!(keys(&other), keys(&settings), "{provider:?}");
            assert_ne!(other, settings, "{provider:?}");
        }
        let shown = format!("{provider:?}");
        for (_, value) in &settings[addresses.len()..] {
            assert!(!shown.contains(value.as_str()), "{shown}");
        }
        assert!(!provider.operations().is_empty(), "{provider:?}");
        let refused = provider.pay("987654321", None).unwrap_err().to_string();
        let cannot = "cannot take a payment for \"987654321\": there is no such ";
        let expected = format!("{} {cannot}", provider.title());
        assert!(refused.starts_with(&expected), "{refused}");
    }
}

#[tokio::test]
async fn a_seed_replays_keys_and_identifiers() {
    let run = async |seed| {
        let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
        assert_eq!(sandbox.seed(), seed);
        let accounts = sandbox.providers().iter().flat_map(Simulated::settings);
        let keys = accounts.filter(|(_, value)| !value.starts_with(sandbox.url()));
        let keys: Vec<_> = keys.collect();
        let trackid = Shop::of(&sandbox).create("1").await;
        let invoice = pod::Shop::of(&sandbox).issue(&[]).await;
        let send_id = sizpay::Shop::of(&sandbox).send("1").await;
        let link = sandbox.sizpay().pay(send_id).unwrap();
        let address = link.url.replace(sandbox.url(), "");
        let issued = of(&invoice, &["id", "uniqueNumber"]);
        (keys, trackid, issued, address, link.reference_number)
    };
    let first = run(7).await;
    assert_eq!(run(7).await, first);
    assert_ne!(run(8).await, first);
}

#[tokio::test]
async fn it_pays_for_the_payer_and_tells_the_way_back() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    let zipay = sandbox.providers().iter().find(|it| it.name() == "zipay");
    let back = zipay.unwrap().pay(&trackid, None).unwrap().unwrap();
    let expected = format!("http://127.0.0.1:9/back?order=7&trackid={trackid}&invoice_number=1");
    assert_eq!(back, expected);
    let refused = zipay.unwrap().pay(&trackid, None).unwrap_err().to_string();
    let reason = "it can be neither paid nor declined";
    assert!(refused.ends_with(reason), "{refused}");
}

const MOMENT: Duration = Duration::from_millis(500);

/// A sandbox with one paid invoice, whose verify is about to meet a fault.
struct Scene {
    sandbox: Sandbox,
    trackid: String,
}

impl Scene {
    async fn with(fault: Fault) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let trackid = Shop::of(&sandbox).create("1").await;
        sandbox.zipay().pay(&trackid).unwrap();
        sandbox.faults().next("zipay", "verify", fault).unwrap();
        Self { sandbox, trackid }
    }

    /// Verifies and returns every byte that came back.
    async fn verify(&self) -> Vec<u8> {
        let zipay = self.sandbox.zipay();
        let body = http_build_query(&[("trackid", &self.trackid)]);
        let api_sign = sign(zipay.secret_key(), body.as_bytes());
        let headers = [("api_key", zipay.api_key()), ("api_sign", &api_sign), FORM];
        let path = "/zipay/api/invoice-verify";
        exchange(self.sandbox.url(), "POST", path, &headers, body.as_bytes()).await
    }

    fn is_verified(&self) -> bool {
        snapshot(&self.sandbox, &self.trackid).status == Status::Completed
    }

    /// The status and the fault that the journal has for the verify.
    fn noted(&self) -> (Option<u16>, Option<Fault>) {
        let entry = self.sandbox.journal().pop().unwrap();
        assert_eq!(entry.operation, "verify");
        (entry.answered, entry.fault)
    }
}

#[tokio::test]
async fn a_drop_closes_without_a_byte_before_executing_or_after() {
    for (fault, executes) in [(Fault::DropBefore, false), (Fault::DropAfter, true)] {
        let scene = Scene::with(fault).await;
        assert_eq!(scene.verify().await, b"", "{fault}");
        assert_eq!(scene.is_verified(), executes, "{fault}");
        assert_eq!(scene.noted(), (None, Some(fault)));
        assert_eq!(parse(scene.verify().await).status, 200, "{fault}");
        assert_eq!(scene.noted(), (Some(200), None));
    }
}

#[tokio::test]
async fn truncated_sends_the_head_and_half_the_body() {
    let scene = Scene::with(Fault::Truncated).await;
    let reply: Reply = parse(scene.verify().await);
    assert!(scene.is_verified());
    assert_eq!(reply.status, 200);
    let promised: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(reply.body.len(), promised / 2);
    assert!(reply.body.starts_with(r#"{"result":{"trackid":"#));
}

#[tokio::test]
async fn delay_waits_before_executing() {
    let scene = Scene::with(Fault::Delay(MOMENT)).await;
    let begun = Instant::now();
    assert_eq!(parse(scene.verify().await).status, 200);
    assert!(begun.elapsed() >= MOMENT);
}

#[tokio::test]
async fn a_delayed_request_is_executed_though_the_client_gave_up() {
    let scene = Scene::with(Fault::Delay(2 * MOMENT)).await;
    assert!(timeout(MOMENT, scene.verify()).await.is_err());
    assert!(!scene.is_verified());
    eventually(|| scene.is_verified()).await;
}

#[tokio::test]
async fn delay_after_executes_at_once() {
    let scene = Scene::with(Fault::DelayAfter(Duration::from_secs(3600))).await;
    let waiting = scene.verify();
    let executed = eventually(|| scene.is_verified());
    tokio::select! {
        answer = waiting => panic!("an answer came: {answer:?}"),
        () = executed => {}
    }
    assert_eq!(scene.noted().0, None);
}

#[tokio::test]
async fn a_gateway_answers_instead() {
    for (fault, status, executes) in [
        (Fault::Status(503), 503, false),
        (Fault::StatusAfter(502), 502, true),
        (Fault::Html, 200, false),
        (Fault::HtmlAfter, 200, true),
        (Fault::Status(7), 500, false),
    ] {
        let scene = Scene::with(fault).await;
        let reply = parse(scene.verify().await);
        assert_eq!(reply.status, status, "{fault}");
        assert_eq!(scene.is_verified(), executes, "{fault}");
        assert_eq!(reply.header("content-type"), Some("text/html"), "{fault}");
        reply.shows("<html>");
        assert_eq!(scene.noted(), (Some(status), Some(fault)));
    }
}

#[tokio::test]
async fn a_fault_befalls_its_own_operation_as_often_as_set() {
    let (sandbox, shop) = open().await;
    let faults = sandbox.faults();
    faults
        .times("zipay", "list", 2, Fault::Status(503))
        .unwrap();
    let trackid = shop.create("1").await;
    shop.invoice(&trackid).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(shop.call("invoice-list", &[]).await.status);
    }
    assert_eq!(statuses, [503, 503, 200]);
    assert!(faults.pending().is_empty());
}

#[tokio::test]
async fn credentials_can_be_chosen() {
    let accounts = Sandbox::builder()
        .account("zipay", &[("api_key", "key"), ("secret_key", "secret")])
        .other_account("zipay", &[("api_key", "other-key")])
        .account("sizpay", &[("password", "pass")])
        .account("cardpay", &[("token", "token")]);
    let businesses = [("token", "business"), ("api_key", "every-service")];
    let accounts = accounts.account("pod", &businesses);
    let accounts = accounts.other_account("pod", &[("token", "other-business")]);
    let sandbox = accounts.start().await.unwrap();
    Shop::of(&sandbox).create("1").await;
    let other = Shop::other_of(&sandbox);
    assert_eq!(other.call("invoice-list", &[]).await.status, 200);
    sizpay::Shop::of(&sandbox).send("1").await;
    pod::Shop::of(&sandbox).issue(&[]).await;
    let (zipay, pod) = (sandbox.zipay(), sandbox.pod());
    assert_eq!(zipay.other_merchant().api_key(), "other-key");
    assert_eq!(
        [pod.token(), pod.other_business().token()],
        ["business", "other-business"]
    );
    let journal = serde_json::to_string(&sandbox.journal()).unwrap();
    for secret in ["other-key", "every-service", "other-business"] {
        assert!(!journal.contains(secret), "{journal}");
    }

    for (provider, key, value, about) in [
        (
            "zipay",
            "apikey",
            "x",
            "choose one of cardpay token, pod token",
        ),
        ("paypal", "token", "x", "zipay secret_key"),
        ("cardpay", "token", "", "1 to 200"),
        ("cardpay", "token", "a b", "1 to 200"),
    ] {
        let refused = Sandbox::builder()
            .account(provider, &[(key, value)])
            .start()
            .await;
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(about), "{message}");
    }
}

#[tokio::test]
async fn it_calls_itself_by_its_public_address() {
    let sandbox = Sandbox::builder().public_url("http://sandbox:8080/");
    let sandbox = sandbox.start().await.unwrap();
    let base_url = sandbox.cardpay().base_url();
    assert_eq!(base_url, "http://sandbox:8080/cardpay/api/");
    for bad in [
        "sandbox:8080",
        "http://sandbox/api",
        "ftp://sandbox/",
        "http://a:b@c/",
    ] {
        let refused = Sandbox::builder()
            .public_url(bad)
            .start()
            .await
            .unwrap_err();
        assert!(
            refused.to_string().contains("no public address"),
            "{refused}"
        );
    }
}
