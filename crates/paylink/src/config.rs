//! Accounts from a TOML file and the environment, checked when the program starts.
//!
//! ```toml
//! [zipay]                      # the account "zipay"
//! api_key_file = "/run/secrets/zipay-api-key"
//! secret_key_file = "/run/secrets/zipay-secret-key"
//! terminal = 1003
//!
//! [accounts.branch]            # the account "branch", with a provider of its own choice
//! provider = "cardpay"
//! base_url = "https://pay.branch.example/"
//! token_file = "/run/secrets/branch-token"
//! ```
//!
//! The environment wins over the file: `terminal` under `[zipay]` is `PAYLINK_ZIPAY_TERMINAL`, and `token` under
//! `[accounts.branch]` is `PAYLINK_ACCOUNT_BRANCH_TOKEN`; `PAYLINK_ACCOUNT_BRANCH_PROVIDER` makes such an account without
//! any file. Every secret may stand in a file of its own, named by the same setting with `_file` at its end.
//!
//! A [proxy](PROXY_SETTINGS) stands before the first section for all accounts, or under an account for that one.
//!
//! What can be set for each provider stands in its descriptor ([`Descriptor::settings`]), and `docs/configuration.md` lists
//! it. A program adds a provider of another crate with [`Config::builder`].
//!
//! Whatever is wrong is told at once, each [`Problem`] with its account, the place that it came from and what to do. No
//! problem shows a secret.
//!
#![cfg_attr(feature = "zipay", doc = "```")]
#![cfg_attr(not(feature = "zipay"), doc = "```ignore")]
//! use paylink::Transport;
//! use paylink::config::{Config, Variables};
//!
//! let keys = [("PAYLINK_ZIPAY_API_KEY", "of-the-panel"), ("PAYLINK_ZIPAY_SECRET_KEY", "s3cr3t")];
//! let variables = Variables::from_iter(keys);
//! // One transport for the whole process.
//! let transport = Transport::new()?;
//!
//! let whole = Config::from_toml("[zipay]\nterminal = 1003\n", &variables)?;
//! let accounts = whole.open(&transport)?;
//! assert_eq!(accounts.get("zipay")?.capabilities().provider(), "zipay");
//!
//! let lacking = Config::from_toml("[zipay]\n", &variables)?;
//! assert_eq!(
//!     lacking.open(&transport).unwrap_err().to_string(),
//!     "account zipay: PAYLINK_ZIPAY_TERMINAL is missing: \
//!      set it, or write terminal under [zipay] in the configuration"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod accounts;
mod encoding;
mod exposed;
mod file;
mod in_force;
mod kubernetes;
mod problem;
mod proxy;
mod registry;
mod source;
mod spelling;
mod syntax;
mod variables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::account::choice;
use crate::core::Proxy;
use crate::core::provider::{Descriptor, Setting};
use crate::{Account, Accounts, Invalid, Transport};

pub use account::AccountConfig;
pub use exposed::{Exposed, Exposure};
use file::ConfigFile;
pub use in_force::InForce;
pub use problem::{Problem, ProblemKind, Problems};
pub use proxy::PROXY_SETTINGS;
use proxy::{General, Ways};
use registry::Registry;
pub use source::Origin;
pub use variables::Variables;

/// The accounts that a merchant has configured.
///
/// `Debug` shows names and places, and no value.
#[derive(Clone, Debug)]
pub struct Config {
    accounts: Vec<AccountConfig>,
    sections: Vec<AccountConfig>,
    /// What holds for every account.
    general: Arc<General>,
    /// The flag and the proxy that were typed for all accounts.
    typed_proxy: Option<(String, SecretString)>,
    problems: Vec<Problem>,
    registry: Registry,
    place: String,
    file: Option<PathBuf>,
}

impl Config {
    /// Begins a configuration that knows providers of other crates too.
    #[must_use]
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Reads a file, and the environment of this process, which wins over it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is larger than 1 MiB or is not TOML. What it says is checked by [`Config::open`].
    pub fn load(path: impl AsRef<Path>) -> Result<Config, Problems> {
        Config::builder().load(path)
    }

    /// Reads the environment of this process, and the file that `PAYLINK_CONFIG` names if it is set.
    ///
    /// # Errors
    ///
    /// If there is such a file and it cannot be read or is not TOML.
    pub fn from_env() -> Result<Config, Problems> {
        Config::builder().load_env()
    }

    /// Reads the file that a command line named with a flag, else the one of `PAYLINK_CONFIG`, else
    /// `paylink/config.toml` in `XDG_CONFIG_HOME` or `~/.config`, if it is there.
    ///
    /// # Errors
    ///
    /// If a file that was named, or the usual one that is there, cannot be read or is not TOML.
    pub fn locate(flag: Option<(&str, &Path)>, variables: &Variables) -> Result<Config, Problems> {
        Config::builder().locate(flag, variables)
    }

