use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::handshake::Explaining;
use crate::{Effect, Error, ErrorKind};

/// A client's half of TLS.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    /// Whether any server can be trusted: told when TLS is used, so that a sandbox on loopback works without any roots.
    pub(super) has_roots: bool,
}

/// Sets TLS up with the machine's roots and these extra ones.
pub(super) fn configure(extra_roots: &[Vec<u8>]) -> Result<Tls, Error> {
    let provider = crypto_provider()?;
    let extra = certificates(extra_roots)?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| {
            configuration("the rustls crypto provider supports neither TLS 1.2 nor 1.3")
        })?;
    let tls = match Verifier::new_with_extra_roots(extra, provider) {
        Ok(verifier) => Tls {
            config: builder
                .dangerous() // rustls's word for bringing a verifier; this one checks everything
                .with_custom_certificate_verifier(Arc::new(Explaining(verifier)))
                .with_no_client_auth(),
            has_roots: true,
        },
        Err(_) => Tls {
            config: builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
            has_roots: false,
        },
    };
    Ok(tls)
}

/// No server can be trusted.
pub(super) fn no_roots() -> Error {
    configuration("this machine has no root certificates to check the provider with")
        .with_remedy("install ca-certificates, or whatever this system calls its root certificates")
}

/// The provider that the program installed, or the one that this crate's features bring.
fn crypto_provider() -> Result<Arc<CryptoProvider>, Error> {
    if let Some(installed) = CryptoProvider::get_default() {
        return Ok(Arc::clone(installed));
    }
    built_in().ok_or_else(|| {
        configuration("TLS needs a crypto provider: enable the feature `ring` or `aws-lc-rs`, or install one of rustls")
    })
}

#[cfg(feature = "ring")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without the feature there is none"
)]
fn built_in() -> Option<Arc<CryptoProvider>> {
    Some(Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without the feature there is none"
)]
fn built_in() -> Option<Arc<CryptoProvider>> {
    Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
fn built_in() -> Option<Arc<CryptoProvider>> {
    None
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for pem in pems {
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            all.push(
                certificate.map_err(|_| configuration("an extra root certificate is not PEM"))?,
            );
        }
        if all.len() == before {
            return Err(configuration(
                "an extra root certificate's text holds no certificate",
            ));
        }
    }
    Ok(all)
}

fn configuration(problem: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, Effect::NotExecuted, problem)
}

/// The machine's resolver, with failures that can be told apart from failures to connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver;

/// The name could not be resolved.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the provider's host name could not be resolved")]
pub(super) struct Unresolved;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| Unresolved)?;
            let addresses: Vec<SocketAddr> = found.collect();
            if addresses.is_empty() {
                return Err(Unresolved.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}
