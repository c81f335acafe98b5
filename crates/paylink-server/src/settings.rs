//! What can be set under `[serve]`, and what it comes to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use paylink::core::provider::{Setting, Settings};
use paylink::web::Routes;
use paylink::{Error, FieldKey, Invalid, Validation, WebUrl};
use secrecy::SecretString;
use url::Url;

use crate::signature::SigningKey;

const LISTEN: FieldKey = FieldKey::new("listen", "address");
const PUBLIC_URL: FieldKey = FieldKey::new("public_url", "public URL");
const BOOKS: FieldKey = FieldKey::new("books", "books");
const BOOKS_URL: FieldKey = FieldKey::new("books_url", "URL of the books");
const EVENTS_URL: FieldKey = FieldKey::new("events_url", "address for events");
const EVENT_SECRETS: FieldKey = FieldKey::new("event_secrets", "signing keys of events");
const ACKNOWLEDGED_BY: FieldKey = FieldKey::new("acknowledged_by", "acknowledgement");
const ACCOUNT: FieldKey = FieldKey::new("account", "account of orders that name none");
const RETURN_TO: FieldKey = FieldKey::new("return_to", "page for returning payers");
const TLS_CERTIFICATE: FieldKey = FieldKey::new("tls_certificate", "TLS certificate");
const TLS_KEY: FieldKey = FieldKey::new("tls_key", "TLS key");
const ALLOW_PLAIN_HTTP: FieldKey = FieldKey::new("allow_plain_http", "plain HTTP");
const ALLOW_PRIVATE_EVENTS: FieldKey =
    FieldKey::new("allow_private_events", "private addresses for events");
const CORS_ORIGINS: FieldKey = FieldKey::new("cors_origins", "CORS origins");
const TRUSTED_PROXIES: FieldKey = FieldKey::new("trusted_proxies", "trusted proxies");
const KEEP_PRIVATE_DATA: FieldKey = FieldKey::new("keep_private_data", "private data");
const LOOK_AFTER_SECONDS: FieldKey = FieldKey::new("look_after_seconds", "first look");
const LOOKS_PER_ACCOUNT: FieldKey = FieldKey::new("looks_per_account", "looks per account");
const REQUESTS_PER_KEY: FieldKey = FieldKey::new("requests_per_key", "requests per key");
const REQUESTS_PER_ADDRESS: FieldKey =
    FieldKey::new("requests_per_address", "requests per address");
const MAX_REQUESTS: FieldKey = FieldKey::new("max_requests", "requests at once");
const MAX_CONNECTIONS: FieldKey = FieldKey::new("max_connections", "connections");

/// The name of the section.
pub const SECTION: &str = "serve";

