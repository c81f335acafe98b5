//! What each failure of a connection is called.

use std::time::Duration;

use paylink_testkit::{Answer, Sent, Wire, catalogue};
use tokio::time::Instant;

use crate::transport::attempt::Attempt;
use crate::transport::fault::{Again, Fault};
use crate::transport::witness::Witness;
use crate::{BaseUrl, ContentType, ErrorKind, Request, SystemRuntime, Timeouts, Transport};

fn transport() -> Transport {
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_millis(400),
            attempt: Duration::from_secs(4),
            total: Duration::from_secs(5),
        })
        .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
        .build()
        .unwrap()
}

async fn fault_at(url: &str) -> Fault {
    let transport = transport();
    let endpoint = BaseUrl::parse(url).unwrap().endpoint("x").unwrap();
    let attempt = Attempt {
        client: &transport.0.fresh,
        request: &Request::post(&endpoint, ContentType::Form, "a=1"),
        witness: &Witness::new(),
        answer: crate::MediaType::Json,
        cap: 1024,
        runtime: &SystemRuntime,
    };
    let until = Instant::now() + Duration::from_secs(4);
    attempt.fetch(until).await.err().unwrap()
}

/// The kind, whether it is tried again, and the beginning of the message.
const NAMED: [(&str, ErrorKind, Again, &str); 12] = [
    (
        "connection refused",
        ErrorKind::Connect,
        Again::Yes,
        "the connection was refused",
    ),
    (
        "connection attempt unanswered",
        ErrorKind::Timeout,
        Again::Yes,
        "no connection came about in time",
    ),
    (
        "handshake stalls",
        ErrorKind::Timeout,
        Again::Yes,
        "no connection came about in time",
    ),
    (
        "self-signed certificate",
        ErrorKind::Tls,
        Again::Never,
        "the server's certificate comes from nobody",
    ),
    (
        "certificate for another name",
        ErrorKind::Tls,
        Again::Never,
        "the server's certificate is for another name",
    ),
    (
        "expired certificate",
        ErrorKind::Tls,
        Again::Never,
        "the server's certificate has expired",
    ),
    (
        "HTTP where TLS is due",
        ErrorKind::Tls,
        Again::Never,
        "the server does not speak TLS",
    ),
    (
        "handshake reset",
        ErrorKind::Connect,
        Again::Yes,
        "no connection came about",
    ),
    (
        "handshake closed",
        ErrorKind::Connect,
        Again::Yes,
        "no connection came about",
    ),
    (
        "answer before the request",
        ErrorKind::Untrusted,
        Again::Never,
        "the server spoke before it was asked",
    ),
    (
        "banner before the request",
        ErrorKind::Untrusted,
        Again::Never,
        "the server spoke before it was asked",
    ),
    (
        "closed on accept, before TLS",
        ErrorKind::Connect,
        Again::Yes,
        "no connection came about",
    ),
];

#[tokio::test]
async fn each_failure_before_the_request_has_its_name() {
    let mut named = 0;
    for fault in catalogue(&Answer::json("{}"), "https://elsewhere.example/") {
        let Some((name, kind, again, message)) =
            NAMED.iter().find(|(name, ..)| *name == fault.name())
        else {
            continue;
        };
        assert_eq!(fault.sent(), Sent::Nothing);
        let server = fault.start(Wire::Tls).await.unwrap();
        let seen = fault_at(&server.url()).await;
        assert_eq!(
            (seen.kind(), seen.again()),
            (*kind, *again),
            "{name}: {seen:?}"
        );
        assert!(seen.is_unsent(), "{name}");
        let said = seen.into_error(crate::Effect::NotExecuted).to_string();
        assert!(said.starts_with(message), "{name}: {said}");
        assert!(said.ends_with("nothing was sent"), "{name}: {said}");
        named += 1;
    }
    assert_eq!(named, NAMED.len());
}

#[tokio::test]
async fn a_name_that_does_not_resolve_has_a_kind_of_its_own() {
    let seen = fault_at("https://no-such-host.invalid/").await;
    assert_eq!((seen.kind(), seen.again()), (ErrorKind::Dns, Again::Yes));
}

#[tokio::test]
async fn broken_http_is_told_from_a_broken_connection() {
    for (name, kind) in [
        ("garbage", ErrorKind::Protocol),
        ("two lengths", ErrorKind::Protocol),
        ("huge head", ErrorKind::Protocol),
        ("closed after the request", ErrorKind::Disconnected),
        ("reset after the request", ErrorKind::Disconnected),
        ("closed in the head", ErrorKind::Disconnected),
        ("body shorter than its length", ErrorKind::Disconnected),
        ("body cut in a chunk", ErrorKind::Disconnected),
    ] {
        let faults = catalogue(&Answer::json("{}"), "https://elsewhere.example/");
        let fault = faults.iter().find(|fault| fault.name() == name).unwrap();
        let server = fault.start(Wire::Plain).await.unwrap();
        let seen = fault_at(&server.url()).await;
        assert_eq!(seen.kind(), kind, "{name}: {seen:?}");
        assert!(seen.is_ambiguous() && seen.again() == Again::Yes, "{name}");
    }
}
