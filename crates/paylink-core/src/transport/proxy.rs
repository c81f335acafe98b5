use std::fmt;
use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::url::web_url::{check_characters, refused};
use crate::{BaseUrl, FieldKey, Invalid};

/// The most bytes that a user or a password may have: SOCKS5 counts them in one byte (RFC 1929).
const LONGEST: usize = 255;

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

const EXAMPLE: &str =
    "write it whole, such as http://proxy.example:3128 or socks5h://proxy.example:1080";

/// A proxy by which a [`Transport`](crate::Transport) goes out: HTTP (`http`, `https`) or SOCKS5 (`socks5`, `socks5h`).
///
/// To a provider behind `https` it opens a tunnel, and the provider proves who it is as without one: the proxy learns the
/// host and nothing of what is said. With `socks5` this machine resolves the provider's name, with `socks5h` the proxy does.
/// What is on this machine, such as a sandbox, is reached directly, unless the proxy is on it too.
///
/// `Debug` and `Display` show scheme, host and port, and no credentials. Only those that are kept here are wiped from
/// memory: the HTTP stack keeps a copy of them as long as the transport lives.
///
/// ```
/// use paylink_core::Proxy;
///
/// let proxy: Proxy = "socks5h://proxy.example:1080".parse()?;
/// let proxy = proxy.with_credentials("shop", "s3cr3t".into())?;
/// assert_eq!(proxy.to_string(), "socks5h://proxy.example:1080");
/// assert!("http://shop:s3cr3t@proxy.example:3128".parse::<Proxy>().is_err());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    scheme: &'static str,
    /// The host in the form browsers use, with its port.
    authority: String,
    is_local: bool,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
struct Credentials {
    user: SecretString,
    password: SecretString,
}

impl Proxy {
    /// The field under which a proxy's URL is refused.
    pub const KEY: FieldKey = FieldKey::new("proxy", "proxy");

    /// The field under which a proxy's user is refused.
    pub const USER_KEY: FieldKey = FieldKey::new("proxy_user", "proxy user");

    /// The field under which a proxy's password is refused.
    pub const PASSWORD_KEY: FieldKey = FieldKey::new("proxy_password", "proxy password");

