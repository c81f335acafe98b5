//! Answers that are not HTTP, or are nothing but head.

use paylink_testkit::{FaultServer, faults};

use crate::client::{Client, End, REQUEST, WIRES, ended};

#[tokio::test]
async fn garbage() {
    for wire in WIRES {
        let (heard, end) = ended(wire, faults::garbage()).await;
        assert_eq!(end, End::Closed);
        assert!(!heard.is_empty() && !heard.contains("HTTP/"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_huge_head_ends() {
    let (heard, end) = ended(WIRES[0], faults::huge_head(100_000)).await;
    assert_eq!(end, End::Closed);
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.len() > 100_000 && body.is_empty());
}

#[tokio::test]
async fn endless_headers() {
    for wire in WIRES {
        let (heard, end) = ended(wire, faults::endless_headers()).await;
        assert_eq!(end, End::Enough);
        assert!(heard.starts_with("HTTP/1.1 200 \r\nx-more: and more\r\n"));
        assert!(!heard.contains("\r\n\r\n"));
    }
}

#[tokio::test]
async fn interim_answers_go_on() {
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::endless_informational())
            .await
            .unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        client
            .hear_exactly("HTTP/1.1 102 Processing\r\n\r\n".repeat(5).as_bytes())
            .await;
    }
}
