use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::header::{DATE, HOST, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::examination::Check;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far the way to a place leads.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) checks: Vec<Check>,
    /// What was answered at its end.
    pub(super) head: Option<Head>,
}

/// Goes the way step by step, as far as it leads.
pub(super) async fn reach(place: &Place) -> Reached {
    let mut checks = Vec::new();
    match go(place, &mut checks).await {
        Ok(head) => Reached {
            checks,
            head: Some(head),
        },
        Err(problem) => {
            checks.push(problem);
            Reached { checks, head: None }
        }
    }
}

async fn go(place: &Place, checks: &mut Vec<Check>) -> Result<Head, Check> {
    let addresses = resolve(place, checks).await?;
    let stream = connect(place, &addresses).await?;
    let head = if place.tls {
        let handshake = shake_hands(place, stream);
        let stream = within(handshake).await.ok_or_else(|| silent(place))??;
        checks.push(trusted(place));
        within(ask(place, stream)).await
    } else {
        within(ask(place, stream)).await
    };
    let head = head.flatten().ok_or_else(|| silent(place))?;
    let finding = format!("{} answers (HTTP {})", place.host(), head.status);
    checks.push(Check::ok("connection", finding));
    Ok(head)
}

async fn resolve(place: &Place, checks: &mut Vec<Check>) -> Result<Vec<SocketAddr>, Check> {
    if let Some(ip) = place.ip() {
        return Ok(vec![SocketAddr::new(ip, place.port)]);
    }
    let found = within(lookup_host((place.name(), place.port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Some(Ok(addresses)) => addresses.collect(),
        Some(Err(_)) | None => Vec::new(),
    };
    if addresses.is_empty() {
        return Err(Check::problem(
            "DNS",
            format!("{} has no address here", place.host()),
            "check its spelling, and this machine's resolver",
        ));
    }
    checks.push(Check::ok("DNS", format!("{} has an address", place.host())));
    Ok(addresses)
}

async fn connect(place: &Place, addresses: &[SocketAddr]) -> Result<TcpStream, Check> {
    let why = match within(TcpStream::connect(addresses)).await {
        Some(Ok(stream)) => return Ok(stream),
        Some(Err(error)) => error.to_string(),
        None => "no answer came".to_owned(),
    };
    Err(Check::problem(
        "connection",
        format!(
            "nobody listens at {} port {}: {why}",
            place.host(),
            place.port
        ),
        "check the address, and whether a firewall lets this machine out",
    ))
}

fn silent(place: &Place) -> Check {
    Check::problem(
        "connection",
        format!("{} listens and does not answer", place.host()),
        "check the address, and whether something else listens there",
    )
}

/// What came in time.
async fn within<T>(step: impl Future<Output = T>) -> Option<T> {
    timeout(PATIENCE, step).await.ok()
}

/// What a server says of its page without the page.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The server's clock, where it tells.
    pub(super) date: Option<SystemTime>,
    /// This machine's clock at that moment.
    pub(super) came_at: SystemTime,
}

/// Asks for the head of a page: no credentials, no body, nothing that could change anything.
pub(super) async fn ask<S>(place: &Place, stream: S) -> Option<Head>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::HEAD)
        .uri(&place.path)
        .header(HOST, authority(place))
        .header(USER_AGENT, concat!("paylink/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    let date = response
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    Some(Head {
        status: response.status().as_u16(),
        date: date.and_then(|date| httpdate::parse_http_date(date).ok()),
        came_at: SystemTime::now(),
    })
}

fn authority(place: &Place) -> String {
    match (place.tls, place.port) {
        (true, 443) | (false, 80) => place.host().to_owned(),
        (_, port) => format!("{}:{port}", place.host()),
    }
}

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

/// Where a URL leads.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) tls: bool,
    pub(super) port: u16,
    /// The path with its query, as it is asked for.
    pub(super) path: String,
    host: String,
}

impl Place {
    /// Where a URL leads that was checked to be one.
    pub(super) fn of(url: &str) -> Option<Place> {
        let uri: Uri = url.parse().ok()?;
        let tls = uri.scheme_str()?.eq_ignore_ascii_case("https");
        Some(Place {
            tls,
            port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            path: uri
                .path_and_query()
                .map_or("/", |it| it.as_str())
                .to_owned(),
            host: uri.host()?.to_owned(),
        })
    }

    /// The host as a URL writes it.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The host as a resolver takes it: without the brackets of IPv6.
    pub(super) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The host, if it is an address already.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.name().parse().ok()
    }

    /// Whether it leads to this machine or this network alone, going by its name.
    pub(super) fn is_internal(&self) -> bool {
        match self.ip() {
            Some(ip) => is_internal(ip),
            None => {
                let name = self.host.trim_end_matches('.').to_ascii_lowercase();
                let under = |end: &str| name.ends_with(end);
                !name.contains('.') || under(".localhost") || under(".local") || under(".internal")
            }
        }
    }
}

/// Whether nobody outside this network reaches the address.
pub(super) fn is_internal(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || is_shared(ip)
        }
        IpAddr::V6(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || is_link_local(ip)
        }
    }
}

/// Addresses that carriers share among their customers (RFC 6598).
fn is_shared(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    first == 100 && (64..128).contains(&second)
}

fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let place = Place::of("https://api.zipay.io/api/").unwrap();
        assert_eq!(
            (place.tls, place.host(), place.port, &*place.path),
            (true, "api.zipay.io", 443, "/api/")
        );
        let place = Place::of("http://[::1]:8080").unwrap();
        assert_eq!(
            (place.tls, place.name(), place.port, &*place.path),
            (false, "::1", 8080, "/")
        );
        assert!(Place::of("shop.example").is_none());
    }

    #[test]
    fn what_is_inside_is_told_from_what_is_outside() {
        for inside in [
            "localhost",
            "LOCALHOST.",
            "shop",
            "shop.local",
            "a.localhost",
            "db.internal",
            "127.0.0.1",
            "127.8.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "[::1]",
            "[fd00::1]",
            "[fe80::1]",
            "[::ffff:10.0.0.1]",
        ] {
            let place = Place::of(&format!("https://{inside}/")).unwrap();
            assert!(place.is_internal(), "{inside}");
        }
        for outside in [
            "shop.example",
            "localhost.example",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1]",
            "local.ir",
        ] {
            let place = Place::of(&format!("https://{outside}/")).unwrap();
            assert!(!place.is_internal(), "{outside}");
        }
    }
}
