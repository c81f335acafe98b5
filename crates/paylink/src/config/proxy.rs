//! The way to the providers: a proxy that is named once for all accounts, or for one.

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::account::{AccountConfig, CLIENT};
use super::source::{Origin, Source};
use super::{Problem, ProblemKind, Problems};
use crate::core::Proxy;
use crate::core::provider::Setting;
use crate::{Invalid, Transport};

/// What says that no proxy is to be used.
const NONE: &str = "none";

const URL: Setting = Setting::address(Proxy::KEY).with_default(NONE).with_help(
    "The proxy by which providers are called, `http://host:port`, `https://…`, `socks5://…` or `socks5h://…`; `none` goes directly.",
);
const USER: Setting = Setting::secret(Proxy::USER_KEY).with_help(
    "The user that the proxy asks for; it and its password stand where the proxy is named.",
);
const PASSWORD: Setting =
    Setting::secret(Proxy::PASSWORD_KEY).with_help("The password that the proxy asks for.");

/// What can be set of the way to the providers: before the first section for all accounts, and in an account's own section,
/// which then wins.
pub static PROXY_SETTINGS: &[Setting] = &[URL, USER, PASSWORD];

/// The setting of this key.
pub(super) fn setting(key: &str) -> Option<&'static Setting> {
    PROXY_SETTINGS.iter().find(|setting| setting.key() == key)
}

/// What stands before the first section.
#[derive(Clone, Debug)]
pub(super) struct General(pub(super) AccountConfig);

/// What is said of the way to a provider.
#[derive(Clone)]
enum Way {
    /// Nothing: it is the transport's own.
    Unsaid,
    Direct,
    By(Box<Hop>),
}

/// A proxy, with what it is made of, so that two can be compared.
#[derive(Clone)]
struct Hop {
    url: String,
    /// User and password.
    credentials: Option<(SecretString, SecretString)>,
    proxy: Proxy,
}

impl Way {
    fn is(&self, other: &Way) -> bool {
        match (self, other) {
            (Way::Unsaid, Way::Unsaid) | (Way::Direct, Way::Direct) => true,
            (Way::By(one), Way::By(other)) => {
                let exposed = |hop: &Hop| {
                    let credentials = hop.credentials.as_ref();
                    credentials.map(|(user, password)| {
                        let plain =
                            |it: &SecretString| Zeroizing::new(it.expose_secret().to_owned());
                        (plain(user), plain(password))
                    })
                };
                one.url == other.url && exposed(one) == exposed(other)
            }
            _ => false,
        }
    }
}

/// One transport for each way that accounts take, made as they are asked for.
pub(super) struct Ways<'a> {
    given: &'a Transport,
    made: Vec<(Way, Transport)>,
}

impl<'a> Ways<'a> {
    pub(super) fn from(given: &'a Transport) -> Ways<'a> {
        Ways {
            given,
            made: Vec::new(),
        }
    }

    /// The transport that others are made of.
    pub(super) fn given(&self) -> &'a Transport {
        self.given
    }

    /// The transport of an account's way.
    pub(super) fn of(&mut self, account: &AccountConfig) -> Result<Transport, Problems> {
        let way = account.way()?;
        if let Some((_, transport)) = self.made.iter().find(|(made, _)| made.is(&way)) {
            return Ok(transport.clone());
        }
        let proxy = match &way {
            Way::Unsaid => return Ok(self.given.clone()),
            Way::Direct => None,
            Way::By(hop) => Some(hop.proxy.clone()),
        };
        let made = self.given.with_proxy(proxy).map_err(|error| {
            let failed = Invalid::new(CLIENT, "cannot be set up").with_remedy(error.to_string());
            account.problem(ProblemKind::Malformed, failed)
        })?;
        self.made.push((way, made.clone()));
        Ok(made)
    }
}

impl AccountConfig {
    /// The proxy by which its provider is called: the account's own, else the one for all accounts.
    ///
    /// # Errors
    ///
    /// A proxy that cannot be read, a user without a password or the other way round, and both of them where no proxy is
    /// named.
    pub fn proxy(&self) -> Result<Option<Proxy>, Problems> {
        Ok(match self.way()? {
            Way::Unsaid | Way::Direct => None,
            Way::By(hop) => Some(hop.proxy),
        })
    }

    /// Where the proxy is named that is in force, if it is.
    fn named_proxy(&self) -> Option<Named<'_>> {
        // A section of the program's own goes nowhere.
        let General(general) = self.general.as_deref()?;
        let shared = general.sources.get(URL.key());
        Some(match self.sources.get(URL.key()) {
            Some(url) if matches!(url.origin, Origin::Flag(_)) => Named {
                url,
                owner: self,
                // Credentials that stand alone can only be for the one that is typed.
                credentials: shared.is_none().then_some(general),
            },
            Some(url) => Named::by(url, self),
            None => Named::by(shared?, general),
        })
    }

    /// Where a setting of the way comes from.
    pub(super) fn source_of_way(&self, setting: &Setting) -> Option<&Source> {
        match self.named_proxy() {
            Some(named) if setting.key() == URL.key() => Some(named.url),
            Some(named) => named.credential(setting),
            None => self.sources.get(setting.key()),
        }
    }

    fn way(&self) -> Result<Way, Problems> {
        if !self.is_set(URL.key()) {
            self.check_lone_credentials()?;
        }
        if let Some(named) = self.named_proxy() {
            return named.way();
        }
        if let Some(General(general)) = self.general.as_deref() {
            general.check_lone_credentials()?;
        }
        Ok(Way::Unsaid)
    }

    /// Credentials without a proxy beside them would go to none, or to one that they are not for.
    fn check_lone_credentials(&self) -> Result<(), Problems> {
        let lone = [&USER, &PASSWORD].into_iter().find_map(|setting| {
            let source = self.sources.get(setting.key())?;
            Some(
                Invalid::new(setting.field(), "is set where no proxy is named")
                    .at(source.place.clone()),
            )
        });
        let Some(lone) = lone else { return Ok(()) };
        let remedy = format!(
            "name the proxy there too, as proxy or {}, or leave it out",
            self.variable(URL.key())
        );
        Err(self
            .problem(ProblemKind::Conflict, lone.with_remedy(remedy))
            .into())
    }
}

