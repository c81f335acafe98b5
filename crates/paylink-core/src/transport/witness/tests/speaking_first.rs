//! A server that says something before it was asked.

use tokio::io::AsyncWriteExt;

use super::*;
use crate::ErrorKind;
use crate::transport::fault::Again;

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
