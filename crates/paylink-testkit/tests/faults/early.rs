//! Bytes that come before their time.

use paylink_testkit::{FaultServer, faults};

use crate::client::{Client, LONG, REQUEST, WIRES, good};

#[tokio::test]
async fn an_answer_comes_before_the_request() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer_before_request(&good()))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.hear_answer(&good()).await;
        assert_eq!(server.tally().bytes(), 0);

        client.send(REQUEST).await.unwrap();
        server.until(|tally| tally.requests_complete() == 1).await;
        client.hear_nothing().await;
    }
}

#[tokio::test]
async fn a_banner_comes_before_the_request() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::banner()).await.unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        let (heard, _) = client.hear_up_to(b"SSH-2.0-loopback\r\n".len(), LONG).await;
        assert_eq!(heard, b"SSH-2.0-loopback\r\n");
    }
}

#[tokio::test]
async fn an_answer_comes_while_the_request_is_not_read() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer_before_reading(&good()))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(&REQUEST[..1]).await.unwrap();
        client.hear_answer(&good()).await;
        assert_eq!(server.tally().requests_complete(), 0);
    }
}
