//! No fault: what a server does before, between and after faults.

use crate::{Answer, Behaviour, Step};

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
