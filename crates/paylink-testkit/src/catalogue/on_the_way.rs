//! Faults of ports, handshakes, requests and kept connections.

use crate::catalogue::entries::{BOTH, PLAIN, in_handshake, nothing_sent, perhaps};
use crate::catalogue::{NamedFault, Play, Strikes};
use crate::{Answer, Certificate, faults};

pub(super) fn before_the_request(good: &Answer) -> Vec<NamedFault> {
    let shown = |certificate| faults::certificate(certificate, good);
    vec![
        nothing_sent(3, "connection refused", BOTH, Play::Refusing),
        nothing_sent(4, "connection attempt unanswered", BOTH, Play::Unresponsive),
        in_handshake(5, "handshake stalls", faults::stall_in_handshake()),
        in_handshake(6, "self-signed certificate", shown(Certificate::SelfSigned)),
        in_handshake(
            6,
            "certificate for another name",
            shown(Certificate::WrongName),
        ),
        in_handshake(6, "expired certificate", shown(Certificate::Expired)),
        in_handshake(6, "HTTP where TLS is due", faults::http_for_tls()),
        in_handshake(6, "garbage where TLS is due", faults::garbage_for_tls()),
        in_handshake(7, "handshake reset", faults::reset_in_handshake()),
        in_handshake(7, "handshake closed", faults::close_in_handshake()),
        in_handshake(7, "reset on accept, before TLS", faults::reset_on_accept()),
        in_handshake(7, "closed on accept, before TLS", faults::close_on_accept()),
        NamedFault {
            wires: PLAIN,
            ..perhaps(9, "reset on accept", faults::reset_on_accept())
        },
        NamedFault {
            wires: PLAIN,
            ..perhaps(9, "closed on accept", faults::close_on_accept())
        },
    ]
}

/// Over TLS alone: without it nothing keeps the client from sending before it hears the server.
pub(super) fn instead_of_listening(good: &Answer) -> Vec<NamedFault> {
    vec![
        in_handshake(
            40,
            "answer before the request",
            faults::answer_before_request(good),
        ),
        in_handshake(40, "banner before the request", faults::banner()),
    ]
}

pub(super) fn around_the_request() -> Vec<NamedFault> {
    vec![
        perhaps(
            9,
            "reset before the request is read",
            faults::reset_before_reading(),
        ),
        perhaps(
            9,
            "closed before the request is read",
            faults::close_before_reading(),
        ),
        perhaps(10, "reset in the upload", faults::reset_in_upload(1)),
        perhaps(10, "closed in the upload", faults::close_in_upload(1)),
        perhaps(
            11,
            "closed after the request",
            faults::close_after_request(),
        ),
        perhaps(11, "reset after the request", faults::reset_after_request()),
        perhaps(
            13,
            "silent after the request",
            faults::stall_after_request(),
        ),
        perhaps(13, "request never read", faults::reads_nothing()),
    ]
}

pub(super) fn kept_connections(good: &Answer) -> Vec<NamedFault> {
    let spare = good.clone().header("x-spare", "1");
    [
        perhaps(8, "idle connection closed", faults::close_when_idle(good)),
        perhaps(
            12,
            "reset on the second request",
            faults::reset_on_second_request(good),
        ),
        perhaps(26, "spare answer", faults::spare_answer(good, &spare)),
        perhaps(
            26,
            "late spare answer",
            faults::late_spare_answer(good, &spare),
        ),
    ]
    .map(|fault| NamedFault {
        strikes: Strikes::SecondCall,
        ..fault
    })
    .to_vec()
}
