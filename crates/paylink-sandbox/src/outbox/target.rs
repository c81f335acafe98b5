use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;
use url::{Host, Url};

use crate::server::is_localhost;

/// A place on loopback that a webhook may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The addresses to try, in this order.
    pub(super) addresses: Vec<SocketAddr>,
    /// The `Host` header.
    pub(super) authority: String,
    pub(super) path: String,
}

/// Why a webhook is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("the sandbox delivers over plain http only")]
    NotHttp,
    #[error("the sandbox never leaves this machine, and this address is not on loopback")]
    NotLoopback,
    #[error("the sandbox sends no user name or password")]
    UserInfo,
}

impl Target {
    /// Reads where `url` leads without asking any resolver.
    pub(crate) fn parse(url: &Url) -> Result<Self, Refused> {
        if url.scheme() != "http" {
            return Err(Refused::NotHttp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let host = url.host().ok_or(Refused::NotLoopback)?;
        let addresses = loopback(&host)?
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        Ok(Self {
            addresses,
            authority,
            path,
        })
    }
}

fn loopback(host: &Host<&str>) -> Result<Vec<IpAddr>, Refused> {
    match host {
        Host::Domain(name) if is_localhost(name) => {
            Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        }
        Host::Ipv4(address) if address.is_loopback() => Ok(vec![(*address).into()]),
        Host::Ipv6(address) if address.is_loopback() => Ok(vec![(*address).into()]),
        _ => Err(Refused::NotLoopback),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Target, Refused> {
        Target::parse(&Url::parse(url).unwrap())
    }

    #[test]
    fn loopback_is_reached_by_address_or_by_name() {
        let target = parse("http://127.0.0.1:8080/hook?a=1&b=%20").unwrap();
        assert_eq!(target.addresses, ["127.0.0.1:8080".parse().unwrap()]);
        assert_eq!(target.authority, "127.0.0.1:8080");
        assert_eq!(target.path, "/hook?a=1&b=%20");

        let target = parse("http://shop.localhost").unwrap();
        assert_eq!(
            target.addresses,
            ["127.0.0.1:80".parse().unwrap(), "[::1]:80".parse().unwrap()]
        );
        assert_eq!(
            (target.authority.as_str(), target.path.as_str()),
            ("shop.localhost", "/")
        );

        assert_eq!(parse("http://[::1]:81/").unwrap().authority, "[::1]:81");
    }

    #[test]
    fn nothing_else_is_reached() {
        for url in [
            "http://shop.example/hook",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://169.254.169.254/",
            "http://[::ffff:10.0.0.1]/",
            "http://[::]/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
        ] {
            assert_eq!(parse(url), Err(Refused::NotLoopback), "{url}");
        }
        assert_eq!(parse("https://127.0.0.1/"), Err(Refused::NotHttp));
        assert_eq!(parse("http://user:pass@127.0.0.1/"), Err(Refused::UserInfo));
    }
}