    /// Takes the text of a file, and the variables in place of those of this process.
    ///
    /// # Errors
    ///
    /// If the text is not TOML.
    pub fn from_toml(text: &str, variables: &Variables) -> Result<Config, Problems> {
        Config::builder().parse_toml(text, variables)
    }

    /// The accounts, in the order of their names.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountConfig> {
        self.accounts.iter()
    }

    /// The account of this name. A provider's name is always one: where nothing is set, it misses what it needs.
    ///
    /// # Errors
    ///
    /// Lists the names there are: choose one of them, or configure the account.
    pub fn account(&self, name: &str) -> Result<AccountConfig, Invalid> {
        if let Some(account) = self.accounts().find(|account| account.name() == name) {
            return Ok(account.clone());
        }
        if let Some(provider) = self.registry.get(name) {
            let account = AccountConfig::of_section(provider, &self.place).going(&self.general);
            return Ok(self.with_typed_proxy(account));
        }
        Err(Invalid::new(Account::KEY, "is not known")
            .with_value(name)
            .with_remedy(choice(self.accounts().map(AccountConfig::name))))
    }

    /// A section of the program's own, which the [builder](ConfigBuilder::section) was told of: what is set in it is read by
    /// [`AccountConfig::read`]. It takes no payments, and is not among the accounts. `None` if the builder was not told of it.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&AccountConfig> {
        self.sections.iter().find(|section| section.name() == name)
    }

    /// Puts the proxy that was typed under a flag in place of what is configured for every account, if one was typed.
    #[must_use]
    pub fn typed_proxy(mut self, flag: &str, url: Option<&str>) -> Config {
        self.typed_proxy = url.map(|url| (flag.to_owned(), url.into()));
        let accounts = std::mem::take(&mut self.accounts).into_iter();
        self.accounts = accounts.map(|it| self.with_typed_proxy(it)).collect();
        self
    }

    fn with_typed_proxy(&self, account: AccountConfig) -> AccountConfig {
        let typed = self.typed_proxy.as_ref();
        let (flag, url) = typed.map_or(("", None), |(flag, url)| {
            (flag.as_str(), Some(url.expose_secret()))
        });
        account.typed(Proxy::KEY.as_str(), flag, url)
    }

    /// Checks what belongs to no account: sections that nobody knows, names that collide, stray variables. Accounts that
    /// cannot be read at all are told too.
    ///
    /// # Errors
    ///
    /// Every problem of that kind.
    pub fn check(&self) -> Result<(), Problems> {
        Problems::none_in(self.problems.clone())
    }

    /// The same where one account alone is used: what is wrong with another one is no reason not to.
    ///
    /// # Errors
    ///
    /// Every problem of that kind, but for those of other accounts.
    pub fn check_for(&self, account: &str) -> Result<(), Problems> {
        let all = self.problems.iter();
        let concerns = |problem: &&Problem| problem.account().is_none_or(|of| of == account);
        Problems::none_in(all.filter(concerns).cloned().collect())
    }

    /// Opens every account. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Every problem of every account: show them all, and do not start.
    pub fn open(&self, transport: &Transport) -> Result<Accounts, Problems> {
        let mut problems = self.problems.clone();
        let mut accounts = Vec::new();
        let mut ways = Ways::from(transport);
        for account in self.accounts() {
            match account.open_by(&mut ways) {
                Ok(provider) => accounts.push(provider),
                // What is wrong with the way of all is told once.
                Err(found) => {
                    let new = found.into_iter().filter(|it| !problems.contains(it));
                    problems.extend(new.collect::<Vec<_>>());
                }
            }
        }
        if accounts.is_empty() && problems.is_empty() {
            problems.push(self.no_account());
        }
        Problems::none_in(problems)?;
        Accounts::new(accounts).map_err(|twice| Problem::new(ProblemKind::Conflict, twice).into())
    }

    /// The file that was read, if one was.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The file that [`locate`](Config::locate) reads, or would read if it were there: whether it is right is not looked at.
    /// `None` if there is no usual place either.
    #[must_use]
    pub fn path(flag: Option<&Path>, variables: &Variables) -> Option<PathBuf> {
        let named = flag.map(Path::to_owned);
        named
            .or_else(|| variables.path(file::VARIABLE))
            .or_else(|| file::usual_path(variables))
    }

    /// What is set for all accounts, before the first section: the way to the providers.
    #[must_use]
    pub fn for_all(&self) -> &AccountConfig {
        &self.general.0
    }

    /// What others on the machine can read or write of the configuration: its file, and every file that a secret is in. Warn
    /// of it, and go on.
    #[must_use]
    pub fn exposed(&self) -> Vec<Exposed> {
        self.exposed_of(self.accounts.iter().chain(&self.sections))
    }

    /// The same where one account alone is used.
    #[must_use]
    pub fn exposed_for(&self, account: &AccountConfig) -> Vec<Exposed> {
        self.exposed_of([account])
    }

    fn exposed_of<'a>(&'a self, used: impl IntoIterator<Item = &'a AccountConfig>) -> Vec<Exposed> {
        let mut all = self.accounts.iter().chain(&self.sections);
        let general = &self.general.0;
        let is_private =
            general.keeps_secrets_in_file() || all.any(AccountConfig::keeps_secrets_in_file);
        let file = self.file.iter();
        let of_file = file.flat_map(|file| Exposed::of(file, is_private));
        let used = used.into_iter().flat_map(AccountConfig::secret_files);
        let secrets: BTreeSet<&Path> = used.collect();
        let of_secrets = secrets.into_iter().flat_map(|file| Exposed::of(file, true));
        let mut exposed: Vec<Exposed> = of_file.chain(of_secrets).collect();
        // One folder may hold them all.
        exposed.sort();
        exposed.dedup();
        exposed
    }

    fn no_account(&self) -> Problem {
        let remedy = format!(
            "write a section such as [zipay] in {}, or set its variables, such as PAYLINK_ZIPAY_API_KEY",
            self.place
        );
        let missing =
            Invalid::new(Account::KEY, "is missing: none is configured").with_remedy(remedy);
        Problem::new(ProblemKind::Missing, missing)
    }
}

