//! Answers that are not HTTP, or are nothing but head.

use std::time::Duration;

use bytes::Bytes;

use crate::{Behaviour, Step};

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
