//! Answers that take their time, or never end.

use std::time::Duration;

use bytes::Bytes;

use crate::{Answer, Behaviour, Step};

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
