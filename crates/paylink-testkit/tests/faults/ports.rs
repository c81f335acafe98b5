//! Ports that refuse, that do not answer, and that recover.

use std::io;
use std::time::Duration;

use paylink_testkit::{Certificate, FaultServer, Received, Wire, faults};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, LONG, REQUEST, WIRES, good};

#[tokio::test]
async fn a_refusing_port_refuses_until_it_recovers() {
    let mut server = FaultServer::refusing(Wire::Plain, faults::answer(&good()))
        .await
        .unwrap();
    for _ in 0..2 {
        let refused = TcpStream::connect(server.address()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
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
    let refused = TcpStream::connect(server.address()).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);

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
        let attempt = timeout(
            Duration::from_millis(50),
            TcpStream::connect(server.address()),
        )
        .await;
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
        let server = FaultServer::start(wire, faults::answer(&good()))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        client.hear_answer(&good()).await;

        let tally = server.tally();
        assert_eq!(tally.bytes(), REQUEST.len());
        assert_eq!(tally.handshakes(), usize::from(wire == Wire::Tls));
        assert_eq!(
            tally.received()[0].head(),
            "POST /pay HTTP/1.1\r\nhost: a\r\ncontent-length: 10"
        );
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
    let connections: Vec<_> = server
        .tally()
        .received()
        .iter()
        .map(Received::connection)
        .collect();
    assert_eq!(connections, [1, 2, 3, 4]);
}
