#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::{FieldKey, Invalid};

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
                .with_remedy("write it whole, such as https://shop.example/back"));
        }
        // Browsers read over slashes too many; what else reads the URL finds no host in it.
        if text
            .split_once("://")
            .is_some_and(|(_, rest)| rest.starts_with('/'))
        {
            return Err(wrong("names no host"));
        }
        let url = Url::parse(text).map_err(|_| {
            wrong("is not a URL").with_remedy("write it whole, such as https://shop.example/back")
        })?;
        if !url.has_host() {
            return Err(wrong("names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // The value may hold a password: it is not shown.
            return Err(
                Invalid::new(field, "holds a user name or password").with_remedy("leave it out")
            );
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
    invalid.with_value(text)
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

crate::serde_as_text!(WebUrl);

/// The longest way to write a URL that is put into an error.
const LONGEST_REMEDY: usize = 300;

/// Refuses what no URL may hold (RFC 3986, appendix A), and says what to write in its place.
///
/// Square brackets pass: they belong to an IP address, and everybody takes them in a query.
pub(crate) fn check_characters(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| refused(field, problem, text);
    let mut fragment = false;
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => {}
            ':' | '/' | '?' | '[' | ']' | '@' => {}
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' => {}
            '#' if !fragment => fragment = true,
            '#' => {
                return Err(wrong("holds more than one #").with_remedy("percent-encode it as %23"));
            }
            '%' if is_octet(text.get(at..)) => {}
            '%' => {
                return Err(wrong("holds a % that encodes nothing")
                    .with_remedy("percent-encode the sign itself as %25"));
            }
            '\\' => return Err(wrong("holds a backslash").with_remedy("write / in its place")),
            c if c.is_control() || c.is_whitespace() => {
                return Err(
                    wrong("holds a space or a control character").with_remedy("percent-encode it")
                );
            }
            c if c.is_ascii() => {
                return Err(wrong("holds a character that no URL has")
                    .with_remedy(format!("percent-encode it as %{:02X}", u32::from(c))));
            }
            _ => {
                let invalid = wrong("holds a character outside ASCII");
                return Err(match in_ascii(text) {
                    Some(url) => invalid.with_remedy(format!("write {url}")),
                    None => invalid.with_remedy("percent-encode it"),
                });
            }
        }
    }
    Ok(())
}

/// Whether the text begins with `%` and two hexadecimal digits.
fn is_octet(text: Option<&str>) -> bool {
    let octet = text.and_then(|text| text.as_bytes().get(1..3));
    octet.is_some_and(|octet| octet.iter().all(u8::is_ascii_hexdigit))
}

/// What a browser makes of a URL in another script. A password may stand before an `@`: such a URL is not repeated.
fn in_ascii(text: &str) -> Option<String> {
    if text.contains('@') || crate::text::hidden(text).is_some() {
        return None;
    }
    let url = Url::parse(text).ok()?.to_string();
    (url.len() <= LONGEST_REMEDY && check_characters(WebUrl::KEY, &url).is_ok()).then_some(url)
}
