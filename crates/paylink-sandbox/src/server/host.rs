use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a request that reached loopback under a foreign name.
///
/// A page in the developer's browser could otherwise have its own name resolve to 127.0.0.1 and read
/// the sandbox as its own origin (DNS rebinding). Addresses cannot be rebound.
pub(crate) async fn refuse_foreign(request: Request, next: Next) -> Response {
    let host = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().unwrap_or_default(),
        None => return next.run(request).await,
    };
    if names_this_machine(host) {
        return next.run(request).await;
    }
    let reason = "The sandbox answers to localhost and to IP addresses only.\n";
    (StatusCode::MISDIRECTED_REQUEST, reason).into_response()
}

fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    address.parse::<IpAddr>().is_ok() || is_localhost(name)
}

/// Tells whether `name` is one that always means this machine (RFC 6761).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_answered() {
        for host in [
            "127.0.0.1:8080",
            "127.0.0.1",
            "[::1]:80",
            "[::1]",
            "localhost",
            "LocalHost:1",
            "a.localhost:9",
        ] {
            assert!(names_this_machine(host), "{host}");
        }
    }

    #[test]
    fn foreign_names_are_not() {
        for host in [
            "",
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "notlocalhost",
        ] {
            assert!(!names_this_machine(host), "{host}");
        }
    }
}
