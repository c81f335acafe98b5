use std::path::Path;

use paylink::config::{
    AccountConfig, Config, ConfigBuilder, Exposed, Exposure, Problems, Variables,
};
use paylink::core::provider::{Descriptor, Setting};
use paylink::{FieldKey, Invalid, Transport};

use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};
use crate::next_step::{Invocation, quoted};

/// Which configuration was named on the command line, and which way to the providers.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Setup<'a> {
    pub(crate) file: Option<&'a Path>,
    pub(crate) proxy: Option<&'a str>,
}

impl Setup<'_> {
    /// Repeats the flags in every command that is suggested.
    pub(crate) fn repeated_by(self, invocation: Invocation) -> Invocation {
        invocation
            .with_path("--config", self.file)
            .with("--proxy", self.proxy)
    }
}

/// How an account was named on the command line. Each provider adds how it makes a client of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account<'a> {
    pub(crate) console: &'a Console,
    pub(crate) config: Setup<'a>,
    pub(crate) base_url: Option<&'a str>,
}

impl Account<'_> {
    /// The flags that a suggested command has to repeat.
    pub(crate) fn invocation(&self) -> Invocation {
        let invocation = Invocation::default().with("--base-url", self.base_url);
        self.config.repeated_by(invocation)
    }

    /// What is configured for a provider, with the address that was typed.
    pub(crate) fn with(&self, provider: &Descriptor) -> Result<AccountConfig, UsageError> {
        let account = chosen(self.config, Some(provider.name()), self.console)?;
        Ok(account.typed("base_url", "--base-url", self.base_url))
    }
}

/// Reads the configuration, and checks nothing.
pub(crate) fn read(setup: Setup<'_>) -> Result<Config, Problems> {
    let flag = setup.file.map(|path| ("--config", path));
    let config = config_builder().locate(flag, &Variables::of_process())?;
    Ok(config.typed_proxy("--proxy", setup.proxy))
}

/// Reads the configuration for all its accounts, and warns of what others can read or write of it.
#[cfg(feature = "serve")]
pub(crate) fn load(setup: Setup<'_>, console: &Console) -> Result<Config, UsageError> {
    let config = read(setup)?;
    config.check()?;
    warn(&config.exposed(), console);
    Ok(config)
}

fn warn(exposed: &[Exposed], console: &Console) {
    for (problem, remedy) in exposed.iter().map(exposure) {
        console.note(format_args!("warning: {problem}: {remedy}"));
    }
}

/// What others can do that they should not, and what to do about it.
pub(crate) fn exposure(exposed: &Exposed) -> (String, String) {
    let path = exposed.path().display().to_string();
    let (problem, mode) = match exposed.what() {
        Exposure::ReadableByOthers => ("holds secrets and others can read it", "600"),
        _ if exposed.path().is_dir() => (
            "is a folder of the configuration in which others can replace files",
            "go-w",
        ),
        _ => (
            "is part of the configuration and others can change it",
            "go-w",
        ),
    };
    let remedy = format!("chmod {mode} {}", quoted(&path));
    (format!("{path} {problem}"), remedy)
}

/// Every command reads the same file, and knows the section of the service.
pub(crate) fn config_builder() -> ConfigBuilder {
    let (section, settings) = service_section();
    Config::builder().section(section, settings)
}

/// The name of the service's section, and what can be set in it: nothing where the service is not built in.
pub(crate) fn service_section() -> (&'static str, &'static [Setting]) {
    #[cfg(feature = "serve")]
    return (paylink_server::SECTION, paylink_server::SETTINGS);
    #[cfg(not(feature = "serve"))]
    return ("serve", &[]);
}

/// What to do where no account is configured.
pub(crate) const HOW_TO_CONFIGURE: &str = "see the help of a provider's commands for what to set; `paylink sandbox` gives some to try with";

const ACCOUNT: FieldKey = FieldKey::new("account", "account");

/// The account that was named, or the only one there is. Where it was named, what is wrong with others is not told.
pub(crate) fn chosen(
    setup: Setup<'_>,
    named: Option<&str>,
    console: &Console,
) -> Result<AccountConfig, UsageError> {
    let config = read(setup)?;
    match named {
        Some(name) => config.check_for(name)?,
        None => config.check()?,
    }
    let account = match named {
        Some(name) => config
            .account(name)
            .map_err(|invalid| invalid.at("--account"))?,
        None => only(&config)?,
    };
    warn(&config.exposed_for(&account), console);
    Ok(account)
}

fn only(config: &Config) -> Result<AccountConfig, UsageError> {
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
