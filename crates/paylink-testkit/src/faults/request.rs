//! Faults while the request comes, or right after: no answer is given.

use crate::{Behaviour, Step};

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
