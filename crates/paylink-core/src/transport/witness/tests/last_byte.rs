//! When the last byte of a request counts as written, and what an answer is worth that comes before.

use paylink_testkit::Step;
use tokio::io::DuplexStream;

use super::*;
use crate::ErrorKind;
use crate::transport::fault::Again;

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
pub(super) async fn uploading(
    witness: &Witness,
    bytes: usize,
    room: usize,
) -> (DuplexStream, JoinSet<()>) {
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
pub(super) async fn take(far: &mut DuplexStream, bytes: usize) {
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
