//! Faults while the request comes, or right after.

use paylink_testkit::{Behaviour, FaultServer, Step, Wire, faults};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, End, PATIENCE, REQUEST, WIRES, ended, sent};

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
        let server = FaultServer::start(wire, faults::close_before_reading())
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        assert_eq!(client.hear_to_end().await, (Vec::new(), End::Closed));
        assert_eq!(server.tally().requests_begun(), 0);

        client.send(REQUEST).await.unwrap();
        let tally = server.until(|tally| tally.requests_complete() == 1).await;
        assert_eq!(
            tally.bytes(),
            REQUEST.len(),
            "what is sent too late is counted"
        );
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
        let server = FaultServer::start(wire, faults::close_in_upload(4))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
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
        let server = FaultServer::start(Wire::Plain, fault).await.unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(&REQUEST[..REQUEST.len() - 1]).await.unwrap();
        client.hear_nothing().await;
    }
}

#[tokio::test]
async fn an_upload_that_nobody_reads_comes_to_a_halt() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::reads_nothing())
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
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
    let server = FaultServer::start(Wire::Plain, faults::close_after_request())
        .await
        .unwrap();
    let mut client = Client::connect(&server).await.unwrap();
    client
        .send(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n")
        .await
        .unwrap();
    client.hear_nothing().await;
    client.send(b"\r\n").await.unwrap();
    assert_eq!(client.hear_to_end().await.1, End::Closed);
    assert_eq!(server.tally().received()[0].body(), b"2\r\nab\r\n0\r\n\r\n");
}
