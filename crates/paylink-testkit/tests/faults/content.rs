//! Answers which are good HTTP, and not what was asked for.

use std::time::{Duration, UNIX_EPOCH};

use paylink_testkit::{Answer, FaultServer, Wire, damage, faults};

use crate::client::{Client, End, LONG, REQUEST, answered, ended, good, sent};

#[tokio::test]
async fn redirects_name_the_place_given() {
    for status in [301, 302, 303, 307, 308] {
        let heard = answered(
            Wire::Plain,
            faults::redirect(status, "https://other.example/x"),
        )
        .await;
        let head = format!(
            "HTTP/1.1 {status} \r\nlocation: https://other.example/x\r\ncontent-length: 0\r\n\r\n"
        );
        assert_eq!(heard, head);
    }
}

#[tokio::test]
async fn pages_come_as_html() {
    for (fault, status) in [
        (faults::html_page(), 200),
        (faults::foreign_status(503), 503),
    ] {
        let heard = answered(Wire::Plain, fault).await;
        assert!(
            heard.starts_with(&format!("HTTP/1.1 {status} \r\ncontent-type: text/html")),
            "{heard}"
        );
        assert!(heard.contains("\r\n\r\n<!doctype html>"), "{heard}");
    }
}

#[tokio::test]
async fn a_wait_is_asked_for_in_seconds() {
    let heard = answered(
        Wire::Plain,
        faults::retry_after(429, Duration::from_secs(7)),
    )
    .await;
    assert!(
        heard.starts_with("HTTP/1.1 429 \r\n") && heard.contains("\r\nretry-after: 7\r\n"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_wait_can_be_a_date() {
    let heard = answered(Wire::Plain, faults::retry_after_date(429, UNIX_EPOCH)).await;
    assert!(
        heard.contains("\r\nretry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
        "{heard}"
    );
}

#[tokio::test]
async fn an_empty_body_is_announced_as_json() {
    let heard = answered(Wire::Plain, faults::empty_body()).await;
    assert_eq!(
        heard,
        "HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n"
    );
}

#[tokio::test]
async fn a_wrong_content_type_replaces_the_right_one() {
    let heard = answered(Wire::Plain, faults::wrong_content_type(&good())).await;
    assert!(
        heard.contains("content-type: text/plain\r\n") && !heard.contains("application/json"),
        "{heard}"
    );
    assert!(heard.as_bytes().ends_with(good().body_bytes()));
}

#[tokio::test]
async fn an_oversized_body_has_the_size_given() {
    let heard = answered(Wire::Plain, faults::oversized_body(1000)).await;
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("content-length: 1000"));
    assert_eq!(body.len(), 1000);
    assert!(serde_json::from_str::<String>(body).is_ok());
}

#[tokio::test]
async fn an_endless_body_does_not_end() {
    for wire in [Wire::Plain, Wire::Tls] {
        let (heard, end) = ended(wire, faults::endless_body()).await;
        assert_eq!(end, End::Enough);
        assert!(
            heard.contains("transfer-encoding: chunked\r\n\r\n1000\r\n[[[["),
            "{}",
            heard.chars().take(200).collect::<String>()
        );
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_gzip_that_unpacks_to_zeros_without_end() {
    let (mut client, _server) = sent(Wire::Plain, faults::gzip_bomb()).await;
    let (heard, end) = client.hear_to_end().await;
    assert_eq!(end, End::Enough);
    let head_end = heard
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    let head = String::from_utf8_lossy(&heard[..head_end]);
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");

    let packed = unchunked(&heard[head_end..]);
    let deflated = packed
        .strip_prefix(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
        .unwrap();
    let zeros = zeros_in(deflated);
    assert!(zeros > 150 * packed.len(), "{zeros} from {}", packed.len());
}

/// The data of all complete chunks.
fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        let Some(chunk) = body.get(end + 2..end + 2 + size) else {
            break;
        };
        data.extend_from_slice(chunk);
        body = body.get(end + 4 + size..).unwrap_or_default();
    }
    data
}

/// Unpacks deflate (RFC 1951) as far as it is a block with fixed codes of two zeros and their repetition.
fn zeros_in(deflated: &[u8]) -> usize {
    let mut bits = deflated
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    let mut take = |count| (0..count).map(|_| bits.next()).collect::<Option<Vec<u8>>>();
    assert_eq!(
        take(3).unwrap(),
        [1, 1, 0],
        "the last block, with fixed codes"
    );
    for _ in 0..2 {
        assert_eq!(take(8).unwrap(), [0, 0, 1, 1, 0, 0, 0, 0], "the literal 0");
    }
    let mut zeros = 2;
    while let Some(code) = take(13) {
        assert_eq!(
            code,
            [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
            "258 bytes again, from 1 byte back"
        );
        zeros += 258;
    }
    zeros
}

#[tokio::test]
async fn damaged_json_comes_as_damaged() {
    let damaged = good().body(damage::with_invalid_utf8(&damage::with_bom(
        good().body_bytes(),
    )));
    let (mut client, _server) = sent(Wire::Plain, faults::answer(&damaged)).await;
    let (heard, _) = client.hear_up_to(damaged.to_bytes().len(), LONG).await;
    assert_eq!(heard, damaged.to_bytes());
}

#[tokio::test]
async fn a_kept_connection_serves_many_requests() {
    for fault in [
        faults::answer(&good()),
        faults::answer_after(Duration::from_millis(1), &good()),
    ] {
        let server = FaultServer::start(Wire::Tls, fault).await.unwrap();
        let mut client = Client::connect(&server).await.unwrap();
        for _ in 0..3 {
            client.send(REQUEST).await.unwrap();
            client.hear_answer(&good()).await;
        }
        let tally = server.tally();
        assert_eq!((tally.connections(), tally.requests_complete()), (1, 3));
    }
}

#[tokio::test]
async fn a_header_is_set_once() {
    let answer = Answer::json("{}")
        .header("Content-Type", "a/b")
        .header("x", "1")
        .header("x", "2");
    assert_eq!(
        answer.to_bytes(),
        "HTTP/1.1 200 \r\nContent-Type: a/b\r\nx: 2\r\ncontent-length: 2\r\n\r\n{}"
    );
}
