use std::net::{IpAddr, Ipv4Addr};
use std::time::SystemTime;

use hyper::Uri;
use paylink::core::{Proxy, Reached};
use paylink::{Error, ErrorKind, Transport, WebUrl};

use super::examination::Check;

/// What a server said of its page without the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) reached: Reached,
    /// This machine's clock at that moment.
    pub(super) came_at: SystemTime,
}

/// Goes the way that calls go, as far as it leads, and says how far that was.
pub(super) async fn reach(url: &WebUrl, transport: &Transport) -> (Vec<Check>, Option<Head>) {
    let host = url.host();
    let reached = match transport.reach(url).await {
        Ok(reached) => reached,
        Err(error) => return (vec![failed(url, transport, &error)], None),
    };
    let head = Head {
        reached,
        came_at: SystemTime::now(),
    };
    let mut checks = Vec::new();
    if url.is_https() {
        let trusted = format!("{host} has a certificate that this machine trusts");
        checks.push(Check::ok("TLS", trusted));
    }
    let answers = format!("{host} answers (HTTP {})", reached.status());
    checks.push(Check::ok("connection", answers));
    (checks, Some(head))
}

/// Where the way ended, in the transport's own words.
fn failed(url: &WebUrl, transport: &Transport, error: &Error) -> Check {
    let subject = match error.kind() {
        ErrorKind::Dns => "DNS",
        ErrorKind::Tls => "TLS",
        ErrorKind::Proxy => "proxy",
        _ => "connection",
    };
    let said = error.to_string();
    // That nothing was sent goes without saying where nothing was to be.
    let said = said.strip_suffix("; nothing was sent").unwrap_or(&said);
    // What is the proxy's concerns everybody who goes by it.
    let is_the_proxys = |proxy: &Proxy| said.contains(proxy.authority());
    let mut finding = if transport.proxy().is_some_and(is_the_proxys) {
        said.to_owned()
    } else {
        format!("{} is not reached: {said}", place(url))
    };
    if let Some(cause) = std::error::Error::source(error) {
        finding.push_str(&format!(" ({cause})"));
    }
    let remedy = error
        .remedy()
        .unwrap_or("check the address, and whether something else listens there");
    Check::problem(subject, finding, remedy)
}

/// The host, and the port where it is not the usual one.
fn place(url: &WebUrl) -> String {
    let uri: Option<Uri> = url.as_str().parse().ok();
    let authority = uri.as_ref().and_then(Uri::authority);
    authority.map_or_else(|| url.host().to_owned(), ToString::to_string)
}

/// Whether a host is this machine or in this network alone, going by its name.
pub(super) fn is_internal(host: &str) -> bool {
    match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(ip) => is_internal_address(ip),
        Err(_) => {
            let name = host.trim_end_matches('.').to_ascii_lowercase();
            let under = |end: &str| name.ends_with(end);
            !name.contains('.') || under(".localhost") || under(".local") || under(".internal")
        }
    }
}

/// Whether nobody outside this network reaches the address.
fn is_internal_address(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || is_shared(ip)
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

/// Addresses that carriers share among their customers (RFC 6598).
fn is_shared(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    first == 100 && (64..128).contains(&second)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(is_internal(inside), "{inside}");
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
            assert!(!is_internal(outside), "{outside}");
        }
    }
}
