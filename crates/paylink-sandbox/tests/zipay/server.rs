use std::net::SocketAddr;
use std::time::{Duration, Instant};

use paylink_sandbox::{Fault, Sandbox, StartError};
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
