//! Who may call the sandbox: under which host name, and from which page.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};

use crate::admin::Problem;

/// Who may call the sandbox by which name; by default those on this machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Callers {
    from_network: bool,
    hosts: Vec<String>,
}

impl Callers {
    /// Admits callers on other machines, by the names that a network of containers uses.
    pub(crate) fn admit_network(&mut self) {
        self.from_network = true;
    }

    /// Admits callers by this host name.
    pub(crate) fn admit_host(&mut self, name: String) {
        self.hosts.push(name);
    }

    /// Returns whether callers on other machines are admitted.
    pub(crate) fn are_from_network(&self) -> bool {
        self.from_network
    }

    /// Refuses a request under a foreign name.
    ///
    /// A page in a developer's browser could otherwise have its own name resolve to the sandbox and
    /// read it as its own origin (DNS rebinding). Addresses cannot be rebound, nor can names without
    /// a dot: they belong to nobody outside of the network.
    pub(super) fn check_host(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let mut hosts = headers.get_all(header::HOST).iter();
        if hosts.all(|host| self.know(host.to_str().unwrap_or_default())) {
            return Ok(());
        }
        let message = "the sandbox does not answer to this host name: call it by its IP address or \
                       as localhost, or allow the name when it is started";
        Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, message))
    }

    fn know(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let address = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .unwrap_or(name);
        let is_allowed = || self.hosts.iter().any(|it| it.eq_ignore_ascii_case(name));
        address.parse::<IpAddr>().is_ok()
            || is_localhost(name)
            || is_allowed()
            || self.from_network && is_single_label(name)
    }
}

/// Returns whether `name` is one that always means this machine (RFC 6761).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn is_single_label(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !name.is_empty() && name.bytes().all(is_letter)
}

/// Refuses what another site's page makes a browser send: whatever changes something and, of the
/// API, whatever that page could read. A link that leads to a page is followed.
pub(super) fn check_page(
    method: &Method,
    headers: &HeaderMap,
    is_api: bool,
) -> Result<(), Problem> {
    let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let follows_link = || {
        headers
            .get(FETCH_MODE)
            .is_some_and(|mode| mode == "navigate")
    };
    if is_read && (!is_api || follows_link()) || is_own(headers) {
        return Ok(());
    }
    let message = "the request comes from another site's page: send it from a page of the sandbox, \
                   or from a program";
    Err(Problem::new(StatusCode::FORBIDDEN, message))
}

const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Returns whether a request comes from a program, which says nothing of an origin, or from a page of
/// the sandbox itself.
fn is_own(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_own_origin = |origin: &str| {
        let authority = ["http://", "https://"].map(|scheme| origin.strip_prefix(scheme));
        let mut authority = authority.into_iter().flatten();
        authority.any(|authority| authority.eq_ignore_ascii_case(host))
    };
    let all = |name: HeaderName, is_own: &dyn Fn(&str) -> bool| {
        let mut values = headers.get_all(name).iter();
        values.all(|value| value.to_str().is_ok_and(is_own))
    };
    all(header::ORIGIN, &is_own_origin)
        && all(FETCH_SITE, &|site| ["same-origin", "none"].contains(&site))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_answered_and_foreign_names_are_not() {
        let local = Callers::default();
        let mut network = Callers::default();
        network.admit_network();
        let own = "127.0.0.1:8080 127.0.0.1 [::1]:80 [::1] localhost LocalHost:1 a.localhost:9";
        for host in own.split(' ') {
            assert!(local.know(host) && network.know(host), "{host}");
        }
        let foreign = " evil.example evil.example:8080 127.0.0.1.evil.example localhost.evil.example \
                       sandbox. a@localhost";
        for host in foreign.split(' ') {
            assert!(!local.know(host) && !network.know(host), "{host}");
        }
        for host in ["sandbox", "Pay_sandbox-1:8080", "notlocalhost"] {
            assert!(!local.know(host) && network.know(host), "{host}");
        }
    }
}
