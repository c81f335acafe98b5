use std::path::Path;

use paylink::config::{AccountConfig, Config, ConfigBuilder, Variables};
use paylink::core::provider::Descriptor;
use paylink::{FieldKey, Invalid, Transport};

use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};
use crate::next_step::{Invocation, quoted};

/// How an account was named on the command line. Each provider adds how it makes a client of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account<'a> {
    pub(crate) console: &'a Console,
    pub(crate) config: Option<&'a Path>,
    pub(crate) base_url: Option<&'a str>,
}

impl Account<'_> {
    /// The flags that a suggested command has to repeat.
    pub(crate) fn invocation(&self) -> Invocation {
        Invocation::default()
            .with("--base-url", self.base_url)
            .with_path("--config", self.config)
    }

    /// What is configured for a provider, with the address that was typed.
    pub(crate) fn with(&self, provider: &Descriptor) -> Result<AccountConfig, UsageError> {
        let account = load(self.config, self.console)?.account(provider.name())?;
        Ok(account.typed("base_url", "--base-url", self.base_url))
    }
}

/// Reads the configuration, and warns of secrets in it that others can read.
pub(crate) fn load(named: Option<&Path>, console: &Console) -> Result<Config, UsageError> {
    let flag = named.map(|path| ("--config", path));
    let config = config_builder().locate(flag, &Variables::of_process())?;
    config.check()?;
    if let Some(path) = config.exposed_file() {
        let path = path.display().to_string();
        console.note(format_args!(
            "warning: {path} holds secrets and others can read it: chmod 600 {}",
            quoted(&path)
        ));
    }
    Ok(config)
}

/// Every command reads the same file, and knows the section of the service.
pub(crate) fn config_builder() -> ConfigBuilder {
    #[cfg(feature = "serve")]
    let (section, settings) = (paylink_server::SECTION, paylink_server::SETTINGS);
    #[cfg(not(feature = "serve"))]
    let (section, settings) = ("serve", &[]);
    Config::builder().section(section, settings)
}

/// What to do where no account is configured.
pub(crate) const HOW_TO_CONFIGURE: &str = "see the help of a provider's commands for what to set; `paylink sandbox` gives some to try with";

const ACCOUNT: FieldKey = FieldKey::new("account", "account");

/// The account that was named, or the only one there is.
pub(crate) fn chosen(config: &Config, named: Option<&str>) -> Result<AccountConfig, UsageError> {
    if let Some(name) = named {
        let account = config.account(name);
        return account.map_err(|invalid| invalid.at("--account").into());
    }
    let mut accounts = config.accounts();
    match (accounts.next(), accounts.next()) {
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => {
            let names: Vec<&str> = config.accounts().map(AccountConfig::name).collect();
            let choice = format!("choose one of {}", names.join(", "));
            Err(Invalid::new(ACCOUNT, "is missing")
                .at("--account")
                .with_remedy(choice)
                .into())
        }
        (None, _) => Err(Invalid::new(ACCOUNT, "is missing: none is configured")
            .with_remedy(HOW_TO_CONFIGURE)
            .into()),
    }
}

/// What a client sends over.
pub(crate) fn transport() -> Result<Transport, Failure> {
    Transport::new().map_err(|error| CallError::of(error).into())
}
