//! Faults that only a client meets which keeps its connections.

use paylink_testkit::{Answer, FaultServer, faults};

use crate::client::{Client, End, REQUEST, WIRES, ended, good};

#[tokio::test]
async fn an_idle_connection_is_closed() {
    for wire in WIRES {
        let (heard, end) = ended(wire, faults::close_when_idle(&good())).await;
        assert_eq!((heard.as_bytes(), end), (&*good().to_bytes(), End::Closed));
        assert!(!heard.contains("connection: close"), "it is not announced");
    }
}

#[tokio::test]
async fn an_announced_close() {
    let (heard, end) = ended(WIRES[0], faults::answer_and_close(&good())).await;
    assert!(heard.contains("\r\nconnection: close\r\n"), "{heard}");
    assert_eq!(end, End::Closed);
}

#[tokio::test]
async fn a_reset_on_the_second_request() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::reset_on_second_request(&good()))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        client.hear_answer(&good()).await;
        client.hear_nothing().await;

        client.send(REQUEST).await.unwrap();
        assert_eq!(client.hear_to_end().await, (Vec::new(), End::Reset));
        let tally = server.tally();
        assert_eq!((tally.requests_begun(), tally.requests_complete()), (2, 1));
    }
}

#[tokio::test]
async fn a_spare_answer_comes_before_the_next_request() {
    for wire in WIRES {
        let spare = Answer::json(r#"{"spare":true}"#);
        let server = FaultServer::start(wire, faults::spare_answer(&good(), &spare))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        for _ in 0..2 {
            client.send(REQUEST).await.unwrap();
            client.hear_answer(&good()).await;
            client.hear_answer(&spare).await;
            client.hear_nothing().await;
        }
        assert_eq!(server.tally().connections(), 1);
    }
}

#[tokio::test]
async fn a_late_spare_answer_comes_in_the_place_of_the_next_one() {
    for wire in WIRES {
        let spare = Answer::json(r#"{"spare":true}"#);
        let server = FaultServer::start(wire, faults::late_spare_answer(&good(), &spare))
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        client.hear_answer(&good()).await;
        client.hear_nothing().await;

        client.send(REQUEST).await.unwrap();
        client.hear_answer(&spare).await;
        client.hear_nothing().await;
        assert_eq!(server.tally().requests_complete(), 2);
    }
}