/// A proxy that is named, by whom, and whose credentials are for it.
struct Named<'a> {
    url: &'a Source,
    owner: &'a AccountConfig,
    credentials: Option<&'a AccountConfig>,
}

impl<'a> Named<'a> {
    fn by(url: &'a Source, owner: &'a AccountConfig) -> Named<'a> {
        Named {
            url,
            owner,
            credentials: Some(owner),
        }
    }

    fn credential(&self, setting: &Setting) -> Option<&'a Source> {
        let source = self.credentials?.sources.get(setting.key())?;
        source.goes_with(self.url).then_some(source)
    }

    fn way(&self) -> Result<Way, Problems> {
        let own = |problem| self.owner.own(problem);
        let read = self.url.read(&URL).map_err(own)?;
        let url = read.text.expose_secret();
        if url == NONE {
            return Ok(Way::Direct);
        }
        let malformed = |source: &Source, invalid: Invalid| {
            let placed = invalid.at(source.place.clone());
            self.owner.problem(ProblemKind::Malformed, placed)
        };
        let proxy =
            Proxy::parse(Proxy::KEY, url).map_err(|invalid| malformed(self.url, invalid))?;
        let hop = |proxy, credentials| {
            let url = url.to_owned();
            Way::By(Box::new(Hop {
                url,
                credentials,
                proxy,
            }))
        };
        let (user, password) = match (self.credential(&USER), self.credential(&PASSWORD)) {
            (Some(user), Some(password)) => (user, password),
            (None, None) => return Ok(hop(proxy, None)),
            (Some(_), None) => return Err(self.lacks(&PASSWORD).into()),
            (None, Some(_)) => return Err(self.lacks(&USER).into()),
        };
        let name = user.read(&USER).map_err(own)?.text.into_owned();
        let secret = password.read(&PASSWORD).map_err(own)?.text.into_owned();
        let proxy = proxy
            .with_credentials(name.expose_secret(), secret.clone())
            .map_err(|invalid| match invalid.key() == USER.key() {
                true => malformed(user, invalid),
                false => malformed(password, invalid),
            })?;
        Ok(hop(proxy, Some((name, secret))))
    }

    /// One of the two credentials is there without the other.
    fn lacks(&self, setting: &Setting) -> Problem {
        let place = self.credentials.unwrap_or(self.owner);
        if matches!(self.url.origin, Origin::File { .. }) {
            return place.missing(setting);
        }
        let remedy = format!(
            "set it: a proxy that {} names has its user and its password in variables",
            self.url.place
        );
        let missing = Invalid::new(setting.field(), "is missing").at(place.variable(setting.key()));
        place.problem(ProblemKind::Missing, missing.with_remedy(remedy))
    }
}

impl Source {
    /// Whether credentials from here are for a proxy that is named there. Those of the file were written for the file's own:
    /// who names another one in the environment does not mean to show it the password of the first.
    fn goes_with(&self, named: &Source) -> bool {
        matches!(self.origin, Origin::Variable(_)) || matches!(named.origin, Origin::File { .. })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const WAYS: [&[(&str, &str)]; 8] = [
        &[],
        &[("PAYLINK_PROXY", NONE)],
        &[("PAYLINK_PROXY", "http://one.example:1")],
        &[("PAYLINK_PROXY", "http://two.example:1")],
        &with("http://one.example:1", "u", "p"),
        &with("http://one.example:1", "u", "other"),
        &with("http://one.example:1", "other", "p"),
        &with("http://two.example:1", "u", "p"),
    ];

    const fn with<'a>(url: &'a str, user: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
        [
            ("PAYLINK_PROXY", url),
            ("PAYLINK_PROXY_USER", user),
            ("PAYLINK_PROXY_PASSWORD", password),
        ]
    }

    fn account(variables: &[(&str, &str)]) -> AccountConfig {
        let general = Arc::new(General(AccountConfig::before_sections("")));
        let mut account = AccountConfig::before_sections("").going(&general);
        account.fill(None, &variables.iter().copied().collect());
        account
    }

    #[test]
    fn two_ways_are_one_if_nothing_of_them_differs() {
        let ways = || WAYS.map(|way| account(way).way().unwrap());
        for (i, one) in ways().iter().enumerate() {
            for (j, other) in ways().iter().enumerate() {
                assert_eq!(one.is(other), i == j, "{:?} {:?}", WAYS[i], WAYS[j]);
            }
        }
    }

    /// An account that went another one's way would show its payments to a proxy that the merchant did not choose for them.
    #[test]
    fn each_account_goes_its_own_way_and_those_of_one_way_share_a_transport() {
        let given = Transport::new().unwrap();
        let mut ways = Ways::from(&given);
        for variables in WAYS.into_iter().chain(WAYS) {
            let account = account(variables);
            let transport = format!("{:?}", ways.of(&account).unwrap());
            let proxy = account.proxy().unwrap();
            let shown = proxy.map_or("proxy: None".to_owned(), |it| format!("{it:?}"));
            assert!(transport.contains(&shown), "{shown} is not in {transport}");
        }
        assert_eq!(ways.made.len(), WAYS.len() - 1, "nothing is made for none");
    }
}
