//! Faults before HTTP begins.
//!
//! Over TLS they come before a byte of a request can have left. Without TLS nothing keeps the client from sending.

use crate::faults::answer;
use crate::{Answer, Behaviour, Certificate, Step};

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
