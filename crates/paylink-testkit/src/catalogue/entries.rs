//! The list, and how its entries are made.

use crate::catalogue::in_the_answer::{
    damaged_json, other_statuses, slow_and_cut_answers, strange_answers,
};
use crate::catalogue::on_the_way::{
    around_the_request, before_the_request, instead_of_listening, kept_connections,
};
use crate::catalogue::{NamedFault, Play, Sent, Strikes};
use crate::{Answer, Behaviour, Wire};

/// Lists every fault that a socket can play.
///
/// `good` is the answer, with a JSON object as its body, which the tested call takes for a success. `elsewhere` is a
/// URL on another host (best that of a second server, which then proves that nobody came) for the redirects.
///
/// | row | what goes wrong |
/// |---|---|
/// | 3 | nobody listens: the connection is refused |
/// | 4 | nothing answers: connecting takes longer than the client waits |
/// | 5 | the TLS handshake takes longer than the client waits |
/// | 6 | the certificate is bad, or there is no TLS at all |
/// | 7 | the connection ends before the TLS handshake does |
/// | 8 | the server has closed a kept connection before the next request |
/// | 9 | the connection ends before the server reads the request |
/// | 10 | the connection ends in the middle of the upload |
/// | 11 | the connection ends after the whole request, without an answer |
/// | 12 | the server ends a kept connection while the next request is being written |
/// | 13 | the head of the answer never comes, or not in time; or the request is not read |
/// | 15 | the head of the answer is cut, oversized, contradictory or not HTTP |
/// | 16 | interim answers without end |
/// | 17 | the body stalls |
/// | 18 | the body is cut, and its framing shows it |
/// | 19 | the body is cut, and nothing shows it |
/// | 20 | the body is longer than announced |
/// | 21 | the body is too large, packed or not |
/// | 22 | a page, nothing, or another content type with status 200; another status of success |
/// | 23 | a byte order mark before the JSON |
/// | 24 | text which is not, or not exactly, the JSON it should be |
/// | 26 | two answers to one request on a kept connection |
/// | 27 | a redirect |
/// | 29 | a 4xx that is not in the provider's own format |
/// | 30 | a 4xx that asks for another try |
/// | 31 | a 4xx that blames the size |
/// | 32 | too many requests |
/// | 33 | a 5xx |
/// | 40 | bytes from the server before the request |
///
/// The rows between are for the client alone to play (a lookup that fails, a dropped future) or for the provider's
/// own envelope (a refusal, an answer to another question).
#[must_use]
pub fn catalogue(good: &Answer, elsewhere: &str) -> Vec<NamedFault> {
    let mut faults = [
        before_the_request(good),
        around_the_request(),
        instead_of_listening(good),
        kept_connections(good),
        slow_and_cut_answers(good),
        strange_answers(good),
        damaged_json(good),
        other_statuses(elsewhere),
    ]
    .concat();
    faults.sort_by_key(|fault| fault.row);
    faults
}

pub(super) const PLAIN: &[Wire] = &[Wire::Plain];
const TLS: &[Wire] = &[Wire::Tls];
pub(super) const BOTH: &[Wire] = &[Wire::Plain, Wire::Tls];

pub(super) fn nothing_sent(
    row: u8,
    name: &'static str,
    wires: &'static [Wire],
    play: Play,
) -> NamedFault {
    NamedFault {
        row,
        name,
        sent: Sent::Nothing,
        strikes: Strikes::FirstCall,
        wires,
        play,
    }
}

pub(super) fn in_handshake(row: u8, name: &'static str, fault: Behaviour) -> NamedFault {
    nothing_sent(row, name, TLS, Play::Behaving(fault))
}

pub(super) fn perhaps(row: u8, name: &'static str, fault: Behaviour) -> NamedFault {
    let play = Play::Behaving(fault);
    NamedFault {
        row,
        name,
        sent: Sent::Perhaps,
        strikes: Strikes::FirstCall,
        wires: BOTH,
        play,
    }
}