    /// Parses `http://host:port`, `https://…`, `socks5://…` or `socks5h://…`; `field` is the one under which it is refused.
    ///
    /// # Errors
    ///
    /// Another scheme, no port, a path or a query, and a user or a password, which have fields of their own. Correct the
    /// URL.
    pub fn parse(field: FieldKey, url: &str) -> Result<Proxy, Invalid> {
        let wrong = |problem: &'static str| refused(field, problem, url);
        if url.contains('@') {
            return Err(Invalid::new(field, "holds a user or a password")
                .with_remedy("leave them out, and set proxy_user and proxy_password"));
        }
        check_characters(field, url)?;
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("is not a whole URL").with_remedy(EXAMPLE))?;
        let scheme = SCHEMES
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known))
            .ok_or_else(|| {
                wrong("is of a kind that is not supported")
                    .with_remedy("use http://, https://, socks5:// or socks5h://")
            })?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err(wrong("holds more than host and port")
                .with_remedy("leave out what follows the port"));
        }
        let written = authority.rsplit_once(':');
        if !written
            .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(wrong("names no port").with_remedy(EXAMPLE));
        }
        // Hosts are read alike under every scheme, in the way of http.
        let not_read = || wrong("is not a URL").with_remedy(EXAMPLE);
        let read = Url::parse(&format!("http://{authority}")).map_err(|_| not_read())?;
        let (Some(host), Some(port)) = (read.host(), read.port_or_known_default()) else {
            return Err(not_read());
        };
        let authority = format!("{host}:{port}");
        // Encoded characters of a host are decoded, and what is shown has to be read again.
        check_characters(field, &authority).map_err(|_| not_read())?;
        Ok(Proxy {
            scheme,
            authority,
            is_local: is_local(&read),
            credentials: None,
        })
    }

    /// Has it asked with this user and password.
    ///
    /// # Errors
    ///
    /// If one of them is empty, longer than 255 bytes or holds a control character, and a colon in the user of an HTTP
    /// proxy. Correct them.
    pub fn with_credentials(
        mut self,
        user: &str,
        password: SecretString,
    ) -> Result<Proxy, Invalid> {
        check_credential(Proxy::USER_KEY, user)?;
        check_credential(Proxy::PASSWORD_KEY, password.expose_secret())?;
        if user.contains(':') && !self.is_socks() {
            return Err(
                Invalid::new(Proxy::USER_KEY, "holds a colon, at which HTTP would cut it")
                    .with_remedy("correct it"),
            );
        }
        self.credentials = Some(Credentials {
            user: user.into(),
            password,
        });
        Ok(self)
    }

    crate::getters! { self;
        /// Host and port: `proxy.example:3128`.
        authority: &str = &self.authority;
        /// Whether it is asked with a user and a password.
        has_credentials: bool = self.credentials.is_some();
    }

    /// Whether a provider at this address is reached by it: what is on this machine is so only if the proxy is on it too.
    #[must_use]
    pub fn serves(&self, address: &BaseUrl) -> bool {
        self.serves_url(address.url())
    }

    pub(super) fn serves_url(&self, url: &Url) -> bool {
        self.is_local || !is_local(url)
    }

    pub(super) fn is_socks(&self) -> bool {
        self.scheme.starts_with("socks5")
    }

    /// The proxy in the form of the HTTP stack; `None` if it cannot be used after all.
    pub(super) fn to_stack(&self) -> Option<reqwest::Proxy> {
        /// In the words of `NO_PROXY`, what [`is_local`] says.
        const LOCAL: &str = "localhost,127.0.0.0/8,::1";

        let mut proxy = reqwest::Proxy::all(self.to_string()).ok()?;
        if let Some(credentials) = &self.credentials {
            // They pass through a URL, from which they are decoded again: without this, `%41` would come out as `A`.
            let encoded = |secret: &SecretString| {
                SecretString::from(
                    utf8_percent_encode(secret.expose_secret(), NON_ALPHANUMERIC).to_string(),
                )
            };
            let (user, password) = (encoded(&credentials.user), encoded(&credentials.password));
            proxy = proxy.basic_auth(user.expose_secret(), password.expose_secret());
        }
        if !self.is_local {
            proxy = proxy.no_proxy(reqwest::NoProxy::from_string(LOCAL));
        }
        Some(proxy)
    }
}

fn check_credential(field: FieldKey, value: &str) -> Result<(), Invalid> {
    let problem = if value.is_empty() {
        "is empty"
    } else if value.len() > LONGEST {
        "is longer than 255 bytes"
    } else if value.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    Err(Invalid::new(field, problem).with_remedy("correct it, or leave out both user and password"))
}

/// Whether a URL leads to this machine.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

impl FromStr for Proxy {
    type Err = Invalid;

    fn from_str(url: &str) -> Result<Proxy, Invalid> {
        Proxy::parse(Proxy::KEY, url)
    }
}

/// Two are equal that lead the same way, with the same credentials.
impl PartialEq for Proxy {
    fn eq(&self, other: &Proxy) -> bool {
        let pair = |proxy: &Proxy| {
            let shown = |it: &Credentials| {
                (
                    it.user.expose_secret().to_owned(),
                    it.password.expose_secret().to_owned(),
                )
            };
            proxy.credentials.as_ref().map(shown)
        };
        (self.scheme, &self.authority) == (other.scheme, &other.authority)
            && pair(self) == pair(other)
    }
}

