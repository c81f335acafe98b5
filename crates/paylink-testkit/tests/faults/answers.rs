//! Answers that are damaged, cut, slow, early or not what was asked for.

use std::time::{Duration, Instant, UNIX_EPOCH};

use paylink_testkit::{Answer, Wire, damage, faults};

use crate::client::{End, LONG, REQUEST, WIRES, answered, connected, ended, good, sent};

#[tokio::test]
async fn redirects_name_the_place_given() {
    for status in [301, 302, 303, 307, 308] {
        let fault = faults::redirect(status, "https://other.example/x");
        let heard = answered(Wire::Plain, fault).await;
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
        let start = format!("HTTP/1.1 {status} \r\ncontent-type: text/html");
        assert!(heard.starts_with(&start), "{heard}");
        assert!(heard.contains("\r\n\r\n<!doctype html>"), "{heard}");
    }
}

#[tokio::test]
async fn a_wait_is_asked_for_in_seconds_or_by_a_date() {
    for (fault, wait) in [
        (faults::retry_after(429, Duration::from_secs(7)), "7"),
        (
            faults::retry_after_date(429, UNIX_EPOCH),
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ),
    ] {
        let heard = answered(Wire::Plain, fault).await;
        assert!(heard.starts_with("HTTP/1.1 429 \r\n"), "{heard}");
        let header = format!("\r\nretry-after: {wait}\r\n");
        assert!(heard.contains(&header), "{heard}");
    }
}

#[tokio::test]
async fn an_empty_body_is_announced_as_json() {
    let heard = answered(Wire::Plain, faults::empty_body()).await;
    let head = "HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(heard, head);
}

