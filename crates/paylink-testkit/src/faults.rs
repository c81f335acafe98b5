//! Faults by name: each gives the [`Behaviour`] of one connection.
//!
//! The number in parentheses is the row of the fault table that [`catalogue`](crate::catalogue()) explains. A port which
//! refuses, or which does not answer, is no behaviour of a connection:
//! see [`FaultServer::refusing`](crate::FaultServer::refusing) and
//! [`FaultServer::unresponsive`](crate::FaultServer::unresponsive).

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::{Answer, Behaviour, Certificate, Step};

/// Answers every request on the connection, which is kept open.
#[must_use]
pub fn answer(good: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(good.to_bytes()),
        Step::StartOver,
    ])
}

/// Answers every request on the connection, in one chunk instead of by a length.
#[must_use]
pub fn answer_in_chunks(good: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(good.chunked()),
        Step::StartOver,
    ])
}

/// Answers one request, says that it will close the connection, and does.
#[must_use]
pub fn answer_and_close(good: &Answer) -> Behaviour {
    let last = good.clone().header("connection", "close");
    Behaviour::new([Step::ReadRequest, Step::Write(last.to_bytes()), Step::Close])
}

/// Resets the connection when a request begins to come, all but its first byte unread (9).
#[must_use]
pub fn reset_before_reading() -> Behaviour {
    Behaviour::new([Step::ReadBytes(1), Step::Reset])
}

/// Closes the connection before a request has come; over TLS after a good handshake (9).
#[must_use]
pub fn close_before_reading() -> Behaviour {
    Behaviour::new([Step::Close])
}

/// Resets the connection when this many bytes of the body have come (10).
#[must_use]
pub fn reset_in_upload(after: usize) -> Behaviour {
    Behaviour::new([Step::ReadHead, Step::ReadBytes(after), Step::Reset])
}

/// Closes the connection when this many bytes of the body have come (10).
#[must_use]
pub fn close_in_upload(after: usize) -> Behaviour {
    Behaviour::new([Step::ReadHead, Step::ReadBytes(after), Step::Close])
}

/// Reads the whole request, then closes the connection without an answer (11).
#[must_use]
pub fn close_after_request() -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Close])
}

/// Reads the whole request, then resets the connection without an answer (11).
#[must_use]
pub fn reset_after_request() -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Reset])
}

/// Reads the whole request, then says nothing and stays (13).
#[must_use]
pub fn stall_after_request() -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Stall])
}

/// Never reads the request but for one byte, and stays; a long upload comes to a halt (13).
#[must_use]
pub fn reads_nothing() -> Behaviour {
    Behaviour::new([Step::Stall]).with_small_window()
}

/// Gives its answer before anything was asked, and reads the request afterwards, should one come (40).
#[must_use]
pub fn answer_before_request(answer: &Answer) -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Stall]).with_greeting(answer.to_bytes())
}

/// Says something that is not HTTP before anything was asked, as servers of other protocols do (40).
#[must_use]
pub fn banner() -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Stall]).with_greeting("SSH-2.0-loopback\r\n")
}

/// Gives its answer when a request begins to come, and reads no more of it (39).
///
/// A request that fits into the buffers between has left the client by then, and nobody there can tell.
#[must_use]
pub fn answer_before_reading(answer: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadBytes(1),
        Step::Write(answer.to_bytes()),
        Step::Stall,
    ])
    .with_small_window()
}

/// Resets the connection as soon as it is accepted (7 over TLS, 9 without).
#[must_use]
pub fn reset_on_accept() -> Behaviour {
    Behaviour::instead_of_handshake([Step::Reset])
}

/// Closes the connection as soon as it is accepted (7 over TLS, 9 without).
#[must_use]
pub fn close_on_accept() -> Behaviour {
    Behaviour::instead_of_handshake([Step::Close])
}

/// Lets the client begin a TLS handshake and says nothing (5).
#[must_use]
pub fn stall_in_handshake() -> Behaviour {
    Behaviour::instead_of_handshake([Step::Stall])
}

/// Resets the connection once the client has begun a TLS handshake (7).
#[must_use]
pub fn reset_in_handshake() -> Behaviour {
    Behaviour::instead_of_handshake([Step::ReadBytes(1), Step::Reset])
}

/// Closes the connection once the client has begun a TLS handshake (7).
#[must_use]
pub fn close_in_handshake() -> Behaviour {
    Behaviour::instead_of_handshake([Step::ReadBytes(1), Step::Close])
}

/// Answers the beginning of a TLS handshake in plain HTTP, as a wrong port does (6).
#[must_use]
pub fn http_for_tls() -> Behaviour {
    let told = Answer::html("The plain HTTP request was sent to the wrong port").status(400);
    Behaviour::instead_of_handshake([
        Step::ReadBytes(1),
        Step::Write(told.to_bytes()),
        Step::Close,
    ])
}

/// Answers the beginning of a TLS handshake with bytes that are neither TLS nor HTTP (6).
#[must_use]
pub fn garbage_for_tls() -> Behaviour {
    Behaviour::instead_of_handshake([
        Step::ReadBytes(1),
        Step::Write("SSH-2.0-loopback\r\n".into()),
        Step::Close,
    ])
}

/// Shows this certificate, and gives a good answer to a client that takes it (6, unless it is the trusted one).
#[must_use]
pub fn certificate(shown: Certificate, good: &Answer) -> Behaviour {
    answer(good).with_certificate(shown)
}

/// Gives a good answer after this time (13 if the client does not wait so long).
#[must_use]
pub fn answer_after(delay: Duration, good: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Pause(delay),
        Step::Write(good.to_bytes()),
        Step::StartOver,
    ])
}

