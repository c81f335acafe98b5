use std::borrow::Cow;

use paylink_core::json::Wire;
use paylink_core::{Account, WebUrl};

use crate::account::CardPayAccount;

/// The script's pay page of one payment.
pub(crate) struct PayPage {
    pub(crate) link: WebUrl,
    pub(crate) is_spelled_otherwise: bool,
}

/// Reads a link to the pay page: `https`, or plain `http` on the script's own host, which is the form that the sample shows.
pub(crate) fn read(
    account: &CardPayAccount,
    link: Wire<Cow<'_, str>>,
    unreadable: &mut Vec<&'static str>,
) -> Option<PayPage> {
    let link = link.shown("link", unreadable)?;
    let page = link.parse().ok().and_then(|link: WebUrl| {
        let own = account.base_url().host();
        let is_spelled_otherwise = link.host() != own && are_one_host(link.host(), own);
        let is_own = link.host() == own || is_spelled_otherwise;
        (link.is_https() || is_own).then_some(PayPage {
            link,
            is_spelled_otherwise,
        })
    });
    if page.is_none() {
        unreadable.push("link");
    }
    page
}

/// Whether two hosts are two spellings of one: this machine's own names, or the same name with and without `www.` or the dot
/// at its end.
fn are_one_host(one: &str, other: &str) -> bool {
    bare(one) == bare(other) || (is_loopback(one) && is_loopback(other))
}

fn bare(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    let host = bare(host);
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|it: std::net::IpAddr| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::are_one_host;

    #[test]
    fn spellings_of_one_host_are_known_and_no_others() {
        for (one, other) in [
            ("localhost", "127.0.0.1"),
            ("[::1]", "localhost"),
            ("127.0.0.1", "127.0.0.2"),
            ("shop.example", "www.shop.example"),
            ("shop.example.", "shop.example"),
        ] {
            assert!(
                are_one_host(one, other) && are_one_host(other, one),
                "{one} {other}"
            );
        }
        for (one, other) in [
            ("localhost", "192.168.1.5"),
            ("localhost", "localhost.elsewhere.example"),
            ("127.0.0.1", "127.0.0.1.elsewhere.example"),
            ("shop.example", "pay.shop.example"),
            ("shop.example", "shop.example.elsewhere"),
            ("shop.example", "wwwshop.example"),
            ("shop.example", "localhost"),
        ] {
            assert!(
                !are_one_host(one, other) && !are_one_host(other, one),
                "{one} {other}"
            );
        }
    }
}
