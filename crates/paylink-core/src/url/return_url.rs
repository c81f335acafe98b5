use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use url::Url;

use crate::url::web_url::{check_characters, refused};
use crate::{FieldKey, Invalid, WebUrl};

/// The most characters of an app's address, as of a web address.
const LONGEST: usize = 2_000;

/// Schemes that are not an app's own: a browser, or the system, does something else with them.
const NOT_OF_AN_APP: [&str; 17] = [
    "about",
    "blob",
    "chrome",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "sms",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// An address that a provider comes back to: it sends the payer's browser there, or calls it.
///
/// Providers write parameters of their own behind it. So it has no fragment, behind which they would be lost, and its
/// query does not hold one of their names ([`ReturnUrl::check_query_names`]). It keeps the exact text it was made from.
///
/// ```
/// use paylink_core::ReturnUrl;
///
/// let back = ReturnUrl::parse(ReturnUrl::KEY, "https://shop.example/back?order=1000")?;
/// assert_eq!(back.as_str(), "https://shop.example/back?order=1000");
///
/// let error = ReturnUrl::parse(ReturnUrl::KEY, "https://shop.example/#/back").unwrap_err();
/// assert_eq!(error.problem(), "holds a fragment");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReturnUrl(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Web(WebUrl),
    App(Url, String),
}

impl ReturnUrl {
    /// The field under which an address is refused that is read by itself.
    pub const KEY: FieldKey = FieldKey::new("return_url", "return URL");

    /// Reads an `http` or `https` address; `field` is the one under which it is refused.
    ///
    /// # Errors
    ///
    /// As [`WebUrl::parse`], and a fragment: correct the address.
    pub fn parse(field: FieldKey, text: &str) -> Result<ReturnUrl, Invalid> {
        let url = WebUrl::parse(field, text)?;
        without_fragment(field, text)?;
        Ok(ReturnUrl(Kind::Web(url)))
    }

    /// Reads an address of an app's own scheme, `myapp://back`, to which a browser hands the payer over.
    ///
    /// Nobody but the payer's own device can follow it, so it is for the payer's return alone, never for a provider's
    /// call. Any app may claim any scheme, and then it gets the payer: what comes back is a hint here as everywhere. Whether
    /// a provider takes such an address is documented by none of them; an `https` address that the app has claimed (a
    /// universal link, an app link) works with all.
    ///
    /// # Errors
    ///
    /// A scheme that is not an app's own, text that is not `scheme://` and a place, a fragment, a user name, a character
    /// that no URL has: correct the address.
    ///
    /// ```
    /// use paylink_core::ReturnUrl;
    ///
    /// let back = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back?order=1000")?;
    /// assert!(back.is_app());
    /// assert!(ReturnUrl::parse_app(ReturnUrl::KEY, "javascript://back").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse_app(field: FieldKey, text: &str) -> Result<ReturnUrl, Invalid> {
        const REMEDY: &str =
            "write it as myapp://back, with the scheme that the app has registered";

