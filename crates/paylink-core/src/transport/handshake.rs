//! Who a server proves to be, and what a handshake means that came to nothing.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, DigitallySignedStruct, DistinguishedName, Error,
    OtherError, PeerIncompatible, SignatureScheme,
};
use webpki::EndEntityCert;

use super::classify::unsent;
use super::fault::{Again, Fault};
use crate::ErrorKind;

/// Verifies as the machine does, and tells a little more of a certificate whose signer it does not know.
#[derive(Clone, Debug)]
pub(super) struct Explaining<V>(pub(super) V);

/// Why the signer of a certificate is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
enum Unknown {
    #[error("signed by itself")]
    SelfSigned,
    #[error("shown without an intermediate certificate")]
    Alone,
}

impl Unknown {
    fn of(shown: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Option<Unknown> {
        let certificate = EndEntityCert::try_from(shown).ok()?;
        if certificate.issuer() == certificate.subject() {
            Some(Unknown::SelfSigned)
        } else if intermediates.is_empty() {
            Some(Unknown::Alone)
        } else {
            None
        }
    }
}

impl<V: ServerCertVerifier> ServerCertVerifier for Explaining<V> {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .0
            .verify_server_cert(shown, intermediates, name, ocsp, now);
        verified.map_err(|error| match error {
            // A certificate that is its own authority is no server's to the verifier, which has no name for that.
            Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_),
            ) => {
                let unknown = Unknown::of(shown, intermediates);
                unknown.map_or(error, |unknown| {
                    CertificateError::Other(OtherError(Arc::new(unknown))).into()
                })
            }
            error => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.0.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.0.root_hint_subjects()
    }
}

const BETWEEN: &str =
    "check the address, and whether a firewall or a proxy that reads TLS stands in between";

/// What a handshake with `who` means that came to nothing: an alarm and no reason to try again, since who cannot prove who
/// it is will not be able to a moment later.
pub(super) fn fault(problem: &Error, who: &str) -> Fault {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };

    let clock = "set this machine's clock if it is wrong; else have whoever runs the server replace the certificate";
    let (problem, remedy) = match problem {
        Error::InvalidCertificate(certificate) => match certificate {
            ExpiredContext { time, not_after } => (
                format!(
                    "'s certificate has expired on {}, and this machine's clock says {}",
                    utc(*not_after),
                    utc(*time)
                ),
                clock,
            ),
            Expired => ("'s certificate has expired".to_owned(), clock),
            NotValidYetContext { time, not_before } => (
                format!(
                    "'s certificate is valid from {} on, and this machine's clock says {}",
                    utc(*not_before),
                    utc(*time)
                ),
                clock,
            ),
            NotValidYet => ("'s certificate is not valid yet".to_owned(), clock),
            NotValidForName | NotValidForNameContext { .. } => {
                ("'s certificate is for another name".to_owned(), BETWEEN)
            }
            UnknownIssuer => (
                "'s certificate comes from nobody this machine trusts".to_owned(),
                "update this machine's root certificates (ca-certificates), and check whether a firewall or a proxy that reads TLS stands in between",
            ),
            other => match unknown(other) {
                Some(Unknown::SelfSigned) => ("'s certificate is signed by itself alone".to_owned(), BETWEEN),
                Some(Unknown::Alone) => (
                    "'s certificate comes alone, and nobody this machine trusts has signed it: an intermediate certificate is missing, or the root is unknown".to_owned(),
                    "have whoever runs the server send the whole chain, or update this machine's root certificates (ca-certificates)",
                ),
                None => ("'s certificate was not accepted".to_owned(), BETWEEN),
            },
        },
        Error::InvalidMessage(_) => (
            " does not speak TLS".to_owned(),
            "check scheme and port of the address: plain http may be spoken there, or something else",
        ),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion) => (
            " speaks only TLS that is older than 1.2".to_owned(),
            "have whoever runs the server offer TLS 1.2 or 1.3, and check whether something old stands in between",
        ),
        Error::AlertReceived(_) => (" broke off the TLS handshake".to_owned(), BETWEEN),
        _ => {
            let message = format!("the TLS handshake with {who} failed; nothing was sent");
            return unsent(ErrorKind::Tls, Again::Never, message).with_remedy(BETWEEN);
        }
    };
    let message = format!("{who}{problem}; nothing was sent");
    unsent(ErrorKind::Tls, Again::Never, message).with_remedy(remedy)
}

fn unknown(error: &CertificateError) -> Option<Unknown> {
    match error {
        CertificateError::Other(OtherError(cause)) => cause.downcast_ref().copied(),
        _ => None,
    }
}

