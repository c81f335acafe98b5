//! Answers whose end is not where they say.

use bytes::Bytes;

use crate::{Answer, Behaviour, Step};

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