impl Eq for Proxy {}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = if self.has_credentials() {
            ", with credentials"
        } else {
            ""
        };
        write!(f, "Proxy({self}{with})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_read_alike_under_every_scheme() {
        for (text, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("HTTP://Proxy.Example:80/", "http://proxy.example:80"),
            ("https://proxy.example:443", "https://proxy.example:443"),
            ("socks5://127.1:1080", "socks5://127.0.0.1:1080"),
            ("socks5h://[::1]:1080/", "socks5h://[::1]:1080"),
        ] {
            let proxy: Proxy = text.parse().unwrap();
            assert_eq!(proxy.to_string(), shown, "{text}");
            assert!(proxy.to_stack().is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_with_what_to_write() {
        let schemes = "use http://, https://, socks5:// or socks5h://";
        let rest = "leave out what follows the port";
        let credentials = "leave them out, and set proxy_user and proxy_password";
        for (text, problem, remedy) in [
            ("", "is not a whole URL", EXAMPLE),
            ("proxy.example:3128", "is not a whole URL", EXAMPLE),
            (
                "ftp://proxy.example:21",
                "is of a kind that is not supported",
                schemes,
            ),
            (
                "socks4://proxy.example:1080",
                "is of a kind that is not supported",
                schemes,
            ),
            ("http://proxy.example", "names no port", EXAMPLE),
            ("http://[::1]", "names no port", EXAMPLE),
            ("http://proxy.example:", "names no port", EXAMPLE),
            ("http://:3128", "is not a URL", EXAMPLE),
            ("http://proxy.example:99999", "is not a URL", EXAMPLE),
            ("http://proxy%60.example:3128", "is not a URL", EXAMPLE),
            (
                "http://proxy.example:3128/way",
                "holds more than host and port",
                rest,
            ),
            (
                "http://proxy.example:3128?way",
                "holds more than host and port",
                rest,
            ),
            (
                "http://proxy.example:3128#way",
                "holds more than host and port",
                rest,
            ),
            (
                "http://shop:s3cr3t@proxy.example:3128",
                "holds a user or a password",
                credentials,
            ),
            (
                "shop:s3cr3t@proxy.example:3128",
                "holds a user or a password",
                credentials,
            ),
        ] {
            let error = text.parse::<Proxy>().unwrap_err();
            assert_eq!((error.key(), error.problem()), ("proxy", problem), "{text}");
            assert_eq!(error.remedy(), Some(remedy), "{text}");
            assert!(!error.to_string().contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn credentials_are_checked_and_never_shown() {
        let proxy = |text: &str| text.parse::<Proxy>().unwrap();
        let longest = "x".repeat(255);
        let with_longest =
            proxy("http://proxy.example:3128").with_credentials(&longest, longest.clone().into());
        assert!(with_longest.is_ok());
        let both = proxy("http://proxy.example:3128")
            .with_credentials("shop", "s3cr3t".into())
            .unwrap();
        assert_eq!(
            format!("{both} {both:?}"),
            "http://proxy.example:3128 Proxy(http://proxy.example:3128, with credentials)"
        );
        for (user, password, key) in [
            ("", "s3cr3t", "proxy_user"),
            ("a:b", "s3cr3t", "proxy_user"),
            ("a\n", "s3cr3t", "proxy_user"),
            ("shop", "", "proxy_password"),
            ("shop", "s3cr3t\r", "proxy_password"),
            ("shop", &"s3cr3t".repeat(43), "proxy_password"),
        ] {
            let refused =
                proxy("http://proxy.example:3128").with_credentials(user, password.into());
            let error = refused.unwrap_err();
            assert_eq!(error.key(), key);
            assert!(!format!("{error:?}").contains("s3cr3t"));
        }
        assert!(
            proxy("socks5://proxy.example:1080")
                .with_credentials("a:b", "c".into())
                .is_ok()
        );
    }

    #[test]
    fn two_are_equal_with_the_same_way_and_credentials() {
        let proxy = |text: &str| text.parse::<Proxy>().unwrap();
        let with = |password: &str| {
            proxy("http://a.example:1")
                .with_credentials("shop", password.into())
                .unwrap()
        };
        assert_eq!(proxy("http://a.example:80"), proxy("HTTP://A.example:80/"));
        assert_ne!(proxy("http://a.example:1"), proxy("https://a.example:1"));
        assert_ne!(proxy("http://a.example:1"), with("one"));
        assert_eq!(with("one"), with("one"));
        assert_ne!(with("one"), with("two"));
    }

    #[test]
    fn this_machine_is_reached_by_a_proxy_on_it_alone() {
        let serves = |proxy: &str, address: &str| {
            let address = BaseUrl::parse(address).unwrap();
            proxy.parse::<Proxy>().unwrap().serves(&address)
        };
        let (near, far) = ("http://localhost:3128", "http://proxy.example:3128");
        for sandbox in [
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
            "http://localhost:9/",
            "https://a.localhost/",
        ] {
            assert!(serves(near, sandbox) && !serves(far, sandbox), "{sandbox}");
        }
        assert!(serves(near, "https://api.example/") && serves(far, "https://api.example/"));
    }
}
