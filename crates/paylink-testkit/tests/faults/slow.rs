//! Answers that take their time, or never end.

use std::time::{Duration, Instant};

use paylink_testkit::{Answer, FaultServer, Wire, faults};

use crate::client::{Client, REQUEST, WIRES, answered, good, sent};

#[tokio::test]
async fn an_answer_comes_late() {
    let delay = Duration::from_millis(40);
    let started = Instant::now();
    let heard = answered(Wire::Plain, faults::answer_after(delay, &good())).await;
    assert_eq!(heard.as_bytes(), good().to_bytes());
    assert!(started.elapsed() >= delay);
}

#[tokio::test]
async fn a_head_drips_byte_by_byte() {
    let answer = Answer::new(200).body("body");
    let head = answer.to_bytes().len() - 4;
    let pause = Duration::from_millis(2);
    let server = FaultServer::start(Wire::Plain, faults::drip_head(pause, &answer))
        .await
        .unwrap();
    let mut client = Client::connect(&server).await.unwrap();
    let started = Instant::now();
    client.send(REQUEST).await.unwrap();
    client.hear_answer(&answer).await;
    assert!(started.elapsed() >= pause * u32::try_from(head).unwrap());
}

#[tokio::test]
async fn a_head_stalls() {
    for wire in WIRES {
        let (mut client, _server) = sent(wire, faults::stall_in_head(&good())).await;
        client
            .hear_exactly(b"HTTP/1.1 200 \r\ncontent-type: appli")
            .await;
        client.hear_nothing().await;
    }
}

#[tokio::test]
async fn a_body_stalls() {
    for wire in WIRES {
        let (mut client, _server) = sent(wire, faults::stall_in_body(5, &good())).await;
        let whole = good().to_bytes();
        let sent = whole.len() - good().body_bytes().len() + 5;
        client.hear_exactly(&whole[..sent]).await;
        client.hear_nothing().await;
    }
}