/// What can be set under [`[serve]`](SECTION), for [`ConfigBuilder::section`](paylink::config::ConfigBuilder::section).
pub static SETTINGS: &[Setting] = &[
    Setting::secret(EVENT_SECRETS).with_help(
        "The keys that sign events, as `whsec_…`, separated by blanks: each signs, so that a new one is added before the old one goes.",
    ),
    Setting::secret(BOOKS_URL)
        .with_help("The database of the books, `postgres://…`, where its URL holds a password; in place of `books`."),
    Setting::text(BOOKS)
        .with_default("paylink.db")
        .with_help("The books: a SQLite file, or a `postgres://…` URL without a password."),
    Setting::text(LISTEN)
        .with_default("127.0.0.1:8700")
        .with_help("The address and port that the service listens on."),
    Setting::address(PUBLIC_URL)
        .with_help("Where payers and providers reach the service, as they see it; `http://` and the listening address if it is not set."),
    Setting::text(ACCOUNT)
        .with_help("The account of orders that name none; the only one there is, if it is not set."),
    Setting::address(EVENTS_URL)
        .with_help("Where the shop receives events; without it the shop asks for its orders."),
    Setting::choice(ACKNOWLEDGED_BY, &["event", "call"])
        .with_default("event")
        .with_help("What says that an order's goods are taken care of: a 2xx answer to its event, or the call `acknowledge` alone."),
    Setting::address(RETURN_TO)
        .with_help("The shop's own page for payers who come back, where an order names none; `paylink_order=NAME` is added to its query."),
    Setting::text(TLS_CERTIFICATE)
        .with_help("The file with the certificate and its chain, in PEM: with it the service speaks HTTPS."),
    Setting::text(TLS_KEY).with_help("The file with the certificate's key, in PEM."),
    Setting::switch(ALLOW_PLAIN_HTTP).with_help(
        "Whether other machines may reach the service without TLS: whoever is on the way can read API keys and change what is said.",
    ),
    Setting::switch(ALLOW_PRIVATE_EVENTS).with_help(
        "Whether events may go to loopback, private and link-local addresses, and to those by plain HTTP: to a shop on the same machine or network.",
    ),
    Setting::text(CORS_ORIGINS).with_help(
        "The origins whose pages may call the API from a browser, separated by blanks; none if it is not set. A page that holds a key shows it to its visitors.",
    ),
    Setting::text(TRUSTED_PROXIES).with_help(
        "The addresses or networks of proxies in front, separated by blanks, whose `X-Forwarded-For` is believed.",
    ),
    Setting::switch(KEEP_PRIVATE_DATA).with_help(
        "Whether a payer's card and national id are kept in the books until the order is handed out; orders that hold one are refused otherwise.",
    ),
    Setting::number(LOOK_AFTER_SECONDS)
        .with_default("45")
        .with_help("After how many seconds an unpaid payment is looked at for the first time, though nobody came back."),
    Setting::number(LOOKS_PER_ACCOUNT)
        .with_default("20")
        .with_help("How many looks a second at each account's provider returns and notifications may cause, in each instance."),
    Setting::number(REQUESTS_PER_KEY)
        .with_default("200")
        .with_help("How many requests a second each API key may make."),
    Setting::number(REQUESTS_PER_ADDRESS)
        .with_default("20")
        .with_help("How many requests a second each address may make without a key that counts: returns, notifications, guesses."),
    Setting::number(MAX_REQUESTS)
        .with_default("512")
        .with_help("How many requests of the API, and as many of the public routes, are under way at once."),
    Setting::number(MAX_CONNECTIONS)
        .with_default("8192")
        .with_help("How many connections are open at once."),
];

/// What the service is to be like. [`ServeConfig::read`] makes it of what is set.
///
/// `Debug` shows no secret.
#[derive(Clone)]
pub struct ServeConfig {
    pub(crate) listen: SocketAddr,
    public_url: Option<String>,
    books: SecretString,
    pub(crate) events_url: Option<Url>,
    pub(crate) signing_keys: Vec<SigningKey>,
    pub(crate) acknowledged_by_event: bool,
    pub(crate) account: Option<String>,
    pub(crate) return_to: Option<Url>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) allows_private_events: bool,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) keeps_private_data: bool,
    pub(crate) look_after: Duration,
    /// Between two looks at an account that strangers cause.
    pub(crate) account_pause: Duration,
    pub(crate) requests_per_key: u32,
    pub(crate) requests_per_address: u32,
    pub(crate) max_requests: usize,
    pub(crate) max_connections: usize,
    pub(crate) lease: Option<Duration>,
    pub(crate) event_pauses: EventPauses,
}

/// How long an event waits for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventPauses {
    /// How long it is one process's that sends it.
    pub(crate) lease: Duration,
    /// After how long it is sent again for the first time.
    pub(crate) retry: Duration,
}

impl Default for EventPauses {
    /// The lease is longer than any try.
    fn default() -> EventPauses {
        EventPauses {
            lease: Duration::from_secs(60),
            retry: Duration::from_secs(5),
        }
    }
}

