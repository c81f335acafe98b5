//! Pins the order of calls in the HTTP stack that the witness leans on: hyper asks the body only when a connection
//! stands, right before it writes the head. Plain and TLS, with and without a body.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use paylink_testkit::{Answer, Behaviour, FaultServer, Sent, Strikes, Wire, catalogue, faults};
use tokio::io::AsyncReadExt;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{GivenUp, SHORT, Witness};
use crate::transport::attempt::{Attempt, Fetched};
use crate::transport::fault::Fault;
use crate::{
    BaseUrl, ContentType, Endpoint, Request, SystemRuntime, Timeouts, Transport, TransportBuilder,
};

mod last_byte;
mod speaking_first;
mod too_late;

const WIRES: [Wire; 2] = [Wire::Plain, Wire::Tls];

fn builder() -> TransportBuilder {
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_millis(400),
            attempt: Duration::from_millis(800),
            total: Duration::from_secs(2),
        })
        .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
}

fn transport() -> Transport {
    builder().build().unwrap()
}

fn requests_to(server: &FaultServer) -> [Request; 3] {
    let endpoint: Endpoint = BaseUrl::parse(&server.url())
        .unwrap()
        .endpoint("x")
        .unwrap();
    [
        Request::get(&endpoint),
        Request::post(&endpoint, ContentType::Form, "a=1"),
        Request::post(&endpoint, ContentType::Form, "a".repeat(3 * SHORT)),
    ]
}

async fn fetch(
    client: &reqwest::Client,
    request: &Request,
    witness: &Witness,
) -> Result<Fetched, Fault> {
    let attempt = Attempt {
        client,
        request,
        witness,
        answer: crate::MediaType::Json,
        cap: 1024,
        runtime: &SystemRuntime,
    };
    attempt
        .fetch(Instant::now() + Duration::from_millis(800))
        .await
}

/// Sends once and says whether the witness was asked, and how many bytes of a request the server saw.
async fn send(transport: &Transport, server: &FaultServer, request: &Request) -> (bool, usize) {
    let witness = Witness::new();
    let _ = fetch(&transport.0.fresh, request, &witness).await;
    (!witness.proves_unsent(), server.tally().bytes())
}

#[tokio::test]
async fn nobody_asks_before_a_connection_stands() {
    let transport = transport();
    let good = Answer::json("{}");
    for fault in catalogue(&good, "https://elsewhere.example/") {
        if fault.sent() != Sent::Nothing {
            continue;
        }
        for &wire in fault.wires() {
            let server = fault.start(wire).await.unwrap();
            for request in requests_to(&server) {
                let (asked, bytes) = send(&transport, &server, &request).await;
                assert!(
                    !asked,
                    "{} on {wire:?}: {:?}",
                    fault.name(),
                    request.method()
                );
                assert_eq!(bytes, 0, "{} on {wire:?}", fault.name());
            }
        }
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_asks_nothing() {
    let transport = transport();
    let endpoint = BaseUrl::parse("https://no-such-host.invalid/")
        .unwrap()
        .endpoint("x")
        .unwrap();
    let witness = Witness::new();
    let request = Request::post(&endpoint, ContentType::Form, "a=1");
    let fault = fetch(&transport.0.fresh, &request, &witness)
        .await
        .err()
        .unwrap();
    assert!(witness.proves_unsent());
    assert!(fault.is_unsent());
}

#[tokio::test]
async fn whoever_saw_a_byte_saw_it_after_the_witness_was_asked() {
    let good = Answer::json("{}");
    let mut played = JoinSet::new();
    for fault in catalogue(&good, "https://elsewhere.example/") {
        if fault.strikes() != Strikes::FirstCall {
            continue;
        }
        for &wire in fault.wires() {
            let (fault, transport) = (fault.clone(), transport());
            played.spawn(async move {
                let server = fault.start(wire).await.unwrap();
                let [_, post, _] = requests_to(&server);
                let (asked, bytes) = send(&transport, &server, &post).await;
                assert!(
                    asked || bytes == 0,
                    "{} on {wire:?}: {bytes} bytes unseen",
                    fault.name()
                );
            });
        }
    }
    played.join_all().await;
}

#[tokio::test]
async fn a_request_that_arrives_was_asked_for() {
    let transport = transport();
    let good = Answer::json("{}");
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer(&good))
            .await
            .unwrap();
        for request in requests_to(&server) {
            let (asked, bytes) = send(&transport, &server, &request).await;
            assert!(asked && bytes > 0, "{wire:?} {:?}", request.method());
        }
        assert_eq!(server.tally().requests_complete(), 3);
    }
}

