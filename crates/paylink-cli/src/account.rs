use std::path::Path;

use paylink::Error;
use secrecy::SecretString;

use crate::call_error::CallError;
use crate::config::{Config, Environment, Setting};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::usage_error::{self, UsageError};

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

    /// Reads the configuration.
    pub(crate) fn load(&self) -> Result<Config, UsageError> {
        Config::load(self.config, Environment::of_process(), self.console)
    }

    /// The address that was typed, else the configured one of this section.
    pub(crate) fn base_url(
        &self,
        config: &Config,
        section: &str,
    ) -> Result<Option<Setting<String>>, UsageError> {
        let typed = self.base_url.map(|typed| ("--base-url", typed));
        config.text(typed, section, "base_url")
    }
}

/// A secret without which there is no account.
pub(crate) fn required_secret(
    config: &Config,
    section: &str,
    key: &str,
) -> Result<Setting<SecretString>, UsageError> {
    let missing = || UsageError::from(config.missing(section, key));
    config.secret(section, key)?.ok_or_else(missing)
}

/// Why a client could not be set up. A value that it refused is named by the place that it came from.
pub(crate) fn not_set_up(error: Error, origin: impl FnOnce(&str) -> Option<String>) -> Failure {
    let Some(invalid) = usage_error::refused_value(&error) else {
        return CallError::of(error).into();
    };
    let named = match origin(invalid.field()) {
        Some(origin) => invalid.rename(origin),
        None => invalid,
    };
    UsageError::from(named).into()
}
