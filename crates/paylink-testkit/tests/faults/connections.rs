//! Ports, handshakes, requests and how a server ends.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use paylink_testkit::{
    Behaviour, Certificate, FaultServer, Received, Step, Wire, assert_matches, faults,
};
use rustls::CertificateError;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, End, LONG, PATIENCE, REQUEST, WIRES, connected, ended, good, sent};

#[tokio::test]
async fn a_refusing_port_refuses_until_it_recovers() {
    let mut server = FaultServer::refusing(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    for _ in 0..2 {
        assert_refused(server.address()).await;
    }
    assert_eq!(server.tally().connections(), 0);

    server.recover().unwrap();
    server.recover().unwrap();
    let mut client = Client::connect(&server).await.unwrap();
    client.send(REQUEST).await.unwrap();
    client.hear_answer(&good()).await;
    assert_eq!(server.tally().connections(), 1);
}

#[tokio::test]
async fn a_refusing_port_recovers_by_itself_in_time() {
    let mut server = FaultServer::refusing(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    server.recover_after(Duration::from_millis(30));
    assert_refused(server.address()).await;

    while TcpStream::connect(server.address()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.until(|tally| tally.connections() == 1).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_unresponsive_port_lets_connecting_time_out_until_it_recovers() {
    let mut server = FaultServer::unresponsive(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    for _ in 0..2 {
        let attempt = TcpStream::connect(server.address());
        let attempt = timeout(Duration::from_millis(50), attempt).await;
        assert!(attempt.is_err(), "{attempt:?}");
    }

    server.recover().unwrap();
    // The filler of the queue is taken from it first.
    tokio::task::yield_now().await;
    let mut client = Client::connect(&server).await.unwrap();
    client.send(REQUEST).await.unwrap();
    client.hear_answer(&good()).await;
    assert_eq!(server.tally().connections(), 1, "the filler does not count");
}

#[tokio::test]
async fn a_good_server_answers_on_either_wire() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::answer(&good())).await;
        client.send(REQUEST).await.unwrap();
        client.hear_answer(&good()).await;

        let tally = server.tally();
        assert_eq!(tally.bytes(), REQUEST.len());
        assert_eq!(tally.handshakes(), usize::from(wire == Wire::Tls));
        let head = "POST /pay HTTP/1.1\r\nhost: a\r\ncontent-length: 10";
        assert_eq!(tally.received()[0].head(), head);
        assert_eq!(tally.received()[0].body(), b"0123456789");
    }
}

#[tokio::test]
async fn a_certificate_on_a_plain_server_is_refused() {
    let fault = faults::certificate(Certificate::Expired, &good());
    let error = FaultServer::start(Wire::Plain, fault).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn the_script_is_played_in_turn_and_its_last_behaviour_repeats() {
    let script = faults::close_after_request()
        .then(faults::garbage())
        .then(faults::answer(&good()));
    let server = FaultServer::start(Wire::Plain, script).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        seen.push(client.hear_up_to(good().to_bytes().len(), LONG).await.0);
    }
    assert!(seen[0].is_empty());
    assert!(seen[1].starts_with(b"\0\xff"));
    assert_eq!(seen[2], good().to_bytes());
    assert_eq!(seen[3], good().to_bytes());
    let tally = server.tally();
    let connections = tally.received().iter().map(Received::connection);
    assert!(connections.eq([1, 2, 3, 4]));
}

/// The error with which the handshake ends; no byte of HTTP may have come.
async fn handshake_error(fault: Behaviour) -> io::Error {
    let server = FaultServer::start(Wire::Tls, fault).await.unwrap();
    let error = Client::connect(&server).await.err().unwrap();
    let tally = server.shutdown().await;
    assert_eq!((tally.connections(), tally.handshakes()), (1, 0));
    assert_eq!((tally.requests_begun(), tally.bytes()), (0, 0));
    error
}

#[track_caller]
fn tls_error(error: &io::Error) -> &rustls::Error {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    error.unwrap()
}

#[tokio::test]
async fn stall() {
    let server = FaultServer::start(Wire::Tls, faults::stall_in_handshake())
        .await
        .unwrap();
    assert!(timeout(PATIENCE, Client::connect(&server)).await.is_err());
    let tally = server.shutdown().await;
    assert_eq!((tally.connections(), tally.handshakes()), (1, 0));
    assert_eq!(tally.bytes(), 0);
}

#[tokio::test]
async fn resets_and_closes() {
    for (fault, kind) in [
        (faults::reset_in_handshake(), io::ErrorKind::ConnectionReset),
        (faults::reset_on_accept(), io::ErrorKind::ConnectionReset),
        (faults::close_in_handshake(), io::ErrorKind::UnexpectedEof),
        (faults::close_on_accept(), io::ErrorKind::UnexpectedEof),
    ] {
        let name = format!("{fault:?}");
        assert_eq!(handshake_error(fault).await.kind(), kind, "{name}");
    }
}

#[tokio::test]
async fn no_tls_at_all() {
    for fault in [faults::http_for_tls(), faults::garbage_for_tls()] {
        let error = handshake_error(fault).await;
        assert_matches!(tls_error(&error), rustls::Error::InvalidMessage(_));
    }
}

#[tokio::test]
async fn bad_certificates() {
    let shown = |certificate| handshake_error(faults::certificate(certificate, &good()));

    let error = shown(Certificate::SelfSigned).await;
    let unknown = rustls::Error::from(CertificateError::UnknownIssuer);
    assert_eq!(tls_error(&error), &unknown);

    let error = shown(Certificate::Expired).await;
    assert_matches!(
        tls_error(&error),
        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { .. })
    );

    let error = shown(Certificate::WrongName).await;
    assert_matches!(
        tls_error(&error),
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })
    );
}