/// Sets up how a [`Config`] is read: which providers of other crates it knows beside those of this one.
///
/// ```no_run
/// use paylink::config::Config;
/// use paylink::core::provider::Descriptor;
///
/// fn accounts(kiosk: &'static Descriptor) -> Result<Config, paylink::config::Problems> {
///     Config::builder().provider(kiosk).load_env()
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ConfigBuilder(Registry);

impl ConfigBuilder {
    /// Adds a provider. It takes the place of one that has its name.
    ///
    /// Its own section and its variables have that name, so that it is none of `account`, `accounts` and `proxy`; and none
    /// of its settings has the name of one of the [proxy's](PROXY_SETTINGS).
    #[must_use]
    pub fn provider(mut self, descriptor: &'static Descriptor) -> ConfigBuilder {
        self.0.add(descriptor);
        self
    }

    /// Makes a section of the program's own known, with what can be set in it: `[serve]` in the file, and variables such as
    /// `PAYLINK_SERVE_LISTEN`. Without this, a section that is no provider's is refused. Its name is not that of a provider.
    #[must_use]
    pub fn section(mut self, name: &'static str, settings: &'static [Setting]) -> ConfigBuilder {
        self.0.add_section(name, settings);
        self
    }

    /// As [`Config::load`].
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn load(self, path: impl AsRef<Path>) -> Result<Config, Problems> {
        let path = path.as_ref();
        let file = ConfigFile::read(path, path.display().to_string())?;
        Ok(self.read(Some(file), &Variables::of_process()))
    }

    /// As [`Config::from_env`].
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn load_env(self) -> Result<Config, Problems> {
        let variables = Variables::of_process();
        let file = ConfigFile::of_variable(&variables)?;
        Ok(self.read(file, &variables))
    }

    /// As [`Config::locate`].
    ///
    /// # Errors
    ///
    /// As [`Config::locate`].
    pub fn locate(
        self,
        flag: Option<(&str, &Path)>,
        variables: &Variables,
    ) -> Result<Config, Problems> {
        let file = match flag {
            Some((flag, path)) => {
                let label = format!("{flag} {}", path.display());
                Some(ConfigFile::read(path, label)?)
            }
            None => match ConfigFile::of_variable(variables)? {
                Some(file) => Some(file),
                None => ConfigFile::usual(variables)?,
            },
        };
        Ok(self.read(file, variables))
    }

    /// As [`Config::from_toml`].
    ///
    /// # Errors
    ///
    /// As [`Config::from_toml`].
    pub fn parse_toml(self, text: &str, variables: &Variables) -> Result<Config, Problems> {
        Ok(self.read(Some(ConfigFile::parse(text)?), variables))
    }

    fn read(self, file: Option<ConfigFile>, variables: &Variables) -> Config {
        let place = file::place(file.as_ref(), variables);
        let read = accounts::read(&self.0, file.as_ref(), variables, &place);
        Config {
            accounts: read.accounts,
            sections: read.sections,
            general: read.general,
            typed_proxy: None,
            problems: read.problems,
            registry: self.0,
            place,
            file: file.and_then(ConfigFile::into_path),
        }
    }
}
