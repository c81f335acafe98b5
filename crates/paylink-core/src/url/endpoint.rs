use std::fmt;

use url::{Host, Url};

use crate::url::web_url::{check_characters, refused};
use crate::{FieldKey, Invalid, WebUrl};

/// The address under which a provider's operations stand: `https`, or plain `http` on loopback for a sandbox.
///
/// ```
/// use paylink_core::BaseUrl;
///
/// assert!(BaseUrl::parse("https://api.example/v1").is_ok());
/// assert!(BaseUrl::parse("http://127.0.0.1:8080/zipay/api/").is_ok());
/// assert!(BaseUrl::parse("http://api.example/").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

const LINK: FieldKey = FieldKey::new("link", "link");

const PATH: FieldKey = FieldKey::new("path", "path");

impl BaseUrl {
    /// The field under which a base URL is refused.
    pub const KEY: FieldKey = FieldKey::new("base_url", "base URL");

    /// Parses a base URL, with or without a slash at its end.
    ///
    /// # Errors
    ///
    /// Plain `http` to another machine is refused, since credentials would travel readable; so are a query, a
    /// fragment and a user name. Correct the configuration.
    pub fn parse(text: &str) -> Result<BaseUrl, Invalid> {
        BaseUrl::parse_with(text, is_loopback)
    }

    /// Parses a base URL that may be plain `http` to any machine.
    ///
    /// Credentials and payments then travel readable and changeable. It is for a provider that the merchant runs beside
    /// the shop, within one private network; there is no other good reason.
    ///
    /// # Errors
    ///
    /// As [`BaseUrl::parse`], but for plain `http`.
    pub fn parse_allowing_plain_http(text: &str) -> Result<BaseUrl, Invalid> {
        BaseUrl::parse_with(text, |_| true)
    }

