use std::num::NonZeroU64;

use paylink::Invalid;
use paylink::zipay::ZiPay;
use secrecy::SecretString;

use crate::account::{Account, not_set_up, required_secret};
use crate::config::Setting;
use crate::failure::Failure;
use crate::usage_error::UsageError;

const SECTION: &str = "zipay";

impl Account<'_> {
    /// A client for operations that name an invoice.
    pub(super) fn zipay(&self) -> Result<ZiPay, Failure> {
        self.zipay_settings(None)?.client()
    }

    /// A client for operations at a terminal: the one that was typed, or the configured one.
    pub(super) fn zipay_at(&self, terminal: Option<&str>) -> Result<ZiPay, Failure> {
        let settings = self.zipay_settings(terminal)?;
        if settings.terminal.is_none() {
            return Err(without_terminal().into());
        }
        settings.client()
    }

    fn zipay_settings(&self, terminal: Option<&str>) -> Result<Settings, UsageError> {
        let config = self.load()?;
        let terminal = terminal.map(|typed| ("--terminal-number", typed));
        Ok(Settings {
            api_key: required_secret(&config, SECTION, "api_key")?,
            secret_key: required_secret(&config, SECTION, "secret_key")?,
            terminal: config.text(terminal, SECTION, "terminal")?,
            base_url: self.base_url(&config, SECTION)?,
        })
    }
}

/// Reads a terminal's number, under the name of the place it came from.
pub(super) fn terminal_number(typed: &Setting<String>) -> Result<u64, UsageError> {
    typed
        .value
        .parse::<NonZeroU64>()
        .map(NonZeroU64::get)
        .map_err(|_| {
            Invalid::new(typed.origin.clone(), "is not the number of a terminal")
                .value(&typed.value)
                .remedy("take it from ZiPay's panel, such as 1003")
                .into()
        })
}

fn without_terminal() -> UsageError {
    Invalid::new("--terminal-number", "is missing")
        .remedy("give it, or set PAYLINK_ZIPAY_TERMINAL to the terminal from ZiPay's panel, such as 1003")
        .into()
}

/// What a client is made of, each with its origin.
#[derive(Debug)]
struct Settings {
    api_key: Setting<SecretString>,
    secret_key: Setting<SecretString>,
    terminal: Option<Setting<String>>,
    base_url: Option<Setting<String>>,
}

impl Settings {
    fn client(self) -> Result<ZiPay, Failure> {
        let mut builder = ZiPay::builder(self.api_key.value, self.secret_key.value);
        if let Some(terminal) = &self.terminal {
            builder = builder.terminal(terminal_number(terminal)?);
        }
        if let Some(base_url) = &self.base_url {
            builder = builder.base_url(base_url.value.as_str());
        }
        let origin = |field: &str| match field {
            "API key" => Some(self.api_key.origin),
            "secret key" => Some(self.secret_key.origin),
            "base URL" => self.base_url.map(|it| it.origin),
            _ => None,
        };
        builder.build().map_err(|error| not_set_up(error, origin))
    }
}
