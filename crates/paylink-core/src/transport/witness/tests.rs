//! Pins the order of calls in the HTTP stack that the witness leans on: hyper asks the body only when a connection
//! stands, right before it writes the head. Plain and TLS, with and without a body.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http_body::Body;
use hyper_util::rt::TokioIo;
use paylink_testkit::{
    Answer, Behaviour, FaultServer, Sent, Step, Strikes, Wire, catalogue, faults,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::witness::{GivenUp, SHORT, Witness};
use crate::transport::attempt::{Attempt, Fetched};
use crate::transport::fault::{Again, Fault};
use crate::{
    BaseUrl, ContentType, Endpoint, ErrorKind, Request, Runtime, SystemRuntime, Timeouts,
    Transport, TransportBuilder,
};

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
        proxy: None,
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
    // hyper sends a request that it has not begun to write again by itself; the witness sees one sending, not two.
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
            let asking = scope.spawn(|| witness.watch(bytes::Bytes::new()).is_end_stream());
            let giving_up = scope.spawn(|| witness.proves_unsent());
            (asking.join().unwrap(), giving_up.join().unwrap())
        });
        assert!(asked != given_up);
    }
}

#[tokio::test]
async fn an_answer_is_heard_after_the_last_byte_was_written() {
    let transport = transport();
    let good = Answer::json("{}");
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer(&good))
            .await
            .unwrap();
        for client in [
            &transport.0.fresh,
            &transport.0.reusing,
            &transport.0.reusing,
        ] {
            for request in requests_to(&server) {
                let witness = Witness::new();
                assert!(fetch(client, &request, &witness).await.is_ok());
                assert!(witness.saw_it_written(), "{wire:?} {:?}", request.method());
            }
        }
    }
}

/// What comes of sending more than the system's buffers take while the server reads nothing.
async fn upload(transport: &Transport, server: &FaultServer) -> Fault {
    let endpoint = BaseUrl::parse(&server.url())
        .unwrap()
        .endpoint("x")
        .unwrap();
    let request = Request::post(&endpoint, ContentType::Form, vec![b'a'; 32 * 1024 * 1024]);
    let witness = Witness::new();
    let fetched = fetch(&transport.0.fresh, &request, &witness).await;
    assert!(!witness.saw_it_written() && !witness.proves_unsent());
    fetched.err().unwrap()
}

#[tokio::test]
async fn an_answer_before_the_last_byte_is_nobodys() {
    let transport = transport();
    for wire in WIRES {
        for answer in [Answer::json("{}"), Answer::json("{}").status(400)] {
            let server = FaultServer::start(wire, faults::answer_before_reading(&answer))
                .await
                .unwrap();
            let fault = upload(&transport, &server).await;
            assert_eq!(fault.kind(), ErrorKind::Untrusted, "{wire:?}: {fault:?}");
            assert!(fault.is_ambiguous());
            assert_eq!(fault.again(), Again::Once);
        }
    }
}

/// A connection over which a body of this many bytes is being sent, and what takes it; as many bytes find room as
/// are given.
async fn uploading(witness: &Witness, bytes: usize, room: usize) -> (DuplexStream, JoinSet<()>) {
    let (near, mut far) = tokio::io::duplex(room);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near))
        .await
        .unwrap();
    let request = http::Request::post("/x")
        .body(witness.watch(bytes::Bytes::from(vec![b'a'; bytes])))
        .unwrap();
    let mut running = JoinSet::new();
    running.spawn(async {
        let _ = connection.await;
    });
    running.spawn(async move {
        let _ = sender.send_request(request).await;
    });
    let head = format!("POST /x HTTP/1.1\r\ncontent-length: {bytes}\r\n\r\n");
    let mut read = vec![0; head.len()];
    far.read_exact(&mut read).await.unwrap();
    assert_eq!(read, head.as_bytes());
    (far, running)
}