#[tokio::test]
async fn a_wrong_content_type_replaces_the_right_one() {
    let heard = answered(Wire::Plain, faults::wrong_content_type(&good())).await;
    assert!(heard.contains("content-type: text/plain\r\n"), "{heard}");
    assert!(!heard.contains("application/json"), "{heard}");
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
        let begun = "transfer-encoding: chunked\r\n\r\n1000\r\n[[[[";
        let shown: String = heard.chars().take(200).collect();
        assert!(heard.contains(begun), "{shown}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_gzip_that_unpacks_to_zeros_without_end() {
    let (mut client, _server) = sent(Wire::Plain, faults::gzip_bomb()).await;
    let (heard, end) = client.hear_to_end().await;
    assert_eq!(end, End::Enough);
    let mut windows = heard.windows(4);
    let head_end = windows.position(|it| it == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&heard[..head_end]);
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");

    let packed = unchunked(&heard[head_end..]);
    let deflated = packed.strip_prefix(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff");
    let zeros = zeros_in(deflated.unwrap());
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
    let bytes = deflated.iter();
    let mut bits = bytes.flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    let mut take = |count| (0..count).map(|_| bits.next()).collect::<Option<Vec<u8>>>();
    // The last block, with fixed codes.
    assert_eq!(take(3).unwrap(), [1, 1, 0]);
    for _ in 0..2 {
        assert_eq!(take(8).unwrap(), [0, 0, 1, 1, 0, 0, 0, 0], "the literal 0");
    }
    let mut zeros = 2;
    while let Some(code) = take(13) {
        // 258 bytes again, from 1 byte back.
        assert_eq!(code, [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
        zeros += 258;
    }
    zeros
}

#[tokio::test]
async fn damaged_json_comes_as_damaged() {
    let marked = damage::with_bom(good().body_bytes());
    let damaged = good().body(damage::with_invalid_utf8(&marked));
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
        let (mut client, server) = connected(Wire::Tls, fault).await;
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
    let answer = Answer::json("{}").header("Content-Type", "a/b");
    let answer = answer.header("x", "1").header("x", "2");
    let whole = "HTTP/1.1 200 \r\nContent-Type: a/b\r\nx: 2\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(answer.to_bytes(), whole);
}

const BODY: &str = r#"{"success":true,"result":{"status":"pending"}}"#;
const HALF: &str = r#"{"success":true,"result"#;

#[tokio::test]
async fn closed_in_the_head() {
    for wire in WIRES {
        let (heard, end) = ended(wire, faults::close_in_head(&good())).await;
        assert_eq!(end, End::Closed);
        assert!(heard.starts_with("HTTP/1.1 200 \r\n"), "{heard:?}");
        assert!(!heard.contains("\r\n\r\n"), "{heard:?}");
    }
}

#[tokio::test]
async fn cut_in_the_body() {
    for wire in WIRES {
        let (half, chunk) = (HALF.to_owned(), format!("2e\r\n{HALF}"));
        let (length, chunks) = ("content-length: 46", "transfer-encoding: chunked");
        for (fault, framing, body) in [
            (faults::cut_by_length(&good()), length, &half),
            (faults::cut_in_chunks(&good()), chunks, &chunk),
            (
                faults::cut_without_length(&good()),
                "connection: close",
                &half,
            ),
        ] {
            let (heard, end) = ended(wire, fault).await;
            let (head, rest) = heard.split_once("\r\n\r\n").unwrap();
            assert_eq!(end, End::Closed);
            assert!(head.ends_with(framing), "{head}");
            assert_eq!(rest, *body);
        }
    }
}

#[tokio::test]
async fn longer_than_announced_or_with_two_lengths() {
    let two = "content-length: 46\r\ncontent-length: 47";
    for (fault, lengths) in [
        (faults::length_too_short(&good()), "content-length: 23"),
        (faults::two_lengths(&good()), two),
    ] {
        let (heard, _) = ended(WIRES[0], fault).await;
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(lengths), "{head}");
        assert_eq!(body, BODY);
    }
}

#[tokio::test]
async fn an_answer_in_chunks_is_whole() {
    let (mut client, _server) = sent(WIRES[0], faults::answer_in_chunks(&good())).await;
    let head = "HTTP/1.1 200 \r\ncontent-type: application/json\r\ntransfer-encoding: chunked";
    let whole = format!("{head}\r\n\r\n2e\r\n{BODY}\r\n0\r\n\r\n");
    client.hear_exactly(whole.as_bytes()).await;
}

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
        let (mut client, _server) = sent(wire, faults::endless_informational()).await;
        let interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(5);
        client.hear_exactly(interim.as_bytes()).await;
    }
}

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
    let (mut client, _server) = connected(Wire::Plain, faults::drip_head(pause, &answer)).await;
    let started = Instant::now();
    client.send(REQUEST).await.unwrap();
    client.hear_answer(&answer).await;
    assert!(started.elapsed() >= pause * u32::try_from(head).unwrap());
}

#[tokio::test]
async fn a_head_stalls() {
    for wire in WIRES {
        let (mut client, _server) = sent(wire, faults::stall_in_head(&good())).await;
        let begun = b"HTTP/1.1 200 \r\ncontent-type: appli";
        client.hear_exactly(begun).await;
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

#[tokio::test]
async fn an_answer_comes_before_the_request() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::answer_before_request(&good())).await;
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
        let (mut client, _server) = connected(wire, faults::banner()).await;
        let (heard, _) = client.hear_up_to(b"SSH-2.0-loopback\r\n".len(), LONG).await;
        assert_eq!(heard, b"SSH-2.0-loopback\r\n");
    }
}

#[tokio::test]
async fn an_answer_comes_while_the_request_is_not_read() {
    for wire in WIRES {
        let (mut client, server) = connected(wire, faults::answer_before_reading(&good())).await;
        client.send(&REQUEST[..1]).await.unwrap();
        client.hear_answer(&good()).await;
        assert_eq!(server.tally().requests_complete(), 0);
    }
}

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
        let (mut client, server) = sent(wire, faults::reset_on_second_request(&good())).await;
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
        let (mut client, server) = connected(wire, faults::spare_answer(&good(), &spare)).await;
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
        let (mut client, server) = sent(wire, faults::late_spare_answer(&good(), &spare)).await;
        client.hear_answer(&good()).await;
        client.hear_nothing().await;

        client.send(REQUEST).await.unwrap();
        client.hear_answer(&spare).await;
        client.hear_nothing().await;
        assert_eq!(server.tally().requests_complete(), 2);
    }
}