    fn parse_with(text: &str, may_be_plain: fn(&Url) -> bool) -> Result<BaseUrl, Invalid> {
        let wrong = |problem: &'static str| refused(BaseUrl::KEY, problem, text);
        check_characters(BaseUrl::KEY, text)?;
        let mut url = Url::parse(text).map_err(|_| {
            wrong("is not a URL").with_remedy("write it whole, such as https://api.example/")
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new(BaseUrl::KEY, "holds a user name or password")
                .with_remedy("leave it out; credentials have fields of their own"));
        }
        match url.scheme() {
            "https" => {}
            "http" if may_be_plain(&url) => {}
            "http" => {
                return Err(wrong("is plain http").with_remedy(
                    "use https; plain http is allowed on loopback alone, since credentials would travel readable",
                ));
            }
            _ => return Err(wrong("is not an https URL")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("holds a query or a fragment").with_remedy("leave them out"));
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(BaseUrl(url))
    }

    /// The place of one operation below this address, `create-invoice` say. Parse it once, when the client is built.
    ///
    /// # Errors
    ///
    /// Segments that are empty, `.` or `..` are refused: they would name another place.
    pub fn endpoint(&self, path: &str) -> Result<Endpoint, Invalid> {
        if path
            .split('/')
            .any(|segment| matches!(segment, "" | "." | ".."))
        {
            return Err(Invalid::new(PATH, "holds an empty or a dotted segment").with_value(path));
        }
        let mut url = self.0.clone();
        url.path_segments_mut()
            .map_err(|()| Invalid::new(BaseUrl::KEY, "cannot be extended"))?
            .pop_if_empty()
            .extend(path.split('/'));
        Ok(Endpoint(url))
    }

    /// The address itself as the place of every operation, without the slash at its end: `https://api.example/x.asmx`.
    #[must_use]
    pub fn to_endpoint(&self) -> Endpoint {
        let mut url = self.0.clone();
        if let Some(path) = self.0.path().strip_suffix('/') {
            url.set_path(path);
        }
        Endpoint(url)
    }

    /// The link to a page beside this address: `https://api.example/api/` has the page `https://api.example/pay/7`.
    ///
    /// # Errors
    ///
    /// As [`BaseUrl::endpoint`].
    pub fn sibling_page(&self, path: &str) -> Result<WebUrl, Invalid> {
        let mut parent = self.0.clone();
        parent
            .path_segments_mut()
            .map_err(|()| Invalid::new(BaseUrl::KEY, "cannot be extended"))?
            .pop_if_empty()
            .pop();
        let page = BaseUrl(parent).endpoint(path)?;
        WebUrl::parse(LINK, page.url().as_str())
    }

    crate::getters! { self;
        /// The text, with its slash at the end.
        as_str: &str = self.0.as_str();
        /// The host, in the form of [`WebUrl::host`].
        host: &str = self.0.host_str().unwrap_or_default();
        /// Scheme, host and port without the path: `https://api.example`.
        origin: String = self.0.origin().ascii_serialization();
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

/// The parsed address of one operation.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// The path on the host.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// This endpoint with a query; names and values are percent-encoded.
    #[must_use]
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> Endpoint {
        let mut url = self.0.clone();
        url.query_pairs_mut().extend_pairs(pairs);
        Endpoint(url)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query may hold personal data.
        write!(f, "Endpoint({})", self.0.path())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_password_is_not_shown() {
        for text in [
            "https://shop:s3cr3t@api.example:99999/",
            "http://shop:s3cr3t@api.example/",
            "shop:s3cr3t@api.example",
            "https://shop:s3cr3t@",
        ] {
            let base = BaseUrl::parse(text).unwrap_err().to_string();
            let web = text.parse::<WebUrl>().unwrap_err().to_string();
            let both = format!("{base} {web}");
            assert!(!both.contains("s3cr3t"), "{both}");
        }
        let base = BaseUrl::parse("https://api.example/").unwrap();
        let endpoint = base.endpoint("pay").unwrap();
        let endpoint = endpoint.with_query(&[("card", "s3cr3t")]);
        assert_eq!(format!("{endpoint:?}"), "Endpoint(/pay)");
    }

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for good in [
            "http://127.0.0.1:9/",
            "http://[::1]:9",
            "http://localhost:8080/x",
            "https://a.example",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://127.0.0.1.a.example/",
            "http://10.0.0.1/",
            "ftp://a.example/",
            "https://u:p@a.example/",
            "https://a.example/?x=1",
            "https://a.example/#x",
            "a.example",
            "",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_a_base_url_is_not_repeated() {
        let error = BaseUrl::parse("https://user:hunter2hunter2@a.example/").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn endpoints_stay_below_their_base() {
        let base = BaseUrl::parse("https://a.example/api").unwrap();
        for path in ["create-invoice", "a/b"] {
            let endpoint = base.endpoint(path).unwrap();
            assert_eq!(endpoint.path(), format!("/api/{path}"));
        }
        for bad in ["", ".", "..", "a/../b", "/a", "a/"] {
            assert!(base.endpoint(bad).is_err(), "{bad}");
        }
        let odd = base.endpoint("a?b#c").unwrap();
        assert_eq!(odd.path(), "/api/a%3Fb%23c");
    }

    #[test]
    fn an_address_may_be_a_place_itself() {
        for (base, path) in [
            ("https://a.example/x/y.asmx", "/x/y.asmx"),
            ("https://a.example/x/y.asmx/", "/x/y.asmx"),
            ("https://a.example", "/"),
        ] {
            assert_eq!(BaseUrl::parse(base).unwrap().to_endpoint().path(), path);
        }
    }

    #[test]
    fn pages_stand_beside_the_api() {
        let live = BaseUrl::parse("https://a.example/api/").unwrap();
        let page = live.sibling_page("pay/7").unwrap();
        assert_eq!(page.as_str(), "https://a.example/pay/7");
        let deep = BaseUrl::parse("http://127.0.0.1:9/x/api").unwrap();
        let page = deep.sibling_page("pay/7").unwrap();
        assert_eq!(page.as_str(), "http://127.0.0.1:9/x/pay/7");
    }

    #[test]
    fn queries_are_encoded() {
        let base = BaseUrl::parse("https://a.example/api").unwrap();
        let asked = base
            .endpoint("check")
            .unwrap()
            .with_query(&[("pay_id", "1&x=2")]);
        let url = "https://a.example/api/check?pay_id=1%26x%3D2";
        assert_eq!(asked.url().as_str(), url);
    }
}
