//! What a failure on the way by a proxy means, and what every failure means on the way without one.

use super::classify::{chain, find, is_refused, unsent};
use super::fault::{Again, Fault, Proof};
use super::handshake;
use super::tls::Unresolved;
use crate::{ErrorKind, Proxy};

/// How a request goes to its server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    proxy: Option<&'a Proxy>,
    is_tls: bool,
}

impl<'a> Way<'a> {
    /// The way to this address of a transport with this proxy.
    pub(super) fn to(url: &url::Url, proxy: Option<&'a Proxy>) -> Way<'a> {
        Way {
            proxy: proxy.filter(|proxy| proxy.serves_url(url)),
            is_tls: url.scheme() == "https",
        }
    }

    /// The proxy, if it reads the request itself: a plain one goes to an HTTP proxy in absolute form, through no tunnel.
    pub(super) fn reader(self) -> Option<&'a Proxy> {
        self.proxy.filter(|proxy| !self.is_tls && !proxy.is_socks())
    }
}

/// The proxy answered in its own name where it reads the request itself.
///
/// The request had left. What says so came unprotected, from whoever it was, and proves nothing of what was done with it.
pub(super) fn unauthenticated(proxy: &Proxy) -> Fault {
    let (problem, remedy) = wants_credentials(proxy);
    let message = format!("the proxy {} {problem} (HTTP 407)", proxy.authority());
    Fault::new(ErrorKind::Proxy, Proof::Nothing, Again::Never, message).with_remedy(remedy)
}

/// No connection came about in time.
pub(super) fn out_of_time(way: Way<'_>) -> Fault {
    let fault = |message: String, remedy| {
        unsent(ErrorKind::Timeout, Again::Yes, message).with_remedy(remedy)
    };
    match way.proxy {
        None => fault(
            "no connection came about in time; nothing was sent".to_owned(),
            "check the address, and whether a firewall lets this machine out",
        ),
        Some(proxy) => fault(
            format!(
                "no connection came about in time by the proxy {}; nothing was sent",
                proxy.authority()
            ),
            "check that the proxy runs, and whether it reaches the provider",
        ),
    }
}

/// The provider's name could not be resolved, here on this machine.
pub(super) fn unresolved(way: Way<'_>) -> Fault {
    let remedy = match way.proxy {
        None => "check its spelling, and this machine's resolver",
        Some(_) => "with socks5h:// in place of socks5:// the proxy resolves it",
    };
    unsent(
        ErrorKind::Dns,
        Again::Yes,
        "the provider's host name could not be resolved; nothing was sent",
    )
    .with_remedy(remedy)
}

/// What the failure says of the proxy, where it is the proxy's: before the way to the provider was open.
pub(super) fn fault(error: &reqwest::Error, way: Way<'_>) -> Option<Fault> {
    let proxy = way.proxy?;
    // The HTTP stack's errors are of types that it hides; their words are pinned by tests.
    let words = chain(error).find_map(|cause| {
        let words = cause.to_string();
        let said = ["tunnel error: ", "SOCKS error: "]
            .into_iter()
            .find_map(|prefix| words.strip_prefix(prefix));
        said.map(str::to_owned)
    });
    match words.as_deref() {
        Some("failed to create underlying connection") => Some(unreachable(error, proxy)),
        Some(words) => Some(refused(words, proxy)),
        None => way.reader().map(|proxy| unreachable(error, proxy)),
    }
}

/// The proxy itself could not be reached.
fn unreachable(error: &reqwest::Error, proxy: &Proxy) -> Fault {
    let authority = proxy.authority();
    if let Some(problem) = find::<rustls::Error>(error) {
        return handshake::fault(problem, &format!("the proxy {authority}"));
    }
    if find::<Unresolved>(error).is_some() {
        let message = format!(
            "the host name of the proxy {authority} could not be resolved; nothing was sent"
        );
        return unsent(ErrorKind::Dns, Again::Yes, message)
            .with_remedy("check its spelling, and this machine's resolver");
    }
    let message = if is_refused(error) {
        format!("the proxy {authority} refused the connection; nothing was sent")
    } else {
        format!("no connection to the proxy {authority} came about; nothing was sent")
    };
    unsent(ErrorKind::Connect, Again::Yes, message)
        .with_remedy("check that the proxy runs, and its host and port")
}

/// The proxy was reached, and led no further.
fn refused(words: &str, proxy: &Proxy) -> Fault {
    use Again::{Never, Yes};

    let (again, (problem, remedy)) = match words {
        "proxy authorization required" | "credentials not accepted" => {
            (Never, wants_credentials(proxy))
        }
        // SOCKS5 agrees on whether there are any before they are given.
        "server does not support user/pass authentication"
        | "server implements authentication incorrectly" => {
            let takes_none = (
                "takes no user and no password",
                "leave out proxy_user and proxy_password",
            );
            let asked = proxy.has_credentials();
            (
                Never,
                if asked {
                    takes_none
                } else {
                    wants_credentials(proxy)
                },
            )
        }
        "connection not allowed" => (
            Never,
            (
                "does not allow connections to the provider",
                "have whoever runs the proxy allow them",
            ),
        ),
        "general server failure"
        | "network unreachable"
        | "host unreachable"
        | "connection refused"
        | "ttl expired" => (
            Yes,
            (
                "could not reach the provider",
                "check whether the provider can be reached from where the proxy is",
            ),
        ),
        "command not supported" | "address type not supported" => (
            Never,
            (
                "does not take the provider's address in this form",
                "try socks5:// in place of socks5h://, or the other way round",
            ),
        ),
        "unexpected end of file"
        | "io error establishing tunnel"
        | "io error during SOCKS handshake" => (
            Yes,
            (
                "closed the connection before it led to the provider",
                "check the scheme and the port of the proxy, and the proxy's own log",
            ),
        ),
        "failed parsing server response" | "proxy response headers too long" => (
            Never,
            (
                "does not answer as such a proxy does",
                "check the scheme and the port of the proxy",
            ),
        ),
        "failed serialize request" => (
            Never,
            (
                "cannot be asked: user, password and the provider's host are too long together for SOCKS5",
                "take a shorter password",
            ),
        ),
        // Of CONNECT, whatever else was answered.
        _ => (
            Yes,
            (
                "refused to connect to the provider",
                "have whoever runs the proxy allow it, and check whether the provider can be reached from there",
            ),
        ),
    };
    let message = format!(
        "the proxy {} {problem}; nothing was sent",
        proxy.authority()
    );
    unsent(ErrorKind::Proxy, again, message).with_remedy(remedy)
}

/// What the proxy means when it asks for credentials, and what to do.
fn wants_credentials(proxy: &Proxy) -> (&'static str, &'static str) {
    if proxy.has_credentials() {
        (
            "does not accept the user and the password",
            "correct proxy_user and proxy_password",
        )
    } else {
        (
            "wants a user and a password",
            "set proxy_user and proxy_password",
        )
    }
}

#[cfg(test)]
mod tests;
