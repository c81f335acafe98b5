//! Faults before HTTP begins.

use std::io;

use paylink_testkit::{Behaviour, Certificate, FaultServer, Wire, faults};
use rustls::CertificateError;
use tokio::time::timeout;

use crate::client::{Client, End, PATIENCE, REQUEST, good, sent};

/// The error with which the handshake ends; no byte of HTTP may have come.
async fn handshake_error(fault: Behaviour) -> io::Error {
    let server = FaultServer::start(Wire::Tls, fault).await.unwrap();
    let error = Client::connect(&server).await.err().unwrap();
    let tally = server.shutdown().await;
    assert_eq!((tally.connections(), tally.handshakes()), (1, 0));
    assert_eq!((tally.requests_begun(), tally.bytes()), (0, 0));
    error
}

#[track_caller]
fn tls_error(error: &io::Error) -> &rustls::Error {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .unwrap()
}

#[tokio::test]
async fn stall() {
    let server = FaultServer::start(Wire::Tls, faults::stall_in_handshake())
        .await
        .unwrap();
    assert!(timeout(PATIENCE, Client::connect(&server)).await.is_err());
    let tally = server.shutdown().await;
    assert_eq!(
        (tally.connections(), tally.handshakes(), tally.bytes()),
        (1, 0, 0)
    );
}

#[tokio::test]
async fn resets() {
    for fault in [faults::reset_in_handshake(), faults::reset_on_accept()] {
        assert_eq!(
            handshake_error(fault).await.kind(),
            io::ErrorKind::ConnectionReset
        );
    }
}

#[tokio::test]
async fn closes() {
    for fault in [faults::close_in_handshake(), faults::close_on_accept()] {
        assert_eq!(
            handshake_error(fault).await.kind(),
            io::ErrorKind::UnexpectedEof
        );
    }
}

#[tokio::test]
async fn no_tls_at_all() {
    for fault in [faults::http_for_tls(), faults::garbage_for_tls()] {
        let error = handshake_error(fault).await;
        assert!(
            matches!(tls_error(&error), rustls::Error::InvalidMessage(_)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn bad_certificates() {
    let shown = |certificate| handshake_error(faults::certificate(certificate, &good()));

    let error = shown(Certificate::SelfSigned).await;
    assert_eq!(
        tls_error(&error),
        &rustls::Error::from(CertificateError::UnknownIssuer)
    );

    let error = shown(Certificate::Expired).await;
    assert!(
        matches!(
            tls_error(&error),
            rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { .. })
        ),
        "{error:?}"
    );

    let error = shown(Certificate::WrongName).await;
    assert!(
        matches!(
            tls_error(&error),
            rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_trusted_certificate_is_trusted() {
    let trusted = faults::certificate(Certificate::Trusted, &good());
    let (mut client, server) = sent(Wire::Tls, trusted).await;
    client.hear_answer(&good()).await;
    assert_eq!(server.tally().handshakes(), 1);
}

#[tokio::test]
async fn without_tls_a_close_on_accept_still_counts_what_comes() {
    let (mut client, server) = sent(Wire::Plain, faults::close_on_accept()).await;
    assert_eq!(client.hear_to_end().await, (Vec::new(), End::Closed));
    let tally = server.until(|tally| tally.requests_complete() == 1).await;
    assert_eq!(tally.received()[0].bytes(), REQUEST);
}

#[tokio::test]
async fn without_tls_a_reset_on_accept_is_a_reset() {
    let server = FaultServer::start(Wire::Plain, faults::reset_on_accept())
        .await
        .unwrap();
    let mut client = Client::connect(&server).await.unwrap();
    assert_eq!(client.hear_to_end().await.1, End::Reset);
    assert_eq!(server.tally().requests_begun(), 0);
}
