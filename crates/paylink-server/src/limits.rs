//! How much one caller may ask for.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

/// A burst is so many times what is allowed in a second.
const BURST: u32 = 5;

/// How much is allowed, and how much was taken.
pub(crate) struct Limits {
    keys: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    trusted_proxies: Vec<IpNet>,
}

impl Limits {
    pub(crate) fn new(per_key: u32, per_address: u32, trusted_proxies: Vec<IpNet>) -> Limits {
        Limits {
            keys: RateLimiter::keyed(a_second(per_key)),
            addresses: RateLimiter::keyed(a_second(per_address)),
            clock: DefaultClock::default(),
            trusted_proxies,
        }
    }

    /// Takes a request of a key.
    pub(crate) fn key(&self, id: &str) -> Result<(), Duration> {
        let taken = self.keys.check_key(&id.to_owned());
        taken.map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Takes a request without a key that counts.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Duration> {
        let taken = self.addresses.check_key(&network(address));
        taken.map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets callers who have their whole allowance again.
    pub(crate) fn forget(&self) {
        self.keys.retain_recent();
        self.addresses.retain_recent();
        self.keys.shrink_to_fit();
        self.addresses.shrink_to_fit();
    }

    /// Whose request it is: the peer's, or where that is a proxy that is trusted, the last address in `X-Forwarded-For`
    /// that no trusted one has.
    pub(crate) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusts = |address: IpAddr| self.trusted_proxies.iter().any(|it| it.contains(&address));
        if !trusts(peer) {
            return peer;
        }
        let forwarded = headers.get_all("x-forwarded-for").iter().rev();
        let forwarded = forwarded.filter_map(|value| value.to_str().ok());
        let addresses = forwarded.flat_map(|value| value.rsplit(',')).map(|text| {
            // What is no address was not written by a proxy.
            text.trim().parse::<IpAddr>().ok()
        });
        let mut caller = peer;
        for address in addresses {
            match address {
                Some(address) if trusts(address) => caller = address,
                Some(address) => return address,
                None => break,
            }
        }
        caller
    }
}

fn a_second(requests: u32) -> Quota {
    let requests = at_least_one(requests);
    Quota::per_second(requests).allow_burst(requests.saturating_mul(at_least_one(BURST)))
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// What belongs to one caller: who has an IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.into(),
            None => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(1, 1, vec!["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn each_caller_has_an_allowance_of_his_own() {
        let limits = limits();
        let (one, other): (IpAddr, IpAddr) = (
            "2001:db8::1".parse().unwrap(),
            "2001:db8:0:1::1".parse().unwrap(),
        );
        let neighbour = "2001:db8::2".parse().unwrap();
        for _ in 0..BURST {
            assert!(limits.address(one).is_ok());
        }
        let wait = limits.address(neighbour).unwrap_err();
        assert!(
            wait <= Duration::from_secs(1) && !wait.is_zero(),
            "{wait:?}"
        );
        assert!(limits.address(other).is_ok());
        assert!(limits.key("one").is_ok());
    }

    #[test]
    fn a_proxy_is_believed_if_it_is_trusted() {
        let limits = limits();
        let caller = |peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            limits.caller(peer.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(caller("1.1.1.1", &["2.2.2.2"]), "1.1.1.1");
        assert_eq!(caller("10.0.0.1", &["2.2.2.2"]), "2.2.2.2");
        assert_eq!(
            caller("10.0.0.1", &["6.6.6.6, 2.2.2.2, 10.9.9.9"]),
            "2.2.2.2"
        );
        assert_eq!(caller("10.0.0.1", &["6.6.6.6", "2.2.2.2"]), "2.2.2.2");
        assert_eq!(
            caller("10.0.0.1", &["6.6.6.6, nonsense, 10.0.0.2"]),
            "10.0.0.2"
        );
        assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
    }
}
