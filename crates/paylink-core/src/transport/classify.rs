//! What a failure of the HTTP stack means. Nothing of its own errors is kept but the operating system's code: their
//! texts hold URLs.

use std::error::Error as StdError;
use std::io;

use super::fault::{Again, Fault, Proof};
use super::listening::SpokeFirst;
use super::tls::Unresolved;
use super::witness::Witness;
use crate::ErrorKind;

/// The request failed before the head of an answer came.
pub(super) fn sending(error: &reqwest::Error, witness: &Witness) -> Fault {
    let source = os_error(error);
    if !witness.proves_unsent() {
        return lost(error).with_source(source);
    }
    let (kind, again, message) = if witness.has_expired() {
        (
            ErrorKind::Timeout,
            Again::Never,
            "the time is over by which the handle says that the request had left; nothing was sent: make the call again",
        )
    } else if spoke_first(error) {
        // Who speaks out of turn is not to be trusted with a request: an alarm, not a reason to try again.
        (
            ErrorKind::Untrusted,
            Again::Never,
            "the server spoke before it was asked; nothing was sent",
        )
    } else if find::<Unresolved>(error).is_some() {
        (
            ErrorKind::Dns,
            Again::Yes,
            "the provider's host name could not be resolved; nothing was sent",
        )
    } else if let Some(problem) = find::<rustls::Error>(error) {
        let (again, message) = tls(problem);
        (ErrorKind::Tls, again, message)
    } else if error.is_timeout() {
        (
            ErrorKind::Timeout,
            Again::Yes,
            "no connection came about in time; nothing was sent",
        )
    } else if find::<io::Error>(error)
        .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    {
        (
            ErrorKind::Connect,
            Again::Yes,
            "the connection was refused; nothing was sent",
        )
    } else if error.is_builder() {
        (
            ErrorKind::Configuration,
            Again::Never,
            "the request could not be put together; nothing was sent",
        )
    } else {
        (
            ErrorKind::Connect,
            Again::Yes,
            "no connection came about; nothing was sent",
        )
    };
    Fault::new(kind, Proof::Unsent, again, message).with_source(source)
}

/// The head of an answer came, its body did not.
pub(super) fn receiving(error: &reqwest::Error) -> Fault {
    lost(error).with_source(os_error(error))
}

/// Something may have been sent and no whole answer came.
fn lost(error: &reqwest::Error) -> Fault {
    let broken = find::<hyper::Error>(error)
        .is_some_and(|error| error.is_parse() || error.is_parse_status());
    if broken {
        Fault::new(
            ErrorKind::Protocol,
            Proof::Nothing,
            Again::Yes,
            "the answer is not proper HTTP",
        )
    } else {
        Fault::new(
            ErrorKind::Disconnected,
            Proof::Nothing,
            Again::Yes,
            "the connection broke before a whole answer came",
        )
    }
}

/// A server that cannot prove who it is will not be able to a moment later; it is an alarm, not a reason to retry.
fn tls(problem: &rustls::Error) -> (Again, &'static str) {
    use rustls::{CertificateError, Error};

    match problem {
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => (
            Again::Never,
            "the server's certificate has expired; nothing was sent",
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            Again::Never,
            "the server's certificate is for another name; nothing was sent",
        ),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => (
            Again::Never,
            "the server's certificate comes from nobody this machine trusts; nothing was sent",
        ),
        Error::InvalidCertificate(_) => (
            Again::Never,
            "the server's certificate was not accepted; nothing was sent",
        ),
        Error::InvalidMessage(_) => (
            Again::Never,
            "the server does not speak TLS; nothing was sent",
        ),
        _ => (Again::Never, "the TLS handshake failed; nothing was sent"),
    }
}

/// Whether bytes came before anything was asked: while the connection was listened to, or as hyper took it over.
fn spoke_first(error: &reqwest::Error) -> bool {
    // hyper has a kind for it and no predicate; its words are pinned by a test.
    const IN_HYPERS_WORDS: &str = "received unexpected message from connection";

    find::<SpokeFirst>(error).is_some()
        || chain(error)
            .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
            .any(|cause| cause.to_string() == IN_HYPERS_WORDS)
}

/// The first cause of this type in the chain.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(<dyn StdError>::downcast_ref::<T>)
}

/// An error and its causes, also those that are wrapped into an I/O error.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&current| {
        let wrapped = current
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        wrapped.or_else(|| current.source())
    })
}

/// The operating system's own error, made anew from its code: it holds nothing else.
fn os_error(error: &reqwest::Error) -> Option<io::Error> {
    find::<io::Error>(error)?
        .raw_os_error()
        .map(io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests;
