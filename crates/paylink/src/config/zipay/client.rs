use std::time::Duration;

use crate::config::setup::{Fields, Setup};
use crate::config::{AccountConfig, Problems};
use crate::zipay::ZiPay;
use crate::{Provider, Transport};

const FIELDS: Fields = &[
    ("API key", "api_key"),
    ("secret key", "secret_key"),
    ("terminal number", "terminal"),
    ("base URL", "base_url"),
];

impl AccountConfig {
    /// A ZiPay client of this account. Operations that name an invoice need no terminal.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, at once.
    pub fn zipay(&self, transport: &Transport) -> Result<ZiPay, Problems> {
        client(Setup::with(self, "zipay")?, transport)
    }
}

/// Payments are created at a terminal.
pub(super) fn open(account: &AccountConfig, transport: &Transport) -> Result<Provider, Problems> {
    let mut setup = Setup::of(account);
    setup.require("terminal", "1");
    client(setup, transport).map(|zipay| Provider::new(account.name(), zipay))
}

fn client(mut setup: Setup<'_>, transport: &Transport) -> Result<ZiPay, Problems> {
    setup.require("api_key", "stand-in");
    setup.require("secret_key", "stand-in");
    setup.build(FIELDS, |setup| {
        let (api_key, secret_key) = (setup.secret("api_key"), setup.secret("secret_key"));
        let mut builder = ZiPay::builder(api_key, secret_key).transport(transport.clone());
        if let Some(terminal) = setup.number("terminal") {
            builder = builder.terminal(terminal);
        }
        if let Some(base_url) = setup.text("base_url") {
            builder = builder.base_url(base_url);
        }
        if let Some(seconds) = setup.number("settling_seconds") {
            builder = builder.settling_time(Duration::from_secs(seconds));
        }
        if setup.is_on("any_content_type") {
            builder = builder.accept_any_content_type();
        }
        builder.build()
    })
}
