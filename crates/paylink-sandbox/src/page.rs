//! What all pages for people share: their languages, style, script and headers, and how they write numbers.

mod format;
mod language;
mod parts;
pub(crate) mod persian;
mod texts;
mod words;

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
pub(crate) use format::{Left, Unit};
pub(crate) use language::{Bilingual, Lang, Reader, bilingual};
pub(crate) use parts::{Deadline, Failure, Failures, Price, closed, inert};
use sha2::{Digest, Sha256};
pub(crate) use texts::{Tables, texts};
use url::{Host, Url};

use crate::outbox::Targets;

/// The whole style, inline in every page: nothing is fetched.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// The one script, inline in every page. Pages do without it what they are for.
pub(crate) const SCRIPT: &str = include_str!("../templates/page.js");

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| hash(STYLE));
static SCRIPT_HASH: LazyLock<String> = LazyLock::new(|| hash(SCRIPT));

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// What a page may do beyond showing itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Policy<'a> {
    /// Where its forms may lead by a redirect, apart from the sandbox itself.
    pub(crate) leads_to: Option<&'a Url>,
    /// Whether its script may ask the sandbox.
    pub(crate) connects: bool,
    /// What it has beside the style and the script of all pages.
    pub(crate) own: Option<&'static Own>,
}

/// The hashes of a style and a script that some pages have beside those of all.
#[derive(Debug)]
pub(crate) struct Own {
    style: String,
    script: String,
}

impl Own {
    pub(crate) fn of(style: &str, script: &str) -> Self {
        Self {
            style: format!(" 'sha256-{}'", hash(style)),
            script: format!(" 'sha256-{}'", hash(script)),
        }
    }
}

impl<'a> Policy<'a> {
    pub(crate) fn leads_to(url: Option<&'a Url>) -> Self {
        Self {
            leads_to: url,
            ..Self::default()
        }
    }
}

/// Renders a page. The template extends `layout.html` and has the reader in its field `reader`.
pub(crate) fn page<T: Template>(
    reader: &Reader,
    status: StatusCode,
    template: &T,
    policy: Policy<'_>,
) -> Response {
    match template.render() {
        Ok(html) => (status, headers(policy), reader.keeps(), html).into_response(),
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
    reader: &Reader,
    played: Option<&'static str>,
    heading: Bilingual,
    text: Bilingual,
) -> Response {
    let again = played.is_none().then(|| "/".to_owned());
    let words = (heading, text);
    lost_for(reader, StatusCode::NOT_FOUND, played, words, again)
}

/// Shows with this status why a link leads nowhere, and where to go instead.
pub(crate) fn lost_for(
    reader: &Reader,
    status: StatusCode,
    played: Option<&'static str>,
    (heading, text): (Bilingual, Bilingual),
    again: Option<String>,
) -> Response {
    let view = LostPage {
        reader,
        played,
        heading: heading.of(reader.lang),
        text: text.of(reader.lang),
        again,
    };
    page(reader, status, &view, Policy::default())
}

#[derive(Debug, Template)]
#[template(path = "lost.html")]
struct LostPage<'a> {
    reader: &'a Reader,
    played: Option<&'static str>,
    heading: &'static str,
    text: &'static str,
    again: Option<String>,
}

/// Shows where a payer would be sent, in place of a redirect away from this machine that was not allowed.
pub(crate) fn keep_here(reader: &Reader, response: Response, targets: &Targets) -> Response {
    let location = response.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let away = location.and_then(|location| Url::parse(location).ok());
    let Some(away) = away.filter(|url| !targets.allow(url)) else {
        return response;
    };
    let view = LeavePage {
        reader,
        address: away.as_str(),
        host: away.host_str().unwrap_or_default(),
    };
    page(reader, StatusCode::OK, &view, Policy::default())
}

#[derive(Debug, Template)]
#[template(path = "leave.html")]
struct LeavePage<'a> {
    reader: &'a Reader,
    address: &'a str,
    host: &'a str,
}

/// A state as pages show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    title: Bilingual,
    /// The class that colours it.
    pub(crate) tone: &'static str,
}

impl Shown {
    pub(crate) const fn waiting(persian: &'static str, english: &'static str) -> Self {
        Self::of(persian, english, "waiting")
    }

    pub(crate) const fn good(persian: &'static str, english: &'static str) -> Self {
        Self::of(persian, english, "good")
    }

    pub(crate) const fn bad(persian: &'static str, english: &'static str) -> Self {
        Self::of(persian, english, "bad")
    }

    pub(crate) fn title(self, reader: &Reader) -> &'static str {
        self.title.of(reader.lang)
    }

    const fn of(persian: &'static str, english: &'static str, tone: &'static str) -> Self {
        let title = bilingual(persian, english);
        Self { title, tone }
    }
}

/// What has become of a payment, as its page says it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) heading: &'static str,
    pub(crate) text: &'static str,
}

fn headers(policy: Policy<'_>) -> [(HeaderName, String); 6] {
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.written()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ]
}

impl Policy<'_> {
    fn written(self) -> String {
        let (style, script) = (STYLE_HASH.as_str(), SCRIPT_HASH.as_str());
        let (own_style, own_script) = match self.own {
            Some(own) => (own.style.as_str(), own.script.as_str()),
            None => ("", ""),
        };
        let forms = self.leads_to.map(source).unwrap_or_default();
        let connects = if self.connects {
            " connect-src 'self';"
        } else {
            ""
        };
        format!(
            "default-src 'none'; style-src 'sha256-{style}'{own_style}; script-src 'sha256-{script}'{own_script};{connects} \
             form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
        )
    }
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
        let nowhere = Policy::default().written();
        assert!(
            nowhere.contains("form-action 'self'; base-uri"),
            "{nowhere}"
        );
        for (url, source) in [
            ("https://shop.example/back?a=1", "https://shop.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http:"),
        ] {
            let url = Url::parse(url).unwrap();
            let policy = Policy::leads_to(Some(&url)).written();
            let allowed = format!("form-action 'self' {source}; ");
            assert!(policy.contains(&allowed), "{policy}");
        }
    }

    #[test]
    fn a_script_asks_the_sandbox_only_where_a_page_needs_it() {
        assert!(!Policy::default().written().contains("connect-src"));
        let asks = Policy {
            connects: true,
            ..Policy::default()
        };
        assert!(asks.written().contains("; connect-src 'self'; "));
    }
}