        let wrong = |problem: &'static str| refused(field, problem, text).with_remedy(REMEDY);
        if text.len() > LONGEST {
            return Err(wrong("is longer than 2000 characters").with_remedy("shorten it"));
        }
        check_characters(field, text)?;
        without_fragment(field, text)?;
        let (scheme, place) = text
            .split_once("://")
            .filter(|(scheme, place)| is_scheme(scheme) && !place.is_empty())
            .ok_or_else(|| wrong("is not an address of an app"))?;
        if matches!(scheme, "http" | "https") {
            return Err(wrong("is a web address, not one of an app"));
        }
        if NOT_OF_AN_APP.contains(&scheme) {
            return Err(wrong("has a scheme that no app may have as its own"));
        }
        let url = Url::parse(text).map_err(|_| wrong("is not an address of an app"))?;
        if place.starts_with('/') || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("is not an address of an app"));
        }
        Ok(ReturnUrl(Kind::App(url, text.to_owned())))
    }

    /// Reads an address again whose text was stored: one of the web, or of an app.
    ///
    /// # Errors
    ///
    /// What is neither: give back the text as it was stored.
    pub fn parse_stored(field: FieldKey, text: &str) -> Result<ReturnUrl, Invalid> {
        ReturnUrl::parse(field, text)
            .or_else(|error| ReturnUrl::parse_app(field, text).map_err(|_| error))
    }

    /// Refuses an address whose query holds one of these names, which the provider writes behind it.
    ///
    /// Names are compared as PHP and ASP.NET read them: without regard to letter case, `a[]` as `a`, `a.b` as `a_b`.
    ///
    /// # Errors
    ///
    /// Names the parameter: call it something else.
    ///
    /// ```
    /// use paylink_core::ReturnUrl;
    ///
    /// let back = ReturnUrl::parse(ReturnUrl::KEY, "https://shop.example/back?trackid=7")?;
    /// assert!(back.check_query_names(ReturnUrl::KEY, &["trackid"]).is_err());
    /// assert!(back.check_query_names(ReturnUrl::KEY, &["invoiceId"]).is_ok());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn check_query_names(
        &self,
        field: FieldKey,
        names: &[&'static str],
    ) -> Result<(), Invalid> {
        let url = match &self.0 {
            Kind::Web(url) => url.url(),
            Kind::App(url, _) => url,
        };
        for (name, _) in url.query_pairs() {
            let read = as_read(&name);
            if let Some(taken) = names.iter().find(|taken| taken.eq_ignore_ascii_case(&read)) {
                return Err(Invalid::new(
                    field,
                    format!("has a parameter {taken} in its query, which the provider adds itself"),
                )
                .with_remedy("call it something else, such as order"));
            }
        }
        Ok(())
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Web(url) => url.as_str(),
            Kind::App(_, text) => text,
        }
    }

    /// The address, if it is one of the web.
    #[must_use]
    pub fn as_web(&self) -> Option<&WebUrl> {
        match &self.0 {
            Kind::Web(url) => Some(url),
            Kind::App(..) => None,
        }
    }

    /// Whether it is of an app's own scheme.
    #[must_use]
    pub fn is_app(&self) -> bool {
        self.as_web().is_none()
    }
}

fn without_fragment(field: FieldKey, text: &str) -> Result<(), Invalid> {
    if text.contains('#') {
        return Err(refused(field, "holds a fragment", text).with_remedy(
            "leave out # and what follows, since what the provider adds would be lost behind it; let the page that is \
             returned to lead there",
        ));
    }
    Ok(())
}

/// A scheme as RFC 3986, section 3.1 has it, in small letters; one letter alone is a drive.
fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
    let rest = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')
    };
    first && text.len() > 1 && bytes.all(rest)
}

/// The name under which PHP reads a parameter.
fn as_read(name: &str) -> String {
    let plain = name.split('[').next().unwrap_or_default();
    plain.trim_start().replace(['.', ' '], "_")
}

/// Reads an address of the web.
impl FromStr for ReturnUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<ReturnUrl, Invalid> {
        ReturnUrl::parse(ReturnUrl::KEY, text)
    }
}