/// The files of a certificate.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl ServeConfig {
    /// Reads what is set.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once, each under its setting's key.
    pub fn read(settings: &Settings<'_>) -> Result<ServeConfig, Error> {
        let mut wrong = Validation::new();
        let number = |wrong: &mut Validation, key: FieldKey, default: u64| {
            let number = wrong.take(settings.number(key)).flatten();
            number.unwrap_or(default)
        };
        let small = |wrong: &mut Validation, key, default| {
            u32::try_from(number(wrong, key, default)).unwrap_or(u32::MAX)
        };
        let count = |wrong: &mut Validation, key, default| {
            usize::try_from(number(wrong, key, default)).unwrap_or(usize::MAX)
        };
        let is_on = |wrong: &mut Validation, key| wrong.take(settings.is_on(key)) == Some(true);
        let listen = settings.get(LISTEN).unwrap_or("127.0.0.1:8700");
        let listen = wrong.take(address(listen).ok_or_else(|| {
            Invalid::new(LISTEN, "is not an address and a port")
                .with_value(listen)
                .with_remedy("write it as 127.0.0.1:8700, localhost:8700 or [::1]:8700")
        }));
        let tls = wrong.take(tls(settings)).flatten();
        if let (Some(listen), None) = (listen, &tls)
            && !listen.ip().is_loopback()
            && !is_on(&mut wrong, ALLOW_PLAIN_HTTP)
        {
            let open = Invalid::new(LISTEN, "can be reached from other machines, without TLS")
                .with_value(&listen.to_string())
                .with_remedy(
                    "name tls_certificate and tls_key, or listen on loopback behind a proxy that has TLS; \
                     allow_plain_http = true lets everybody on the way read the API keys",
                );
            wrong.take::<()>(Err(open));
        }
        let allows_private_events = is_on(&mut wrong, ALLOW_PRIVATE_EVENTS);
        let events_url = settings.get(EVENTS_URL);
        let events_url = events_url.map(|text| events_address(text, allows_private_events));
        let events_url = wrong.take(events_url.transpose()).flatten();
        let signing_keys = wrong.take(signing_keys(settings)).unwrap_or_default();
        if events_url.is_some() && signing_keys.is_empty() && settings.get(EVENT_SECRETS).is_none()
        {
            let missing = Invalid::new(EVENT_SECRETS, "is missing, and events are to be sent");
            wrong.take::<()>(Err(missing.with_remedy(
                "set it to whsec_ and the base64 of 32 random bytes: `paylink serve secret` makes one",
            )));
        }
        let public_url = settings.get(PUBLIC_URL);
        if let Some(url) = public_url {
            wrong.take(Routes::new(url).map_err(|invalid| invalid.under(PUBLIC_URL)));
        }
        let books = wrong.take(books(settings)).unwrap_or_default();
        let return_to = settings.get(RETURN_TO).map(|text| page(RETURN_TO, text));
        let return_to = wrong.take(return_to.transpose()).flatten();
        let cors_origins = wrong.take(origins(settings)).unwrap_or_default();
        let trusted_proxies = wrong.take(proxies(settings)).unwrap_or_default();
        let keeps_private_data = is_on(&mut wrong, KEEP_PRIVATE_DATA);
        let look_after = number(&mut wrong, LOOK_AFTER_SECONDS, 45);
        let looks_per_account = small(&mut wrong, LOOKS_PER_ACCOUNT, 20);
        let requests_per_key = small(&mut wrong, REQUESTS_PER_KEY, 200);
        let requests_per_address = small(&mut wrong, REQUESTS_PER_ADDRESS, 20);
        let max_requests = count(&mut wrong, MAX_REQUESTS, 512);
        let max_connections = count(&mut wrong, MAX_CONNECTIONS, 8192);
        let Some(listen) = listen else {
            return Err(wrong.failed());
        };
        wrong.and(Ok(ServeConfig {
            listen,
            public_url: public_url.map(str::to_owned),
            books: books.into(),
            events_url,
            signing_keys,
            acknowledged_by_event: settings.get(ACKNOWLEDGED_BY) != Some("call"),
            account: settings.get(ACCOUNT).map(str::to_owned),
            return_to,
            tls,
            allows_private_events,
            cors_origins,
            trusted_proxies,
            keeps_private_data,
            look_after: Duration::from_secs(look_after),
            account_pause: Duration::from_secs(1) / looks_per_account.max(1),
            requests_per_key,
            requests_per_address,
            max_requests,
            max_connections,
            lease: None,
            event_pauses: EventPauses::default(),
        }))
    }

    /// Sets how long an order is the process's that is at it: 2 minutes, or longer where the accounts' timeouts ask for it.
    /// After a process died, the orders that it was at wait this long.
    ///
    /// [`Server::bind`](crate::Server::bind) refuses one that is shorter than what is done under it, as
    /// [`Desk::lease`](paylink::desk::Desk::lease) does.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> ServeConfig {
        self.lease = Some(lease);
        self
    }

    /// Sets how long an event is the process's that sends it, which is a minute, and after how long one that did not arrive
    /// is sent again for the first time: 5 seconds, and twice as long after each further try, up to an hour.
    ///
    /// After a process died, the events that it was sending wait for the lease. One that is shorter than the shop takes to
    /// answer has events sent twice.
    #[must_use]
    pub fn event_pauses(mut self, lease: Duration, retry: Duration) -> ServeConfig {
        self.event_pauses = EventPauses { lease, retry };
        self
    }

    /// Where the books are: a SQLite file or a URL, which may hold a password.
    pub(crate) fn books(&self) -> &SecretString {
        &self.books
    }

    /// The address that the service is to listen on; port 0 is a free one.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Where the service is reached that listens on this address.
    pub(crate) fn url(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let own = || format!("{scheme}://{address}");
        let url = self.public_url.clone().unwrap_or_else(own);
        url.trim_end_matches('/').to_owned()
    }
}

