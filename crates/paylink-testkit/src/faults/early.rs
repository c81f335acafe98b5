//! Bytes that come before their time.

use crate::{Answer, Behaviour, Step};

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
