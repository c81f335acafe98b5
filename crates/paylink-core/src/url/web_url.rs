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
        // One before the `@` that is empty is none to the parser, and is left out by it: the text would seem to name another host.
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next();
        if authority.is_some_and(|authority| authority.contains('@')) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(text: &str) -> String {
        WebUrl::parse(WebUrl::KEY, text)
            .unwrap_err()
            .problem()
            .to_owned()
    }

    #[test]
    fn urls_of_every_allowed_character_keep_their_text() {
        for text in [
            "https://shop.example/back?lang=fa&a[]=1&b=%D9%BE#/there",
            "HTTP://SHOP.EXAMPLE:8080/-._~:/?[]@!$&'()*+,;=%2f",
            "http://[::1]:9/pay/7",
            "https://xn--mgba3gch31f.example",
            "https://me.sizpay.ir/hosseini/0200260411",
        ] {
            let url: WebUrl = text.parse().unwrap();
            assert_eq!(url.as_str(), text);
            assert_eq!(url.to_string(), text);
            assert_eq!(format!("{url:?}"), format!("{text:?}"));
            assert_eq!(serde_json::to_value(&url).unwrap(), text);
            let back: WebUrl = serde_json::from_value(text.into()).unwrap();
            assert_eq!(back, url);
        }
        let url: WebUrl = "HTTPS://Shop.Example/Back".parse().unwrap();
        assert_eq!((url.host(), url.is_https()), ("shop.example", true));
        assert!(!"http://shop.example".parse::<WebUrl>().unwrap().is_https());
    }

    #[test]
    fn what_no_url_may_hold_is_refused_with_what_to_write() {
        let no_url = "holds a character that no URL has";
        let hashes = "holds more than one #";
        let slash = "write / in its place";
        let nothing = "holds a % that encodes nothing";
        let sign = "percent-encode the sign itself as %25";
        let space = "holds a space or a control character";
        let foreign = "holds a character outside ASCII";
        let encode = "percent-encode it";
        let path = "write https://a.example/%D8%A8%D8%A7%D8%B2%DA%AF%D8%B4%D8%AA";
        let host = "write https://xn--mgbxqm0c0f.example/?q=%D9%BE";
        for (text, problem, remedy) in [
            ("https://a.example/\">b", no_url, "percent-encode it as %22"),
            ("https://a.example/<b", no_url, "percent-encode it as %3C"),
            ("https://a.example/>b", no_url, "percent-encode it as %3E"),
            ("https://a.example/^", no_url, "percent-encode it as %5E"),
            ("https://a.example/`", no_url, "percent-encode it as %60"),
            ("https://a.example/{x}", no_url, "percent-encode it as %7B"),
            ("https://a.example/|", no_url, "percent-encode it as %7C"),
            ("https://a.example/}", no_url, "percent-encode it as %7D"),
            ("https://a.example\\back", "holds a backslash", slash),
            ("https:\\\\a.example", "holds a backslash", slash),
            ("https://a.example/?off=10%", nothing, sign),
            ("https://a.example/%4", nothing, sign),
            ("https://a.example/%4g", nothing, sign),
            ("https://a.example/#a#b", hashes, "percent-encode it as %23"),
            ("https://a.example/a b", space, encode),
            ("https://a.example/\u{1b}[2J", space, encode),
            ("https://a.example/\u{85}", space, encode),
            ("https://a.example/\u{202e}", foreign, encode),
            ("https://a.example/\u{2066}x", foreign, encode),
            ("https://a.example/\u{200b}", foreign, encode),
            ("https://a.example/بازگشت", foreign, path),
            ("https://فروشگاه.example/?q=پ", foreign, host),
        ] {
            let error = WebUrl::parse(WebUrl::KEY, text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("URL", problem), "{text:?}");
            if remedy == host {
                let remedy = error.remedy().unwrap();
                assert!(remedy.starts_with("write https://xn--"), "{error}");
            } else {
                assert_eq!(error.remedy(), Some(remedy), "{text:?}");
            }
            assert_eq!(crate::text::hidden(&error.to_string()), None, "{text:?}");
        }
        let long = format!("https://a.example/{}", "پ".repeat(90));
        let error = WebUrl::parse(WebUrl::KEY, &long).unwrap_err();
        assert_eq!(error.remedy(), Some("percent-encode it"));
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for (text, expected) in [
            ("", "is not an http or https URL"),
            ("shop.example/back", "is not an http or https URL"),
            ("ftp://shop.example/", "is not an http or https URL"),
            ("javascript:alert(1)", "is not an http or https URL"),
            ("myapp://back", "is not an http or https URL"),
            ("http:", "is not an http or https URL"),
            ("https:/shop.example", "is not an http or https URL"),
            ("https://", "is not a URL"),
            ("https:///back", "names no host"),
            ("http:////a.example", "names no host"),
            ("https://a.example:99999/", "is not a URL"),
            ("https://me@a.example/", "holds a user name or password"),
            ("https://:pw@a.example/", "holds a user name or password"),
            ("https://@a.example/", "holds a user name or password"),
            ("https://:@a.example?x", "holds a user name or password"),
        ] {
            assert_eq!(problem(text), expected, "{text}");
        }
    }

    #[test]
    fn the_bound_is_two_thousand_characters() {
        let fits = format!("https://a.example/{}", "x".repeat(1_982));
        assert_eq!(fits.len(), 2_000);
        assert!(fits.parse::<WebUrl>().is_ok());
        let longer = format!("{fits}x");
        assert_eq!(problem(&longer), "is longer than 2000 characters");
    }

    #[test]
    fn a_url_with_an_at_sign_is_not_repeated() {
        for text in [
            "https://shop:s3cr3t@a.example/",
            "https://shop:s3cr3t@a.example/پ",
            "https://shop:s3cr3t@a.example/<",
            "shop:s3cr3t@a.example",
        ] {
            let error = WebUrl::parse(WebUrl::KEY, text).unwrap_err();
            assert!(!error.to_string().contains("s3cr3t"), "{error}");
        }
        for elsewhere in [
            "https://a.example/@shop",
            "https://a.example?@",
            "https://a.example#@",
        ] {
            assert!(elsewhere.parse::<WebUrl>().is_ok(), "{elsewhere}");
        }
    }

    #[test]
    fn only_text_is_read_from_storage() {
        for document in [
            "7",
            "null",
            "[\"https://a.example\"]",
            "\"myapp://back\"",
            "\"https://a.example/\\\"\"",
        ] {
            let read = serde_json::from_str::<WebUrl>(document);
            assert!(read.is_err(), "{document}");
        }
    }

    proptest! {
        /// Whatever passes can be printed as it is, and stands in a quoted attribute without ending it.
        #[test]
        fn a_url_holds_nothing_that_steers(text in "https?://a\\.example/\\PC{0,20}|https://a.example/[ -~]{0,20}") {
            if let Ok(url) = text.parse::<WebUrl>() {
                prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                let steers = url.as_str().contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}']);
                prop_assert!(!steers);
                prop_assert_eq!(url.as_str(), text.as_str());
            }
        }

        #[test]
        fn what_to_write_instead_is_taken(path in "[آ-ی a-z\"<>^%]{1,12}") {
            let text = format!("https://a.example/{path}");
            if let Err(error) = text.parse::<WebUrl>()
                && let Some(better) = error.remedy().and_then(|remedy| remedy.strip_prefix("write https"))
            {
                let better = format!("https{better}");
                prop_assert!(better.parse::<WebUrl>().is_ok(), "{}", better);
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = text.parse::<WebUrl>();
            let _ = format!("https://{text}").parse::<WebUrl>();
        }
    }
}