impl fmt::Display for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Serialize for ReturnUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 3] = ["trackid", "invoice_number", "invoiceId"];

    fn web(text: &str) -> Result<ReturnUrl, Invalid> {
        ReturnUrl::parse(ReturnUrl::KEY, text)
    }

    fn app(text: &str) -> Result<ReturnUrl, Invalid> {
        ReturnUrl::parse_app(ReturnUrl::KEY, text)
    }

    #[test]
    fn an_address_keeps_its_text() {
        let back = web("https://Shop.example/back?order=1000&x=%D9%BE").unwrap();
        let text = "https://Shop.example/back?order=1000&x=%D9%BE";
        assert_eq!(back.as_str(), text);
        assert_eq!(back.to_string(), back.as_str());
        assert_eq!(format!("{back:?}"), format!("{:?}", back.as_str()));
        assert_eq!(serde_json::to_value(&back).unwrap(), back.as_str());
        assert_eq!(back.as_web().map(WebUrl::host), Some("shop.example"));
        assert!(!back.is_app());
    }

    #[test]
    fn fragments_and_backslashes_are_refused_with_what_to_write() {
        for text in [
            "https://shop.example/#/back",
            "https://shop.example/back#",
            "https://shop.example/?a=1#b",
        ] {
            let error = web(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("return URL", "holds a fragment"), "{text}");
            let remedy = error.remedy().unwrap();
            assert!(remedy.starts_with("leave out # and what follows"));
        }
        let error = app("myapp://back#there").unwrap_err();
        assert_eq!(error.problem(), "holds a fragment");
        for text in [
            "https://shop.example\\back",
            "myapp:\\\\back",
            "myapp://a\\b",
        ] {
            for error in [web(text).unwrap_err(), app(text).unwrap_err()] {
                assert_eq!(error.problem(), "holds a backslash");
                assert_eq!(error.remedy(), Some("write / in its place"));
            }
        }
    }

    #[test]
    fn an_apps_address_is_taken_where_it_is_said_to_be_one_and_nowhere_else() {
        for text in [
            "myapp://back",
            "ir.shop.app://pay/back?order=1000",
            "my-app+1.x://a:7/b",
            "shop2://back/",
        ] {
            let back = app(text).unwrap();
            assert_eq!(back.as_str(), text);
            assert!(back.is_app() && back.as_web().is_none());
            let error = web(text).unwrap_err();
            assert_eq!(error.problem(), "is not an http or https URL");
        }
    }

    #[test]
    fn what_is_no_apps_address_is_refused() {
        let of_the_web = "is a web address, not one of an app";
        let not_its_own = "has a scheme that no app may have as its own";
        for (text, problem) in [
            ("", "is not an address of an app"),
            ("myapp", "is not an address of an app"),
            ("myapp:back", "is not an address of an app"),
            ("myapp:/back", "is not an address of an app"),
            ("myapp://", "is not an address of an app"),
            ("myapp:///back", "is not an address of an app"),
            ("://back", "is not an address of an app"),
            ("c://back", "is not an address of an app"),
            ("MyApp://back", "is not an address of an app"),
            ("my_app://back", "is not an address of an app"),
            ("1app://back", "is not an address of an app"),
            ("myapp://me@back", "is not an address of an app"),
            ("myapp://:pw@back", "is not an address of an app"),
            ("http://shop.example/back", of_the_web),
            ("https://shop.example/back", of_the_web),
            ("javascript://%0aalert(1)", not_its_own),
            ("data://text/html,x", not_its_own),
            ("file://etc/passwd", not_its_own),
            ("myapp://back?a=\"", "holds a character that no URL has"),
            ("myapp://back\u{202e}", "holds a character outside ASCII"),
        ] {
            let error = app(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("return URL", problem), "{text}");
            assert!(error.remedy().is_some(), "{text}");
        }
        let error = app("myapp://:s3cr3t@back").unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"));
        for scheme in NOT_OF_AN_APP {
            assert!(app(&format!("{scheme}://back")).is_err(), "{scheme}");
        }
        let fits = format!("myapp://{}", "x".repeat(1_992));
        assert!(app(&fits).is_ok());
        let error = app(&format!("{fits}x")).unwrap_err();
        assert_eq!(error.problem(), "is longer than 2000 characters");
    }

    fn check(back: &ReturnUrl) -> Result<(), Invalid> {
        back.check_query_names(ReturnUrl::KEY, &NAMES)
    }

    #[test]
    fn the_providers_own_names_are_refused_however_they_are_written() {
        for query in [
            "trackid=7",
            "a=1&trackid=7",
            "trackid",
            "TrackID=7",
            "track%69d=7",
            "trackid[]=7",
            "trackid%5B%5D=7",
            "invoice.number=7",
            "invoice%20number=7",
            "invoice+number=7",
            "%20trackid=7",
            "invoiceid=7",
        ] {
            for back in [
                web(&format!("https://shop.example/back?{query}")),
                app(&format!("myapp://back?{query}")),
            ] {
                let error = check(&back.unwrap()).unwrap_err();
                assert_eq!(error.key(), "return_url");
                assert!(error.problem().starts_with("has a parameter "), "{query}");
                let remedy = "call it something else, such as order";
                assert_eq!(error.remedy(), Some(remedy));
            }
        }
        for query in [
            "",
            "order=trackid",
            "trackids=7",
            "track_id=7",
            "x=1&invoice=2",
            "[trackid]=7",
        ] {
            let back = web(&format!("https://shop.example/trackid?{query}")).unwrap();
            assert!(check(&back).is_ok(), "{query}");
        }
        assert!(check(&web("https://shop.example/back").unwrap()).is_ok());
    }

    proptest! {
        /// What a provider adds to the query stands there alone: no reader finds another value under its name.
        #[test]
        fn what_the_provider_adds_is_read_back(query in "[a-zA-Z=&.%+_d-]{0,24}") {
            let Ok(back) = web(&format!("https://shop.example/back?{query}")) else { return Ok(()) };
            if check(&back).is_ok() {
                let returned = format!("{back}&trackid=de7d44ae");
                let url = Url::parse(&returned).unwrap();
                let found: Vec<_> = url.query_pairs().filter(|(name, _)| name == "trackid").collect();
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(&found[0].1, "de7d44ae");
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = web(&text);
            let _ = app(&text);
            let _ = app(&format!("myapp://{text}"));
        }
    }
}