/// Reads so many bytes, and lets the other side go on.
async fn take(far: &mut DuplexStream, bytes: usize) {
    far.read_exact(&mut vec![0; bytes]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[tokio::test]
async fn the_last_byte_is_written_when_it_finds_room_and_not_before() {
    const ROOM: usize = 1024;
    for body in [SHORT, SHORT + 1, 100 * SHORT] {
        let witness = Witness::new();
        let (mut far, _running) = uploading(&witness, body, ROOM).await;
        take(&mut far, body - ROOM - 2).await;
        assert!(!witness.saw_it_written(), "{body}: two bytes find no room");
        take(&mut far, 2).await;
        assert!(witness.saw_it_written(), "{body}: all found room");
        take(&mut far, ROOM).await;
    }
}

#[tokio::test]
async fn a_connection_that_is_gone_wrote_no_last_byte() {
    let witness = Witness::new();
    let (far, mut running) = uploading(&witness, 100 * SHORT, 1024).await;
    drop(far);
    while running.join_next().await.is_some() {}
    assert!(!witness.saw_it_written() && !witness.proves_unsent());
}

#[tokio::test]
async fn a_refusal_that_cuts_the_upload_is_nobodys() {
    let transport = transport();
    let refusal = Answer::json("{}").status(413);
    for wire in WIRES {
        for pause in [0, 1, 20] {
            let server = FaultServer::start(
                wire,
                Behaviour::new([
                    Step::ReadBytes(1),
                    Step::Write(refusal.to_bytes()),
                    Step::Pause(Duration::from_millis(pause)),
                    Step::Reset,
                ])
                .with_small_window(),
            )
            .await
            .unwrap();
            let fault = upload(&transport, &server).await;
            assert!(fault.is_ambiguous(), "{wire:?} {pause}: {fault:?}");
        }
    }
}

#[tokio::test]
async fn who_speaks_first_is_asked_nothing() {
    let good = Answer::json("{}");
    for wire in WIRES {
        let transport = match wire {
            // Nothing keeps a client without TLS from being the quicker one.
            Wire::Plain => builder()
                .timeouts(Timeouts {
                    connect: Duration::from_secs(40),
                    attempt: Duration::from_secs(50),
                    total: Duration::from_secs(60),
                })
                .listen(Duration::from_secs(10))
                .build()
                .unwrap(),
            Wire::Tls => transport(),
        };
        for script in [faults::answer_before_request(&good), faults::banner()] {
            let server = FaultServer::start(wire, script).await.unwrap();
            for request in requests_to(&server) {
                for client in [&transport.0.fresh, &transport.0.reusing] {
                    let witness = Witness::new();
                    let attempt = Attempt {
                        client,
                        proxy: None,
                        request: &request,
                        witness: &witness,
                        answer: crate::MediaType::Json,
                        cap: 1024,
                        runtime: &SystemRuntime,
                    };
                    let until = Instant::now() + Duration::from_secs(20);
                    let fault = attempt.fetch(until).await.err().unwrap();
                    assert_eq!(fault.kind(), ErrorKind::Untrusted, "{wire:?}: {fault:?}");
                    assert!(fault.is_unsent() && witness.proves_unsent());
                    assert_eq!(fault.again(), Again::Never);
                }
            }
            let tally = server.shutdown().await;
            assert_eq!((tally.connections(), tally.bytes()), (6, 0), "{wire:?}");
        }
    }
}

#[tokio::test]
async fn hyper_says_in_these_words_that_the_server_spoke_first() {
    use std::error::Error;

    let (near, mut far) = tokio::io::duplex(1 << 16);
    far.write_all(b"HTTP/1.1 400 \r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near))
        .await
        .unwrap();
    let witness = Witness::new();
    let request = http::Request::post("/x")
        .body(witness.watch(bytes::Bytes::from_static(b"a=1")))
        .unwrap();
    let sent = sender.send_request(request);
    let (sent, _) = tokio::join!(sent, connection);
    let error = sent.err().unwrap();
    assert!(error.is_canceled());
    assert_eq!(
        error.source().unwrap().to_string(),
        "received unexpected message from connection"
    );
    assert!(witness.proves_unsent());
}

/// A clock that a test moves.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

impl Clock {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A witness of what must leave within a minute, and its clock.
fn within_a_minute() -> (Witness, Arc<Clock>) {
    let clock = Arc::new(Clock::default());
    let minute = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
    (Witness::until(minute, Arc::clone(&clock) as _), clock)
}

#[tokio::test]
async fn what_is_asked_for_too_late_never_leaves() {
    let transport = transport();
    let good = Answer::json("{}");
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer(&good))
            .await
            .unwrap();
        for client in [&transport.0.fresh, &transport.0.reusing] {
            for request in requests_to(&server) {
                let (witness, clock) = within_a_minute();
                clock.pass(61);
                let fault = fetch(client, &request, &witness).await.err().unwrap();
                assert_eq!(fault.kind(), ErrorKind::Timeout, "{wire:?}: {fault:?}");
                assert!(fault.is_unsent() && witness.proves_unsent());
                assert_eq!(fault.again(), Again::Never);
            }
        }
        let tally = server.shutdown().await;
        assert_eq!((tally.connections(), tally.bytes()), (6, 0), "{wire:?}");
    }
}

#[tokio::test]
async fn what_is_asked_for_in_time_leaves() {
    let transport = transport();
    let good = Answer::json("{}");
    let server = FaultServer::start(Wire::Plain, faults::answer(&good))
        .await
        .unwrap();
    for request in requests_to(&server) {
        let (witness, clock) = within_a_minute();
        clock.pass(60);
        assert!(fetch(&transport.0.fresh, &request, &witness).await.is_ok());
        clock.pass(1);
        assert!(witness.saw_it_written() && !witness.proves_unsent());
    }
}

#[tokio::test]
async fn a_long_body_is_not_completed_too_late() {
    const ROOM: usize = 1024;
    for taken in [0, 4 * SHORT - ROOM - 2] {
        let (witness, clock) = within_a_minute();
        let (mut far, _running) = uploading(&witness, 4 * SHORT, ROOM).await;
        take(&mut far, taken).await;
        clock.pass(61);
        let mut rest = Vec::new();
        far.read_to_end(&mut rest).await.unwrap();
        assert!(taken + rest.len() < 4 * SHORT, "{taken} and {}", rest.len());
        assert!(!witness.saw_it_written() && !witness.proves_unsent());
    }
}
