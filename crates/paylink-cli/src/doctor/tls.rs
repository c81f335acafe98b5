use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::check::Check;
use super::place::Place;

const SUBJECT: &str = "TLS";

const ROOTS: &str = "install ca-certificates, or whatever this system calls its root certificates";

const CERTIFICATE: &str = "check this machine's clock and root certificates, and whether a proxy or a firewall stands in between";

/// Shakes hands as the clients do, with the machine's own roots.
pub(super) async fn shake_hands(
    place: &Place,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Check> {
    let config = config().ok_or_else(|| {
        Check::problem(
            SUBJECT,
            "this machine has no root certificates to check a provider with",
            ROOTS,
        )
    })?;
    let name = ServerName::try_from(place.name().to_owned()).map_err(|_| {
        let finding = format!("{} is no name that a certificate can be for", place.host());
        Check::problem(SUBJECT, finding, "correct the address")
    })?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await.map_err(|error| {
        let finding = format!("{} cannot prove who it is: {error}", place.host());
        Check::problem(SUBJECT, finding, CERTIFICATE)
    })
}

/// That hands were shaken.
pub(super) fn trusted(place: &Place) -> Check {
    Check::ok(
        SUBJECT,
        format!(
            "{} has a certificate that this machine trusts",
            place.host()
        ),
    )
}

fn config() -> Option<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new(Arc::clone(&provider)).ok()?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous() // rustls's word for bringing a verifier; this one checks everything
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Some(config)
}