#[tokio::test]
async fn a_connection_that_dies_idle_is_replaced_unasked() {
    // hyper sends a request that it has not begun to write anew by itself; the witness sees one sending, not two.
    let transport = transport();
    let good = Answer::json("{}");
    for wire in WIRES {
        let script: Behaviour = faults::close_when_idle(&good);
        let server = FaultServer::start(wire, script.then(faults::answer(&good)))
            .await
            .unwrap();
        let [_, post, _] = requests_to(&server);
        for _ in 0..2 {
            let witness = Witness::new();
            let fetched = fetch(&transport.0.reusing, &post, &witness).await;
            assert_eq!(fetched.unwrap().status, 200);
            assert!(witness.saw_it_written());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(server.tally().requests_complete(), 2, "{wire:?}");
    }
}

const SENT: [(http::Method, &str); 3] = [
    (http::Method::POST, "a=1"),
    (http::Method::POST, ""),
    (http::Method::GET, ""),
];

/// What leaves over a connection on which this is sent.
async fn written(
    witness: &Witness,
    (method, body): (http::Method, &'static str),
) -> (Vec<u8>, bool) {
    let (near, mut far) = tokio::io::duplex(1 << 16);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near))
        .await
        .unwrap();
    let running = tokio::spawn(connection);
    let request = http::Request::builder()
        .method(method)
        .uri("/x")
        .header("host", "a.example")
        .body(witness.watch(bytes::Bytes::from_static(body.as_bytes())))
        .unwrap();
    let sent = sender.send_request(request);
    let outcome = tokio::time::timeout(Duration::from_millis(100), sent).await;
    let given_up = matches!(&outcome, Ok(Err(error)) if caused_by_giving_up(error));
    running.abort();
    let mut bytes = Vec::new();
    let reading = tokio::time::timeout(Duration::from_millis(100), far.read_to_end(&mut bytes));
    let _ = reading.await;
    (bytes, given_up)
}

fn caused_by_giving_up(error: &hyper::Error) -> bool {
    use std::error::Error;

    error
        .source()
        .is_some_and(|source| source.downcast_ref::<GivenUp>().is_some())
}

#[tokio::test]
async fn what_was_given_up_first_never_leaves() {
    // The connection stands and takes the request, but it was given up before the first question.
    for sent in SENT {
        let witness = Witness::new();
        assert!(witness.proves_unsent());
        let (bytes, given_up) = written(&witness, sent.clone()).await;
        assert!(
            bytes.is_empty(),
            "{sent:?}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        assert!(given_up, "{sent:?}");
        assert!(witness.proves_unsent(), "and it stays given up");
    }
}

#[tokio::test]
async fn what_was_asked_for_first_cannot_be_given_up() {
    for sent in SENT {
        let witness = Witness::new();
        let (bytes, _) = written(&witness, sent.clone()).await;
        assert!(bytes.ends_with(sent.1.as_bytes()) && !bytes.is_empty());
        assert!(!witness.proves_unsent());
    }
}

#[test]
fn giving_up_and_asking_have_one_winner() {
    for _ in 0..2_000 {
        let witness = Witness::new();
        let (asked, given_up) = std::thread::scope(|scope| {
            let asking = scope.spawn(|| witness.asked());
            let giving_up = scope.spawn(|| witness.proves_unsent());
            (asking.join().unwrap(), giving_up.join().unwrap())
        });
        assert!(asked != given_up);
    }
}