#[tokio::test]
async fn the_trusted_certificate_is_trusted() {
    let trusted = faults::certificate(Certificate::Trusted, &good());
    let (mut client, server) = sent(Wire::Tls, trusted).await;
    client.hear_answer(&good()).await;
    assert_eq!(server.tally().handshakes(), 1);
}

#[tokio::test]
async fn without_tls_a_close_on_accept_still_counts_what_comes() {
    let (mut client, server) = sent(Wire::Plain, faults::close_on_accept()).await;
    assert_eq!(client.hear_to_end().await, (Vec::new(), End::Closed));
    let tally = server.until(|tally| tally.requests_complete() == 1).await;
    assert_eq!(tally.received()[0].bytes(), REQUEST);
}

#[tokio::test]
async fn without_tls_a_reset_on_accept_is_a_reset() {
    let (mut client, server) = connected(Wire::Plain, faults::reset_on_accept()).await;
    assert_eq!(client.hear_to_end().await.1, End::Reset);
    assert_eq!(server.tally().requests_begun(), 0);
}

#[tokio::test]
async fn reset_before_reading() {
    for wire in WIRES {
        let (mut client, server) = sent(wire, faults::reset_before_reading()).await;
        assert_eq!(client.hear_to_end().await, (Vec::new(), End::Reset));
        let tally = server.tally();
        assert_eq!((tally.requests_begun(), tally.requests_complete()), (1, 0));
        assert_eq!(tally.received()[0].bytes(), b"P");
    }
}

#[tokio::test]
async fn close_before_reading() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::close_before_reading()).await;
        assert_eq!(client.hear_to_end().await, (Vec::new(), End::Closed));
        assert_eq!(server.tally().requests_begun(), 0);

        client.send(REQUEST).await.unwrap();
        let tally = server.until(|tally| tally.requests_complete() == 1).await;
        // What is sent too late is counted.
        assert_eq!(tally.bytes(), REQUEST.len());
    }
}

#[tokio::test]
async fn reset_in_the_upload() {
    for wire in WIRES {
        let (mut client, server) = sent(wire, faults::reset_in_upload(4)).await;
        assert_eq!(client.hear_to_end().await, (Vec::new(), End::Reset));
        let tally = server.tally();
        assert_eq!(tally.requests_complete(), 0);
        assert_eq!(tally.received()[0].body(), b"0123");
    }
}

#[tokio::test]
async fn close_in_the_upload() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::close_in_upload(4)).await;
        let (most, rest) = REQUEST.split_at(REQUEST.len() - 6);
        client.send(&most[..most.len() - 1]).await.unwrap();
        client.hear_nothing().await;
        client.send(&most[most.len() - 1..]).await.unwrap();
        assert_eq!(client.hear_to_end().await.1, End::Closed);
        assert_eq!(server.tally().received()[0].body(), b"0123");

        client.send(rest).await.unwrap();
        server.until(|tally| tally.requests_complete() == 1).await;
    }
}

