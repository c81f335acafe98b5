use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;

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
