//! Answers which are good HTTP, and not what was asked for.
//!
//! Bodies that are nearly right are made by [`damage`](crate::damage).

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::faults::answer;
use crate::{Answer, Behaviour, Step};

const PAGE: &str =
    "<!doctype html><html lang=\"en\"><title>Notice</title><p>We will be back soon.</html>";

/// Sends the client elsewhere by this status, 301, 302, 303, 307 or 308 (27).
#[must_use]
pub fn redirect(status: u16, location: &str) -> Behaviour {
    answer(&Answer::new(status).header("location", location))
}

/// Answers 200 with a page for people, as a portal or a firewall does (22).
#[must_use]
pub fn html_page() -> Behaviour {
    answer(&Answer::html(PAGE))
}

/// Answers 200 with JSON announced, and an empty body (22).
#[must_use]
pub fn empty_body() -> Behaviour {
    answer(&Answer::json(Bytes::new()))
}

/// Gives the good answer as `text/plain` (22).
#[must_use]
pub fn wrong_content_type(good: &Answer) -> Behaviour {
    answer(&good.clone().header("content-type", "text/plain"))
}

/// Answers this status with a page for people (29 to 31, 33).
#[must_use]
pub fn foreign_status(status: u16) -> Behaviour {
    answer(&Answer::html(PAGE).status(status))
}

/// Answers this status with a page for people and asks the client to wait (32, also 30 and 33).
#[must_use]
pub fn retry_after(status: u16, wait: Duration) -> Behaviour {
    asked_to_wait(status, wait.as_secs().to_string())
}

/// Answers this status with a page for people and asks the client to wait until that moment, as an HTTP date (32).
#[must_use]
pub fn retry_after_date(status: u16, until: SystemTime) -> Behaviour {
    asked_to_wait(status, httpdate::fmt_http_date(until))
}

fn asked_to_wait(status: u16, wait: String) -> Behaviour {
    answer(
        &Answer::html(PAGE)
            .status(status)
            .header("retry-after", wait),
    )
}

/// Answers with a JSON string of this many bytes (21).
#[must_use]
pub fn oversized_body(bytes: usize) -> Behaviour {
    answer(&Answer::json(format!(
        "\"{}\"",
        "a".repeat(bytes.saturating_sub(2))
    )))
}

/// Answers with a body, in chunks, that never ends (21).
#[must_use]
pub fn endless_body() -> Behaviour {
    in_endless_chunks("application/json", "", &b"[[[[[[[[".repeat(512))
}

/// Answers with a compressed body, in chunks, that never ends and unpacks to 159 times its size (21).
#[must_use]
pub fn gzip_bomb() -> Behaviour {
    /// The gzip header, the beginning of one deflate block with fixed codes, and two zeros.
    const BEGINNING: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x63\x60";
    /// Eight times "repeat the last byte 258 times", which fills whole bytes.
    const MORE_ZEROS: &[u8] = b"\x18\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x28";

    let mut behaviour = in_endless_chunks(
        "application/json",
        "content-encoding: gzip\r\n",
        &MORE_ZEROS.repeat(512),
    );
    behaviour.steps.insert(2, Step::Write(chunk(BEGINNING)));
    behaviour
}

fn in_endless_chunks(content_type: &str, header: &str, bytes: &[u8]) -> Behaviour {
    let head = format!(
        "HTTP/1.1 200 \r\ncontent-type: {content_type}\r\n{header}transfer-encoding: chunked\r\n\r\n"
    );
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(head.into()),
        Step::Flood {
            bytes: chunk(bytes),
            pause: Duration::ZERO,
        },
    ])
}

fn chunk(bytes: &[u8]) -> Bytes {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"]
        .concat()
        .into()
}
