//! What all pages for people share: their style, their headers, and how they write numbers.

pub(crate) mod persian;

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::{Host, Url};

/// The whole style, inline in every page: nothing is fetched.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(Sha256::digest(STYLE.as_bytes())));

/// Renders a page. Its forms may lead to the sandbox itself and, by a redirect, to `leads_to`.
pub(crate) fn page<T: Template>(
    status: StatusCode,
    template: &T,
    leads_to: Option<&Url>,
) -> Response {
    match template.render() {
        Ok(html) => (status, headers(&policy(leads_to)), html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Returns the status of a page on which something is to be corrected, or nothing.
pub(crate) fn status_of<P>(problem: Option<&P>) -> StatusCode {
    match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Shows that a link leads nowhere: in the name of the simulated provider, or in the sandbox's own.
pub(crate) fn lost(
    played: Option<&'static str>,
    heading: &'static str,
    text: &'static str,
) -> Response {
    let view = LostPage {
        played,
        heading,
        text,
    };
    page(StatusCode::NOT_FOUND, &view, None)
}

#[derive(Debug, Template)]
#[template(path = "lost.html")]
struct LostPage {
    played: Option<&'static str>,
    heading: &'static str,
    text: &'static str,
}

/// A state as pages show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// In Persian.
    pub(crate) title: &'static str,
    /// The class that colours it.
    pub(crate) tone: &'static str,
}

impl Shown {
    pub(crate) const fn waiting(title: &'static str) -> Self {
        let tone = "waiting";
        Self { title, tone }
    }

    pub(crate) const fn good(title: &'static str) -> Self {
        let tone = "good";
        Self { title, tone }
    }

    pub(crate) const fn bad(title: &'static str) -> Self {
        let tone = "bad";
        Self { title, tone }
    }
}

/// What has become of a payment, as its page says it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) heading: &'static str,
    pub(crate) text: &'static str,
}

fn headers(policy: &str) -> [(HeaderName, String); 6] {
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ]
}

fn policy(leads_to: Option<&Url>) -> String {
    let style = STYLE_HASH.as_str();
    let forms = leads_to.map(source).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'{forms}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Writes a URL's origin as a source of the policy, with a blank before it.
fn source(url: &Url) -> String {
    match url.host() {
        // The grammar of sources has no IPv6 addresses; the scheme is the narrowest that works.
        Some(Host::Ipv6(_)) => format!(" {}:", url.scheme()),
        Some(_) => format!(" {}", url.origin().ascii_serialization()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_the_callback_origin_and_nowhere_else() {
        assert!(policy(None).contains("form-action 'self'; base-uri"));
        for (url, source) in [
            ("https://shop.example/back?a=1", "https://shop.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http:"),
        ] {
            let policy = policy(Some(&Url::parse(url).unwrap()));
            let allowed = format!("form-action 'self' {source}; ");
            assert!(policy.contains(&allowed), "{policy}");
        }
    }
}
