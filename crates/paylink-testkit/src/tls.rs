//! Certificates, good and bad, from an authority made for this process.

use std::error::Error;
use std::io;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;
use tokio_rustls::TlsAcceptor;

/// The certificate which a server shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// Signed by the testkit's authority, valid now, for `127.0.0.1` and `localhost`.
    #[default]
    Trusted,
    /// Signed by itself: its issuer is known to nobody.
    SelfSigned,
    /// Signed by the testkit's authority, for another host.
    WrongName,
    /// Signed by the testkit's authority, expired years ago.
    Expired,
    /// Signed by the testkit's authority, for the years to come.
    NotYetValid,
    /// Signed below the testkit's authority, without the certificate in between that would show it.
    Alone,
    /// Signed below an authority that is known to nobody, with the whole chain.
    UnknownRoot,
}

/// Returns the certificate of the authority that signs for every server of this process, as PEM.
///
/// A client trusts it by taking it as an extra root. It is made when first asked for, and only this process has its key.
///
/// # Errors
///
/// When no key or certificate can be made. Nothing can be done but to see why.
pub fn ca_pem() -> io::Result<&'static str> {
    Ok(&Authority::get()?.pem)
}

/// The process's authority and a TLS acceptor for each certificate.
pub(crate) struct Authority {
    pem: String,
    trusted: TlsAcceptor,
    self_signed: TlsAcceptor,
    wrong_name: TlsAcceptor,
    expired: TlsAcceptor,
    not_yet_valid: TlsAcceptor,
    alone: TlsAcceptor,
    unknown_root: TlsAcceptor,
}

impl Authority {
    pub(crate) fn get() -> io::Result<&'static Self> {
        static AUTHORITY: LazyLock<Result<Authority, String>> =
            LazyLock::new(|| Authority::new().map_err(|error| error.to_string()));
        AUTHORITY
            .as_ref()
            .map_err(|error| io::Error::other(error.as_str()))
    }

    pub(crate) fn acceptor(&self, certificate: Certificate) -> &TlsAcceptor {
        match certificate {
            Certificate::Trusted => &self.trusted,
            Certificate::SelfSigned => &self.self_signed,
            Certificate::WrongName => &self.wrong_name,
            Certificate::Expired => &self.expired,
            Certificate::NotYetValid => &self.not_yet_valid,
            Certificate::Alone => &self.alone,
            Certificate::UnknownRoot => &self.unknown_root,
        }
    }

    fn new() -> Result<Self, Box<dyn Error>> {
        let params = authority_named("paylink-testkit authority")?;
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let signed = |params: &CertificateParams| -> Result<TlsAcceptor, Box<dyn Error>> {
            let key = KeyPair::generate()?;
            acceptor(&[params.signed_by(&key, &authority)?.der()], &key)
        };

        let good = named("loopback", &["127.0.0.1", "localhost"])?;
        let mut expired = good.clone();
        expired.not_before = date_time_ymd(2001, 1, 1);
        expired.not_after = date_time_ymd(2002, 1, 1);
        let mut not_yet_valid = good.clone();
        not_yet_valid.not_before = date_time_ymd(2999, 1, 1);
        not_yet_valid.not_after = date_time_ymd(3000, 1, 1);
        let own_key = KeyPair::generate()?;

        let between = |root: &CertifiedIssuer<'_, KeyPair>| {
            let params = authority_named("paylink-testkit authority in between")?;
            CertifiedIssuer::signed_by(params, KeyPair::generate()?, root)
        };
        let params = authority_named("an authority known to nobody")?;
        let stranger = between(&CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)?;
        let below = between(&authority)?;
        let key = KeyPair::generate()?;
        Ok(Self {
            pem: authority.pem(),
            trusted: signed(&good)?,
            self_signed: acceptor(&[good.self_signed(&own_key)?.der()], &own_key)?,
            wrong_name: signed(&named("another host", &["another-host.invalid"])?)?,
            expired: signed(&expired)?,
            not_yet_valid: signed(&not_yet_valid)?,
            alone: acceptor(&[good.signed_by(&key, &below)?.der()], &key)?,
            unknown_root: acceptor(
                &[good.signed_by(&key, &stranger)?.der(), stranger.der()],
                &key,
            )?,
        })
    }
}

/// A certificate from yesterday, for less than the 398 days beyond which some platforms refuse it.
fn named(name: &str, hosts: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now();
    params.not_before = now.checked_sub(DAY).unwrap_or(now).into();
    params.not_after = (now + 300 * DAY).into();
    Ok(params)
}

fn authority_named(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = named(name, &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Ok(params)
}

/// Shows these certificates, its own first.
fn acceptor(
    chain: &[&CertificateDer<'static>],
    key: &KeyPair,
) -> Result<TlsAcceptor, Box<dyn Error>> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            chain.iter().copied().cloned().collect(),
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    // No session is resumed: every connection meets the certificate of its own behaviour.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    // A greeting is to leave before the client can have asked for anything.
    config.send_half_rtt_data = true;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
