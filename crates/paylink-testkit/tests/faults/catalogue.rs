//! The catalogue keeps what it promises, entry by entry.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use paylink_testkit::{Answer, FaultServer, NamedFault, Sent, Strikes, Wire, catalogue, faults};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::{Client, LONG, PATIENCE, REQUEST, good};

const ELSEWHERE: &str = "https://elsewhere.example/";

/// Goes on as far as it can, and returns what came back, if it came so far.
async fn attempt(
    server: &FaultServer,
    connecting: Duration,
    answering: Duration,
) -> Option<Vec<u8>> {
    let mut client = timeout(connecting, Client::connect(server))
        .await
        .ok()?
        .ok()?;
    client.send(REQUEST).await.ok()?;
    Some(
        client
            .hear_up_to(good().to_bytes().len(), answering)
            .await
            .0,
    )
}

/// Plays every entry on every wire it has, several at a time.
async fn on_each<F: Future<Output = ()> + Send + 'static>(play: impl Fn(NamedFault, Wire) -> F) {
    let at_a_time = Arc::new(Semaphore::new(8));
    let mut plays = JoinSet::new();
    for fault in catalogue(&good(), ELSEWHERE) {
        for wire in fault.wires() {
            let permit = Arc::clone(&at_a_time).acquire_owned().await.unwrap();
            let play = play(fault.clone(), *wire);
            plays.spawn(async move {
                play.await;
                drop(permit);
            });
        }
    }
    while let Some(played) = plays.join_next().await {
        played.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_which_nothing_is_sent_lets_no_byte_through() {
    on_each(|fault, wire| async move {
        // Of row 40 nothing is sent by a client that listens first, which this one does not.
        if fault.sent() == Sent::Nothing && fault.row() != 40 {
            let server = fault.start(wire).await.unwrap();
            let heard = attempt(&server, PATIENCE, PATIENCE).await;
            let begun = server.shutdown().await.requests_begun();
            assert!(
                begun == 0 && heard.is_none(),
                "{} on {wire:?}: {begun}, {heard:?}",
                fault.name()
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_on_the_first_call_gives_it_no_good_answer() {
    on_each(|fault, wire| async move {
        if fault.sent() == Sent::Perhaps && fault.strikes() == Strikes::FirstCall {
            let server = fault.start(wire).await.unwrap();
            let heard = attempt(&server, LONG, PATIENCE).await;
            assert_ne!(
                heard.as_deref(),
                Some(&*good().to_bytes()),
                "{} on {wire:?}",
                fault.name()
            );
            // A reset on accept alone reads nothing, and so cannot count.
            if fault.name() != "reset on accept" {
                timeout(LONG, server.until(|tally| tally.requests_begun() == 1))
                    .await
                    .unwrap();
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_on_the_second_call_gives_the_first_a_good_answer() {
    on_each(|fault, wire| async move {
        if fault.strikes() == Strikes::SecondCall {
            let server = fault.start(wire).await.unwrap();
            let mut client = Client::connect(&server).await.unwrap();
            client.send(REQUEST).await.unwrap();
            client.hear_answer(&good()).await;
            let _ = client.send(REQUEST).await;
            let second = client.hear_up_to(1, PATIENCE).await.0;
            assert_ne!(second, good().to_bytes(), "{} on {wire:?}", fault.name());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_connection_gives_one_good_answer_before_its_fault() {
    on_each(|fault, wire| async move {
        if !fault.is_for_kept() {
            assert!(fault.start_kept(wire, &good(), &good()).await.is_err());
            return;
        }
        let server = fault.start_kept(wire, &good(), &good()).await.unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        client.hear_answer(&good()).await;
        let _ = client.send(REQUEST).await;
        let expected = good().to_bytes();
        let second = client.hear_up_to(expected.len(), PATIENCE).await.0;
        let what = format!("{} on {wire:?}", fault.name());
        assert_eq!(
            second == expected,
            fault.spares_kept(),
            "{what}: {second:?}"
        );
        // What a handshake lets through is no fault of it.
        let in_handshake = fault.sent() == Sent::Nothing;
        assert!(!in_handshake || fault.spares_kept(), "{what}");
        let third = attempt(&server, PATIENCE, PATIENCE).await;
        // A client that does not listen first takes an early answer for its own.
        if fault.row() != 40 {
            assert_ne!(third.as_deref(), Some(&*expected), "{what}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_each_fault_the_server_can_recover() {
    on_each(|fault, wire| async move {
        let server = fault
            .start_then(wire, faults::answer(&good()))
            .await
            .unwrap();
        attempt(&server, PATIENCE, PATIENCE).await;
        if server.tally().connections() == 0 {
            tokio::time::sleep(2 * NamedFault::OUTAGE).await;
        }
        let heard = attempt(&server, LONG, LONG).await;
        assert_eq!(
            heard.as_deref(),
            Some(&*good().to_bytes()),
            "{} on {wire:?}",
            fault.name()
        );
    })
    .await;
}

#[tokio::test]
async fn names_are_unique_and_rows_are_those_a_socket_can_play() {
    let all = catalogue(&good(), ELSEWHERE);
    let names: BTreeSet<_> = all.iter().map(NamedFault::name).collect();
    assert_eq!(names.len(), all.len());

    let rows: Vec<u8> = all
        .iter()
        .map(NamedFault::row)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(
        rows,
        [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 27,
            29, 30, 31, 32, 33, 40
        ]
    );
}

#[tokio::test]
async fn xml_is_damaged_as_xml() {
    let envelope = r#"<?xml version="1.0"?><a:b xmlns:a="urn:a"><c>1</c><d>2</d></a:b>"#;
    let good = Answer::json(envelope).header("content-type", "text/xml; charset=utf-8");
    let mut damaged = BTreeSet::new();
    for fault in catalogue(&good, ELSEWHERE) {
        if !matches!(fault.row(), 23 | 24) {
            continue;
        }
        let server = fault.start(Wire::Plain).await.unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        client.send(REQUEST).await.unwrap();
        let heard = client.hear_up_to(64 * 1024, PATIENCE).await.0;
        let heard = String::from_utf8_lossy(&heard).into_owned();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: text/xml"), "{}", fault.name());
        assert_ne!(body, envelope, "{}", fault.name());
        damaged.insert(body.to_owned());
    }
    assert_eq!(damaged.len(), 11, "{damaged:?}");
}

#[tokio::test]
async fn a_fault_of_the_provider_s_own_words_is_its_answer() {
    let refused = Answer::json(r#"{"code":7}"#).status(400);
    let fault = NamedFault::answering(28, "refused", &refused);
    assert_eq!((fault.row(), fault.name()), (28, "refused"));
    let server = fault.start(Wire::Plain).await.unwrap();
    assert_eq!(
        attempt(&server, LONG, LONG).await.unwrap(),
        refused.to_bytes()
    );
}

#[tokio::test]
async fn a_fault_is_not_played_where_it_means_another_thing() {
    for fault in catalogue(&good(), ELSEWHERE) {
        for wire in [Wire::Plain, Wire::Tls] {
            let started = fault.start(wire).await;
            assert_eq!(
                started.is_ok(),
                fault.wires().contains(&wire),
                "{} on {wire:?}",
                fault.name()
            );
        }
    }
}