/// Gives a good answer byte by byte, with this pause after each byte of its head (13).
#[must_use]
pub fn drip_head(pause: Duration, good: &Answer) -> Behaviour {
    let mut head = good.to_bytes();
    let body = head.split_off(head.len() - good.body_bytes().len());
    Behaviour::new([
        Step::ReadRequest,
        Step::Drip { bytes: head, pause },
        Step::Write(body),
        Step::StartOver,
    ])
}

/// Gives half of the head, then says nothing and stays (13).
#[must_use]
pub fn stall_in_head(good: &Answer) -> Behaviour {
    let whole = good.to_bytes();
    let head = whole.len() - good.body_bytes().len();
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(first(&whole, head / 2)),
        Step::Stall,
    ])
}

/// Gives the head and this many bytes of the body, then says nothing and stays (17).
#[must_use]
pub fn stall_in_body(after: usize, good: &Answer) -> Behaviour {
    let whole = good.to_bytes();
    let head = whole.len() - good.body_bytes().len();
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(first(&whole, head + after)),
        Step::Stall,
    ])
}

fn first(bytes: &Bytes, count: usize) -> Bytes {
    let mut bytes = bytes.clone();
    bytes.truncate(count);
    bytes
}

/// Closes the connection within the head of the answer (15).
#[must_use]
pub fn close_in_head(good: &Answer) -> Behaviour {
    let head = good.to_bytes().len() - good.body_bytes().len();
    last_words(without_end(
        good.to_bytes(),
        good.body_bytes().len() + head / 2,
    ))
}

/// Closes the connection in the middle of a body whose length was announced (18).
#[must_use]
pub fn cut_by_length(good: &Answer) -> Behaviour {
    last_words(without_end(good.to_bytes(), half(good)))
}

/// Closes the connection in the middle of a chunk (18).
#[must_use]
pub fn cut_in_chunks(good: &Answer) -> Behaviour {
    const LAST_CHUNK: usize = b"\r\n0\r\n\r\n".len();
    last_words(without_end(good.chunked(), LAST_CHUNK + half(good)))
}

/// Closes the connection in the middle of a body that announced no length, and so looks complete (19).
#[must_use]
pub fn cut_without_length(good: &Answer) -> Behaviour {
    last_words(without_end(good.until_close(), half(good)))
}

/// Announces half the length of the body, and sends all of it (20).
#[must_use]
pub fn length_too_short(good: &Answer) -> Behaviour {
    last_words(good.with_lengths(&[half(good)]))
}

/// Announces two different lengths (15).
#[must_use]
pub fn two_lengths(good: &Answer) -> Behaviour {
    let length = good.body_bytes().len();
    last_words(good.with_lengths(&[length, length + 1]))
}

fn last_words(bytes: Bytes) -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Write(bytes), Step::Close])
}

fn half(answer: &Answer) -> usize {
    answer.body_bytes().len() / 2
}

fn without_end(mut bytes: Bytes, missing: usize) -> Bytes {
    bytes.truncate(bytes.len().saturating_sub(missing));
    bytes
}

/// Answers with bytes that are not HTTP (15).
#[must_use]
pub fn garbage() -> Behaviour {
    let noise = Bytes::from_static(b"\x00\xff\x16\x03 this is no HTTP \xfe\r\n\r\n");
    Behaviour::new([Step::ReadRequest, Step::Write(noise), Step::Close])
}

/// Answers with a head of this many bytes or a little more, in one header, and an empty body (15).
#[must_use]
pub fn huge_head(bytes: usize) -> Behaviour {
    let head = format!(
        "HTTP/1.1 200 \r\ncontent-length: 0\r\nx-huge: {}\r\n\r\n",
        "a".repeat(bytes)
    );
    Behaviour::new([Step::ReadRequest, Step::Write(head.into()), Step::Close])
}

/// Answers with headers that never end (15).
#[must_use]
pub fn endless_headers() -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Write("HTTP/1.1 200 \r\n".into()),
        Step::Flood {
            bytes: "x-more: and more\r\n".repeat(64).into(),
            pause: Duration::ZERO,
        },
    ])
}

/// Answers "wait" (a 1xx status) for ever (16).
#[must_use]
pub fn endless_informational() -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Flood {
            bytes: "HTTP/1.1 102 Processing\r\n\r\n".into(),
            // Fast enough to defeat a timeout between two reads, and slow enough to leave the processor to the client.
            pause: Duration::from_millis(2),
        },
    ])
}

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

/// Answers one request and then, without a word, closes the idle connection (8).
#[must_use]
pub fn close_when_idle(good: &Answer) -> Behaviour {
    Behaviour::new([Step::ReadRequest, Step::Write(good.to_bytes()), Step::Close])
}

/// Answers one request, and resets the connection when the next begins to come (12).
#[must_use]
pub fn reset_on_second_request(good: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(good.to_bytes()),
        Step::ReadBytes(1),
        Step::Reset,
    ])
}

/// Answers each request twice at once (26).
///
/// A client that looks at an idle connection sees that something is wrong with it.
#[must_use]
pub fn spare_answer(good: &Answer, spare: &Answer) -> Behaviour {
    let mut behaviour = answer(good);
    behaviour.steps.insert(2, Step::Write(spare.to_bytes()));
    behaviour
}

/// Answers one request, and gives a spare answer to it as soon as the next request begins to come (26).
///
/// No client can tell it from the answer to that next request, which gets none.
#[must_use]
pub fn late_spare_answer(good: &Answer, spare: &Answer) -> Behaviour {
    Behaviour::new([
        Step::ReadRequest,
        Step::Write(good.to_bytes()),
        Step::ReadBytes(1),
        Step::Write(spare.to_bytes()),
        Step::ReadRequest,
        Step::Stall,
    ])
}
