//! The providers that the shop sells through.

use paylink::config::Config;
use paylink::core::provider::Settings;
use paylink::{Account, Accounts, Transport};
use paylink_sandbox::Sandbox;

/// One account at each provider that the sandbox plays.
///
/// # Errors
///
/// If no TLS can be had, which even a sandbox's clients set up, or an account cannot be opened.
pub fn of_sandbox(sandbox: &Sandbox) -> Result<Accounts, Box<dyn std::error::Error>> {
    // One transport for the whole process.
    let transport = Transport::new()?;
    let mut accounts = Vec::new();
    for played in sandbox.providers() {
        let settings = played.settings();
        let settings: Settings<'_> = settings
            .iter()
            .map(|(key, value)| (*key, &**value))
            .collect();
        let provider = paylink::providers()
            .iter()
            .find(|it| it.name() == played.name());
        let provider = provider.ok_or_else(|| format!("{} is not built in", played.name()))?;
        accounts.push(Account::from_arc(
            played.name(),
            provider.open(&settings, &transport)?,
        ));
    }
    Ok(Accounts::new(accounts)?)
}

/// The accounts that the environment configures, with the file that `PAYLINK_CONFIG` names.
///
/// # Errors
///
/// Every problem of every account at once.
pub fn of_environment() -> Result<Accounts, Box<dyn std::error::Error>> {
    Ok(Config::from_env()?.open(&Transport::new()?)?)
}
