use std::net::SocketAddr;
use std::time::{Duration, Instant};

use paylink_sandbox::{Fault, Sandbox, Simulated, StartError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::client::{exchange, parse, send};
use crate::eventually::eventually;
use crate::shop::Shop;

#[tokio::test]
async fn it_listens_on_loopback_only_unless_told_otherwise() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let refused = Sandbox::builder().listen(everywhere).start().await;
    assert!(matches!(refused, Err(StartError::NotLoopback(address)) if address == everywhere));

    let allowed = Sandbox::builder()
        .listen(everywhere)
        .allow_non_loopback()
        .start()
        .await
        .unwrap();
    assert!(
        allowed.url().starts_with("http://127.0.0.1:"),
        "{}",
        allowed.url()
    );
    assert_eq!(send(allowed.url(), "GET", "/", &[], b"").await.status, 200);

    let free = Sandbox::start().await.unwrap();
    assert!(free.address().ip().is_loopback());
    let taken = Sandbox::builder().listen(free.address()).start().await;
    assert!(matches!(taken, Err(StartError::Listen { address, .. }) if address == free.address()));
}

#[tokio::test]
async fn it_answers_the_callers_address() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = send(sandbox.url(), "GET", "/zipay/api/", &[], b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "127.0.0.1"));
}

#[tokio::test]
async fn a_foreign_host_name_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (host, status) in [("evil.example", 421), ("localhost", 200)] {
        let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
        let request =
            format!("GET /_sandbox/journal HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw).await.unwrap();
        assert_eq!(parse(raw).status, status, "{host}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let fits = format!("invoice_number={}", "x".repeat(64 * 1024 - 15));
    assert_eq!(shop.send_signed("invoice-list", &fits).await.status, 200);
    assert_eq!(
        shop.send_signed("invoice-list", &format!("{fits}x"))
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    for _ in 0..3 {
        stream
            .write_all(b"GET /zipay/api/ HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .unwrap();
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
    let hour = Duration::from_secs(3600);
    sandbox
        .faults()
        .next("zipay", "invoice-list", Fault::Delay(hour));
    let stuck =
        tokio::spawn(
            async move { exchange(&url, "POST", "/zipay/api/invoice-list", &[], b"").await },
        );
    eventually(|| !sandbox.journal().is_empty()).await;

    let begun = Instant::now();
    sandbox.shutdown().await;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
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
            assert_eq!(
                settings[place],
                (*key, format!("{}{path}", sandbox.url())),
                "{provider:?}"
            );
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
        let title = provider.title();
        let expected =
            format!("{title} cannot take a payment for \"987654321\": there is no such ");
        assert!(refused.starts_with(&expected), "{refused}");
    }
}

#[tokio::test]
async fn it_pays_for_the_payer_and_tells_the_way_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let trackid = Shop::of(&sandbox).create("1").await;
    let zipay = sandbox.providers().iter().find(|it| it.name() == "zipay");
    let back = zipay.unwrap().pay(&trackid, None).unwrap().unwrap();
    assert_eq!(
        back,
        format!("http://127.0.0.1:9/back?order=7&trackid={trackid}&invoice_number=1")
    );
    let refused = zipay.unwrap().pay(&trackid, None).unwrap_err().to_string();
    assert!(
        refused.ends_with("it can be neither paid nor declined"),
        "{refused}"
    );
}