#[tokio::test]
async fn no_answer_after_the_whole_request() {
    for wire in WIRES {
        for (fault, expected) in [
            (faults::close_after_request(), End::Closed),
            (faults::reset_after_request(), End::Reset),
        ] {
            assert_eq!(ended(wire, fault).await, (String::new(), expected));
        }
        let (mut client, server) = sent(wire, faults::stall_after_request()).await;
        client.hear_nothing().await;
        assert_eq!(server.tally().requests_complete(), 1);
    }
}

#[tokio::test]
async fn nothing_is_answered_to_half_a_request() {
    for fault in [faults::close_after_request(), faults::reset_after_request()] {
        let (mut client, _server) = connected(Wire::Plain, fault).await;
        client.send(&REQUEST[..REQUEST.len() - 1]).await.unwrap();
        client.hear_nothing().await;
    }
}

#[tokio::test]
async fn an_upload_that_nobody_reads_comes_to_a_halt() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::reads_nothing()).await;
        let upload = vec![b'a'; 32 * 1024 * 1024];
        assert!(timeout(PATIENCE, client.send(&upload)).await.is_err());
        let tally = server.tally();
        assert_eq!((tally.requests_begun(), tally.bytes()), (1, 1));
    }
}

#[tokio::test]
async fn a_small_window_halts_it_sooner() {
    let small = sent_unread(faults::reads_nothing()).await;
    let normal = sent_unread(Behaviour::new([Step::Stall])).await;
    // The buffers of the client's own kernel are the larger part of both.
    assert!(small + 512 * 1024 < normal, "{small} of {normal}");
}

/// How much a client can send to a server that does not read.
async fn sent_unread(behaviour: Behaviour) -> usize {
    let server = FaultServer::start(Wire::Plain, behaviour).await.unwrap();
    let client = TcpStream::connect(server.address()).await.unwrap();
    let mut sent = 0;
    while timeout(PATIENCE, client.writable()).await.is_ok() {
        sent += client.try_write(&[b'a'; 64 * 1024]).unwrap_or(0);
    }
    sent
}

#[tokio::test]
async fn a_request_in_chunks_is_read_to_its_end() {
    let (mut client, server) = connected(Wire::Plain, faults::close_after_request()).await;
    let request = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n";
    client.send(request).await.unwrap();
    client.hear_nothing().await;
    client.send(b"\r\n").await.unwrap();
    assert_eq!(client.hear_to_end().await.1, End::Closed);
    assert_eq!(server.tally().received()[0].body(), b"2\r\nab\r\n0\r\n\r\n");
}

#[tokio::test]
async fn shutdown_ends_every_connection_and_tells_what_was_seen() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request())
        .await
        .unwrap();
    let address = server.address();
    let mut clients = [
        Client::connect(&server).await.unwrap(),
        Client::connect(&server).await.unwrap(),
    ];
    for client in &mut clients {
        client.send(REQUEST).await.unwrap();
    }
    server.until(|tally| tally.requests_complete() == 2).await;

    let tally = server.shutdown().await;
    assert_eq!((tally.connections(), tally.requests_begun()), (2, 2));
    for mut client in clients {
        assert_matches!(client.hear_to_end().await.1, End::Closed | End::Reset);
    }
    assert_refused(address).await;
}

async fn assert_refused(address: SocketAddr) {
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_dropped_server_is_gone_with_its_connections() {
    let server = FaultServer::start(Wire::Plain, faults::endless_informational())
        .await
        .unwrap();
    let address = server.address();
    let mut client = Client::connect(&server).await.unwrap();
    client.send(REQUEST).await.unwrap();
    server.until(|tally| tally.requests_complete() == 1).await;

    drop(server);
    assert_matches!(client.hear_to_end().await.1, End::Closed | End::Reset);
    assert_refused(address).await;
}

#[tokio::test]
async fn a_server_that_would_recover_later_can_be_stopped_before() {
    let mut server = FaultServer::refusing(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    server.recover_after(Duration::from_secs(3600));
    let stopped = timeout(Duration::from_millis(200), server.shutdown()).await;
    assert_eq!(stopped.unwrap().connections(), 0);
}
