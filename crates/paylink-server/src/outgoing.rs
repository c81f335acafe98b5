//! Requests to the shop: where they may go, and that they go nowhere else.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use url::{Host, Url};

/// How long the shop may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends to one address, which is the shop's.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    client: Client,
    url: Url,
}

/// Why a request did not do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    #[error(
        "the address leads to {0}, which is not a public one: set allow_private_events if that is meant"
    )]
    Private(String),
    #[error("the shop answered with the status {0}, and a 2xx was expected")]
    Status(StatusCode),
    #[error("the shop did not answer in time")]
    TimeOut,
    #[error("the shop could not be reached: {0}")]
    Unreachable(String),
    #[error("the request could not be made: {0}")]
    Client(String),
}

impl Courier {
    /// Sends to this address. Unless private ones are allowed, each connection is made to a public address or not at all,
    /// whatever the name resolves to at that moment.
    pub(crate) fn new(url: Url, allows_private: bool) -> Result<Courier, NotSent> {
        let builder = Client::builder()
            .tls_backend_preconfigured(tls(&url)?)
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .http1_only()
            .pool_idle_timeout(Duration::from_secs(20))
            .user_agent(concat!("paylink/", env!("CARGO_PKG_VERSION")));
        let builder = if allows_private {
            builder
        } else {
            builder.dns_resolver(Arc::new(PublicOnly))
        };
        if !allows_private && let Some(address) = literal(&url).filter(|ip| !is_public(*ip)) {
            return Err(NotSent::Private(address.to_string()));
        }
        let client = builder
            .build()
            .map_err(|error| NotSent::Client(told(&error)))?;
        Ok(Courier { client, url })
    }

    /// Sends a body of JSON with these headers. Nothing of the answer is read but its status.
    pub(crate) async fn send(
        &self,
        headers: [(&'static str, String); 3],
        body: String,
    ) -> Result<(), NotSent> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.body(body).send().await.map_err(|error| {
            if error.is_timeout() {
                NotSent::TimeOut
            } else {
                NotSent::Unreachable(told(&error.without_url()))
            }
        })?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(NotSent::Status(status)),
        }
    }
}

/// Trusts whom the machine trusts. Without TLS nobody has to be.
fn tls(url: &Url) -> Result<ClientConfig, NotSent> {
    let failed = |error: rustls::Error| NotSent::Client(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = match url.scheme() {
        "http" => builder.with_root_certificates(RootCertStore::empty()),
        _ => builder.with_platform_verifier().map_err(failed)?,
    };
    Ok(builder.with_no_client_auth())
}

/// The innermost cause: what the layers around it say is known.
fn told(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    paylink::core::text::excerpt(&cause.to_string(), 200)
}

/// The address of a URL that names no host, which no resolver is asked for.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// Resolves names as the system does, and keeps the public addresses alone.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let public = found.iter().copied().filter(|it| is_public(it.ip()));
            let public: Vec<SocketAddr> = public.collect();
            match (public.is_empty(), found.first()) {
                (true, Some(private)) => Err(NotSent::Private(private.ip().to_string()).into()),
                _ => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address is one of the public internet: none of this machine, of a private network, or of a special use
/// (RFC 6890 and its registries).
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // This network, carrier-grade NAT, protocol assignments, 6to4 relays, benchmarks, reserved.
        [0 | 240..=255, ..] => true,
        [100, second, ..] => second & 0b1100_0000 == 64,
        [192, 0, 0, _] | [192, 88, 99, _] => true,
        [198, 18 | 19, ..] => true,
        _ => false,
    };
    !(special
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match ip.segments() {
        // What another family's address is carried in leads where that one does.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(v4(high, low)),
        [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Protocol assignments with Teredo, and documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // What is global unicast, and nothing else.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_all_others() {
        for public in [
            "1.1.1.1",
            "185.143.233.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:101:101::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::169.254.169.254",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }

    fn to(url: &str, allows_private: bool) -> Result<Courier, NotSent> {
        Courier::new(Url::parse(url).unwrap(), allows_private)
    }

    async fn send(courier: &Courier) -> Result<(), NotSent> {
        let headers = ["a", "b", "c"].map(|name| (name, String::new()));
        courier.send(headers, "{}".to_owned()).await
    }

    /// Every way of writing an address that is not public ends before a connection.
    #[tokio::test]
    async fn private_addresses_are_refused_however_they_are_written() {
        for literal in [
            "https://127.0.0.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest",
        ] {
            assert!(
                matches!(to(literal, false), Err(NotSent::Private(_))),
                "{literal}"
            );
        }
        let by_name = to("https://localhost/", false).unwrap();
        let refused = send(&by_name).await.unwrap_err().to_string();
        assert!(refused.contains("not a public one"), "{refused}");
    }
}