/// An address with its port. The name of this machine to itself needs nobody who resolves names.
fn address(text: &str) -> Option<SocketAddr> {
    match text.rsplit_once(':') {
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => {
            Some((Ipv4Addr::LOCALHOST, port.parse().ok()?).into())
        }
        _ => text.parse().ok(),
    }
}

fn tls(settings: &Settings<'_>) -> Result<Option<TlsFiles>, Invalid> {
    let lacks = |key: FieldKey, other: FieldKey| {
        Invalid::new(key, "is missing")
            .with_remedy(format!("{} is nothing without it", other.as_str()))
    };
    match (settings.get(TLS_CERTIFICATE), settings.get(TLS_KEY)) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        })),
        (Some(_), None) => Err(lacks(TLS_KEY, TLS_CERTIFICATE)),
        (None, Some(_)) => Err(lacks(TLS_CERTIFICATE, TLS_KEY)),
    }
}

fn books(settings: &Settings<'_>) -> Result<String, Invalid> {
    match (settings.get(BOOKS), settings.get(BOOKS_URL)) {
        (Some(_), Some(_)) => {
            Err(Invalid::new(BOOKS, "is said in two ways")
                .with_remedy("leave out books or books_url"))
        }
        (None, Some(url)) => Ok(url.to_owned()),
        (Some(place), None) if holds_password(place) => {
            Err(Invalid::new(BOOKS, "holds a password")
                .with_remedy("put the URL into a file of its own, and name that as books_url_file"))
        }
        (place, None) => Ok(place.unwrap_or("paylink.db").to_owned()),
    }
}

fn holds_password(place: &str) -> bool {
    Url::parse(place).is_ok_and(|url| url.password().is_some())
}

fn signing_keys(settings: &Settings<'_>) -> Result<Vec<SigningKey>, Invalid> {
    let keys = settings.get(EVENT_SECRETS).unwrap_or_default();
    let keys = keys.split_whitespace().map(SigningKey::parse);
    keys.collect::<Result<_, &str>>().map_err(|problem| {
        Invalid::new(EVENT_SECRETS, problem)
            .with_remedy("write each as whsec_ and the base64 of 24 to 64 random bytes: `paylink serve secret` makes one")
    })
}

/// Where events may go, as far as the text says. What its name resolves to is looked at with each connection.
fn events_address(text: &str, allows_private: bool) -> Result<Url, Invalid> {
    let url = page(EVENTS_URL, text)?;
    if url.scheme() == "http" && !allows_private {
        return Err(Invalid::new(EVENTS_URL, "is not https").with_value(text).with_remedy(
            "give the shop's https address; allow_private_events = true is for a shop on the same machine or network",
        ));
    }
    Ok(url)
}

/// An http or https address without a user, a password and a fragment.
pub(crate) fn page(key: FieldKey, text: &str) -> Result<Url, Invalid> {
    WebUrl::parse(key, text)?;
    let wrong = |problem: &'static str| {
        Invalid::new(key, problem)
            .with_value(text)
            .with_remedy("give the address alone")
    };
    let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or a password"));
    }
    if url.fragment().is_some() {
        return Err(wrong("has a fragment"));
    }
    Ok(url)
}

