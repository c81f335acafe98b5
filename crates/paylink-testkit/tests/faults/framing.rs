//! Answers whose end is not where they say.

use paylink_testkit::faults;

use crate::client::{End, WIRES, ended, good, sent};

const BODY: &str = r#"{"success":true,"result":{"status":"pending"}}"#;
const HALF: &str = r#"{"success":true,"result"#;

#[tokio::test]
async fn closed_in_the_head() {
    for wire in WIRES {
        let (heard, end) = ended(wire, faults::close_in_head(&good())).await;
        assert_eq!(end, End::Closed);
        assert!(
            heard.starts_with("HTTP/1.1 200 \r\n") && !heard.contains("\r\n\r\n"),
            "{heard:?}"
        );
    }
}

#[tokio::test]
async fn cut_in_the_body() {
    for wire in WIRES {
        for (fault, framing, body) in [
            (
                faults::cut_by_length(&good()),
                "content-length: 46",
                HALF.to_owned(),
            ),
            (
                faults::cut_in_chunks(&good()),
                "transfer-encoding: chunked",
                format!("2e\r\n{HALF}"),
            ),
            (
                faults::cut_without_length(&good()),
                "connection: close",
                HALF.to_owned(),
            ),
        ] {
            let (heard, end) = ended(wire, fault).await;
            let (head, rest) = heard.split_once("\r\n\r\n").unwrap();
            assert_eq!(end, End::Closed);
            assert!(head.ends_with(framing), "{head}");
            assert_eq!(rest, body);
        }
    }
}

#[tokio::test]
async fn longer_than_announced() {
    let (heard, _) = ended(WIRES[0], faults::length_too_short(&good())).await;
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("content-length: 23"), "{head}");
    assert_eq!(body, BODY);
}

#[tokio::test]
async fn two_lengths() {
    let (heard, _) = ended(WIRES[0], faults::two_lengths(&good())).await;
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(
        head.ends_with("content-length: 46\r\ncontent-length: 47"),
        "{head}"
    );
    assert_eq!(body, BODY);
}

#[tokio::test]
async fn an_answer_in_chunks_is_whole() {
    let (mut client, _server) = sent(WIRES[0], faults::answer_in_chunks(&good())).await;
    let head =
        "HTTP/1.1 200 \r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    client
        .hear_exactly(format!("{head}2e\r\n{BODY}\r\n0\r\n\r\n").as_bytes())
        .await;
}
