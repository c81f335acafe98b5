//! Where the sandbox or the service listens, as it is typed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use paylink::{FieldKey, Invalid};
use tokio::net::lookup_host;

use crate::failure::UsageError;
use crate::typed::whole;

/// The field under which an address is refused.
pub(crate) const LISTEN: FieldKey = FieldKey::new("listen", "address");

/// An address with a port, or a name that becomes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    Address(SocketAddr),
    Name(String, u16),
}

const REMEDY: &str = "it is no address with a port: write 127.0.0.1:8080, [::1]:8080, localhost:8080, or 8080 for this machine alone";

impl FromStr for Listen {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Listen, &'static str> {
        if let Ok(address) = typed.parse() {
            return Ok(Listen::Address(address));
        }
        let (host, port) = typed.rsplit_once(':').unwrap_or(("", typed));
        let port = whole(port).map_err(|_| REMEDY)?;
        // The name of this machine to itself needs nobody who resolves names, whom a container may lack.
        if host.is_empty() || host.eq_ignore_ascii_case("localhost") {
            return Ok(Listen::Address((Ipv4Addr::LOCALHOST, port).into()));
        }
        if is_name(host) && host.contains(char::is_alphabetic) {
            Ok(Listen::Name(host.to_owned(), port))
        } else {
            Err(REMEDY)
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_of_name)
}

/// Reads a host as it stands in a URL: without scheme, port or path, which would never match.
pub(crate) fn host(typed: &str) -> Result<String, &'static str> {
    let bracketed = typed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_host = match bracketed {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_name(typed),
    };
    if is_host {
        Ok(typed.to_owned())
    } else {
        Err("it is no host: write a name or an address alone, such as shop.example or 172.17.0.2")
    }
}

impl Listen {
    /// Finds its address. Of several, one that other machines can reach comes first, so that it is refused or meant.
    pub(crate) async fn resolve(&self) -> Result<SocketAddr, UsageError> {
        let unknown = |problem: String| {
            UsageError::from(
                Invalid::new(LISTEN, format!("names no address of this machine{problem}"))
                    .at("--listen")
                    .with_remedy("write an address, such as 127.0.0.1:8080"),
            )
        };
        let (name, port) = match self {
            Listen::Address(address) => return Ok(*address),
            Listen::Name(name, port) => (name.as_str(), *port),
        };
        let found = lookup_host((name, port)).await;
        let found: Vec<SocketAddr> = found
            .map_err(|error| unknown(format!(": {error}")))?
            .collect();
        let reachable = found.iter().find(|it| !it.ip().is_loopback());
        let chosen = reachable.or_else(|| found.iter().find(|it| it.is_ipv4()));
        chosen
            .or(found.first())
            .copied()
            .ok_or_else(|| unknown(String::new()))
    }
}

/// Where a sandbox that listens on `address` is called from this machine: the unspecified address cannot be called.
pub(crate) fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_write_it() {
        for (typed, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LocalHost:0", "127.0.0.1:0"),
            (":8080", "127.0.0.1:8080"),
            ("8080", "127.0.0.1:8080"),
            ("۸۰۸۰", "127.0.0.1:8080"),
        ] {
            let address = Listen::Address(address.parse().unwrap());
            assert_eq!(typed.parse(), Ok(address), "{typed}");
        }
        let name = Listen::Name("pay-1.localhost".to_owned(), 80);
        assert_eq!("pay-1.localhost:80".parse(), Ok(name));
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_write() {
        for typed in [
            "",
            ":",
            "localhost",
            "127.0.0.1",
            "127.0.0:80",
            "::1:8080",
            "localhost:65536",
            "localhost:-1",
            "http://localhost:8080",
            "a b:80",
        ] {
            let refused = typed.parse::<Listen>().unwrap_err();
            assert!(refused.contains("write 127.0.0.1:8080"), "{typed}");
        }
    }

    #[test]
    fn a_host_has_neither_scheme_nor_port() {
        for typed in ["shop.example", "shop_1", "172.17.0.2", "[fd00::2]"] {
            assert_eq!(host(typed).as_deref(), Ok(typed));
        }
        for typed in [
            "",
            "shop.example:80",
            "http://shop",
            "shop/",
            "[shop]",
            "fd00::2",
        ] {
            assert!(host(typed).is_err(), "{typed}");
        }
    }

    #[tokio::test]
    async fn no_name_hides_an_address_that_others_reach() {
        let own: Listen = "[::1]:80".parse().unwrap();
        assert!(own.resolve().await.unwrap().ip().is_loopback());
        assert_eq!(
            from_here("0.0.0.0:80".parse().unwrap()).to_string(),
            "127.0.0.1:80"
        );
        assert_eq!(
            from_here("[::]:80".parse().unwrap()).to_string(),
            "[::1]:80"
        );
    }
}