fn origins(settings: &Settings<'_>) -> Result<Vec<String>, Invalid> {
    let origins = settings.get(CORS_ORIGINS).unwrap_or_default();
    let origins = origins.split_whitespace().map(|text| {
        let url = Url::parse(text).ok();
        let origin = url.map(|url| url.origin().ascii_serialization());
        origin.filter(|origin| origin == text).ok_or_else(|| {
            Invalid::new(CORS_ORIGINS, "is not an origin")
                .with_value(text)
                .with_remedy("write each as https://shop.example")
        })
    });
    origins.collect()
}

fn proxies(settings: &Settings<'_>) -> Result<Vec<IpNet>, Invalid> {
    let proxies = settings.get(TRUSTED_PROXIES).unwrap_or_default();
    let proxies = proxies.split_whitespace().map(|text| {
        let network = text.parse::<IpNet>().ok();
        network
            .or_else(|| text.parse::<IpAddr>().map(IpNet::from).ok())
            .ok_or_else(|| {
                Invalid::new(TRUSTED_PROXIES, "is not an address or a network")
                    .with_value(text)
                    .with_remedy("write each as 10.0.0.7 or 10.0.0.0/8")
            })
    });
    proxies.collect()
}

impl fmt::Debug for ServeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeConfig")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("events_url", &self.events_url.as_ref().map(Url::as_str))
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<ServeConfig, String> {
        let settings = settings.iter().copied().collect();
        ServeConfig::read(&settings).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_needs_to_be_set_on_loopback() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8700");
        assert_eq!(config.url(config.listen), "http://127.0.0.1:8700");
        for setting in SETTINGS {
            assert!(setting.help().ends_with('.'), "{}", setting.key());
        }
    }

    #[test]
    fn an_address_that_others_reach_wants_tls_or_a_word() {
        let open = read(&[("listen", "0.0.0.0:8700")]).unwrap_err();
        assert!(open.contains("without TLS"), "{open}");
        assert!(read(&[("listen", "0.0.0.0:8700"), ("allow_plain_http", "true")]).is_ok());
        let tls = [("tls_certificate", "cert.pem"), ("tls_key", "key.pem")];
        let config = read(&[&[("listen", "[::]:8700")], &tls[..]].concat()).unwrap();
        assert_eq!(config.url(config.listen), "https://[::]:8700");
        assert!(read(&tls[..1]).unwrap_err().contains("TLS key is missing"));
        assert!(read(&tls[1..]).is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let told = read(&[
            ("listen", "8700"),
            ("events_url", "http://shop.example/events"),
            ("event_secrets", "secret-of-the-shop"),
            ("public_url", "pay.shop.example"),
            ("cors_origins", "https://shop.example/"),
            ("trusted_proxies", "10.0.0.0/8 proxy"),
            ("max_requests", "0"),
            ("books", "postgres://shop:s3cr3t@db/shop"),
            ("return_to", "https://shop.example/#paid"),
        ])
        .unwrap_err();
        for part in [
            "address \"8700\" is not an address and a port",
            "address for events \"http://shop.example/events\" is not https",
            "signing keys of events does not begin with whsec_",
            "public URL",
            "is not an origin",
            "trusted proxies \"proxy\"",
            "requests at once \"0\"",
            "books holds a password",
            "has a fragment",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        for secret in ["s3cr3t", "secret-of-the-shop"] {
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[test]
    fn events_are_signed_or_not_sent() {
        let unsigned = read(&[("events_url", "https://shop.example/events")]).unwrap_err();
        assert!(
            unsigned.contains("signing keys of events is missing"),
            "{unsigned}"
        );
        let signed = [
            ("events_url", "http://127.0.0.1:9/events"),
            ("allow_private_events", "true"),
            (
                "event_secrets",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_bmV3IGtleSBuZXcga2V5IG5ldyBrZXkh",
            ),
        ];
        let config = read(&signed).unwrap();
        assert_eq!(config.signing_keys.len(), 2);
        assert!(!format!("{config:?}").contains("MfKQ9r8"));
    }
}
