//! Faults that only a client meets which keeps its connections.

use crate::faults::answer;
use crate::{Answer, Behaviour, Step};

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
