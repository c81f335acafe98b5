mod characters;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::{FieldKey, Invalid, from_text};

pub(crate) use characters::check_characters;

/// The most characters that a URL may have: what browsers and gateways agree on.
const LONGEST: usize = 2_000;

/// An absolute `http` or `https` URL for a browser or a webhook: parsed once, never fetched by paylink.
///
/// It has a host, carries no user name or password, and keeps the exact text it was made from. That text holds nothing but
/// what RFC 3986 allows in a URL, and square brackets: no quotation mark, angle bracket, backslash, space, control character
/// or direction mark, and no character outside ASCII. So it may be printed on a terminal as it is. A page still escapes it,
/// since `&` and `'` may stand in a URL.
///
/// ```
/// use paylink_core::WebUrl;
///
/// let back: WebUrl = "https://shop.example/back?lang=fa".parse()?;
/// assert_eq!(back.host(), "shop.example");
/// assert!("shop.example/back".parse::<WebUrl>().is_err());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WebUrl {
    text: String,
    url: Url,
}

impl WebUrl {
    /// The field under which a URL is refused that is read by itself.
    pub const KEY: FieldKey = FieldKey::new("url", "URL");

    /// Parses `text`; `field` is the one under which it is refused.
    ///
    /// # Errors
    ///
    /// Says what is missing (a scheme, a host) or must go (user name, a character that no URL has), and what to write
    /// instead: correct the URL.
    pub fn parse(field: FieldKey, text: &str) -> Result<WebUrl, Invalid> {
        let wrong = |problem: &'static str| refused(field, problem, text);
        if text.len() > LONGEST {
            return Err(wrong("is longer than 2000 characters"));
        }
        check_characters(field, text)?;
        let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            return Err(wrong("is not an http or https URL")
                .remedy("write it whole, such as https://shop.example/back"));
        }
        // Browsers read over slashes too many; what else reads the URL finds no host in it.
        if text
            .split_once("://")
            .is_some_and(|(_, rest)| rest.starts_with('/'))
        {
            return Err(wrong("names no host"));
        }
        let url = Url::parse(text).map_err(|_| {
            wrong("is not a URL").remedy("write it whole, such as https://shop.example/back")
        })?;
        if !url.has_host() {
            return Err(wrong("names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // The value may hold a password: it is not shown.
            return Err(Invalid::new(field, "holds a user name or password").remedy("leave it out"));
        }
        Ok(WebUrl {
            text: text.to_owned(),
            url,
        })
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, in the form browsers use: hold it against the provider's own before showing a link.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// A URL that was refused. It is shown, unless a user name or a password may stand in it.
pub(crate) fn refused(field: FieldKey, problem: &'static str, text: &str) -> Invalid {
    let invalid = Invalid::new(field, problem);
    if text.contains('@') {
        return invalid;
    }
    invalid.value(text)
}

impl FromStr for WebUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<WebUrl, Invalid> {
        WebUrl::parse(WebUrl::KEY, text)
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl Serialize for WebUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for WebUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WebUrl, D::Error> {
        from_text::deserialize(deserializer)
    }
}