/// A moment of today's calendar: `2026-12-01 00:22 UTC`.
fn utc(moment: UnixTime) -> String {
    let (days, seconds) = (moment.as_secs() / 86_400, moment.as_secs() % 86_400);
    // Counted from March of the year 0, so that the leap day is the last of its year; 146,097 days are 400 years.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day + 2) / 153;
    let day = day - (153 * from_march + 2) / 5 + 1;
    let (month, next) = if from_march < 10 {
        (from_march + 3, 0)
    } else {
        (from_march - 9, 1)
    };
    let year = era * 400 + year + next;
    let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    //! Each server that cannot prove who it is, in words of its own.

    use paylink_testkit::{Answer, Behaviour, Certificate, FaultServer, Step, Wire, faults};

    use super::*;
    use crate::{Transport, WebUrl};

    async fn said(behaviour: Behaviour) -> String {
        let server = FaultServer::start(Wire::Tls, behaviour).await.unwrap();
        let transport = Transport::builder()
            .extra_root_certificates(paylink_testkit::ca_pem().unwrap())
            .build()
            .unwrap();
        let address = WebUrl::parse(WebUrl::KEY, &server.url()).unwrap();
        let error = transport.reach(&address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        let said = error.to_string();
        let said = said.strip_suffix("; nothing was sent").unwrap();
        format!("{said}\n→ {}", error.remedy().unwrap())
    }

    #[tokio::test]
    async fn every_certificate_is_told_from_the_others() {
        let mut all = Vec::new();
        for certificate in [
            Certificate::SelfSigned,
            Certificate::WrongName,
            Certificate::Alone,
            Certificate::UnknownRoot,
            Certificate::Expired,
            Certificate::NotYetValid,
        ] {
            let said = said(faults::certificate(certificate, &Answer::json("{}"))).await;
            let clock = said
                .split_once("clock says ")
                .and_then(|(_, rest)| rest.get(..20));
            all.push(said.replace(clock.unwrap_or("no clock"), "NOW"));
        }
        insta::assert_snapshot!(all.join("\n"), @r"
        the server's certificate is signed by itself alone
        → check the address, and whether a firewall or a proxy that reads TLS stands in between
        the server's certificate is for another name
        → check the address, and whether a firewall or a proxy that reads TLS stands in between
        the server's certificate comes alone, and nobody this machine trusts has signed it: an intermediate certificate is missing, or the root is unknown
        → have whoever runs the server send the whole chain, or update this machine's root certificates (ca-certificates)
        the server's certificate comes from nobody this machine trusts
        → update this machine's root certificates (ca-certificates), and check whether a firewall or a proxy that reads TLS stands in between
        the server's certificate has expired on 2002-01-01 00:00 UTC, and this machine's clock says NOW
        → set this machine's clock if it is wrong; else have whoever runs the server replace the certificate
        the server's certificate is valid from 2999-01-01 00:00 UTC on, and this machine's clock says NOW
        → set this machine's clock if it is wrong; else have whoever runs the server replace the certificate
        ");
    }

    #[tokio::test]
    async fn what_speaks_no_tls_of_today_is_told() {
        // A fatal alert, "protocol version", and the hello of a server that chose TLS 1.0.
        let alert = vec![0x15, 3, 1, 0, 2, 2, 70];
        let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        for old in [alert, hello] {
            let behaviour = Behaviour::instead_of_handshake([
                Step::ReadBytes(1),
                Step::Write(old.into()),
                Step::Close,
            ]);
            let said = said(behaviour).await;
            assert!(
                said.starts_with("the server speaks only TLS that is older than 1.2\n→ have "),
                "{said}"
            );
        }
        let failure = vec![0x15, 3, 3, 0, 2, 2, 40];
        let behaviour = Behaviour::instead_of_handshake([
            Step::ReadBytes(1),
            Step::Write(failure.into()),
            Step::Close,
        ]);
        let said_of_it = said(behaviour).await;
        assert!(
            said_of_it.starts_with("the server broke off the TLS handshake\n"),
            "{said_of_it}"
        );
        let plain = said(faults::http_for_tls()).await;
        assert_eq!(
            plain,
            "the server does not speak TLS\n→ check scheme and port of the address: plain http may be spoken there, or something else"
        );
    }

    proptest::proptest! {
        /// httpdate is the other writer that ours is held against.
        #[test]
        fn moments_are_written_as_httpdate_has_them(seconds in 0_u64..253_402_300_800) {
            let since = std::time::Duration::from_secs(seconds);
            let theirs = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since);
            // Sun, 06 Nov 1994 08:49:37 GMT
            let words: Vec<&str> = theirs.split(' ').collect();
            let [_, day, month, year, time, _] = words[..] else { panic!("{theirs}") };
            let month = "JanFebMarAprMayJunJulAugSepOctNovDec".find(month).unwrap() / 3 + 1;
            let (time, _) = time.rsplit_once(':').unwrap();
            let theirs = format!("{year}-{month:02}-{day} {time} UTC");
            proptest::prop_assert_eq!(utc(UnixTime::since_unix_epoch(since)), theirs);
        }
    }
}
