use paylink::Invalid;
use paylink::pod_invoice::{BusinessToken, Environment, Pod, Service, UserToken};
use secrecy::SecretString;

use crate::account::{Account, not_set_up, required_secret};
use crate::config::{Config, Setting};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::usage_error::UsageError;

const SECTION: &str = "pod";

/// How an account was named on the command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct PodAccount<'a> {
    pub(super) account: Account<'a>,
    pub(super) environment: Option<&'a str>,
    pub(super) pay_url: Option<&'a str>,
}

impl PodAccount<'_> {
    pub(super) fn console(&self) -> &Console {
        self.account.console
    }

    /// The flags that a suggested command has to repeat.
    pub(super) fn invocation(&self) -> Invocation {
        self.account
            .invocation()
            .with("--environment", self.environment)
            .with("--pay-url", self.pay_url)
    }

    /// A client that calls this one service, with the service's own key or the one for all.
    pub(super) fn client_of(&self, service: Service) -> Result<Pod, Failure> {
        let config = self.account.load()?;
        let environment = self.environment_in(&config)?;
        service
            .number_in(environment)
            .map_err(|invalid| UsageError::from(invalid.rename(format!("service {service}"))))?;
        let key = key(&config, service)?;
        self.client(&config, environment, Some((service, key)))
    }

    /// A client that calls nothing: it writes links.
    pub(super) fn client_of_none(&self) -> Result<Pod, Failure> {
        let config = self.account.load()?;
        let environment = self.environment_in(&config)?;
        self.client(&config, environment, None)
    }

    /// The token of the user in whose name the call is made.
    pub(super) fn user_token(&self) -> Result<UserToken, UsageError> {
        let config = self.account.load()?;
        let token = required_secret(&config, SECTION, "user_token")?;
        UserToken::new(token.value).map_err(|invalid| invalid.rename(token.origin).into())
    }

    fn environment_in(&self, config: &Config) -> Result<Environment, UsageError> {
        let typed = self.environment.map(|typed| ("--environment", typed));
        match config.text(typed, SECTION, "environment")? {
            Some(Setting { value, origin }) => value
                .parse()
                .map_err(|invalid: Invalid| invalid.rename(origin).into()),
            None => Ok(Environment::default()),
        }
    }

    fn client(
        &self,
        config: &Config,
        environment: Environment,
        key: Option<(Service, Setting<SecretString>)>,
    ) -> Result<Pod, Failure> {
        let token = required_secret(config, SECTION, "token")?;
        let base_url = self.account.base_url(config, SECTION)?;
        let typed = self.pay_url.map(|typed| ("--pay-url", typed));
        let pay_url = config.text(typed, SECTION, "pay_url")?;

        let mut builder = Pod::builder(BusinessToken::new(token.value)).environment(environment);
        let mut key_origin = None;
        if let Some((service, key)) = key {
            builder = builder.key_of(service, key.value);
            key_origin = Some(key.origin);
        }
        if let Some(base_url) = &base_url {
            builder = builder.base_url(base_url.value.as_str());
        }
        if let Some(pay_url) = &pay_url {
            builder = builder.pay_url(pay_url.value.as_str());
        }
        let origin = |field: &str| match field {
            "business token" => Some(token.origin),
            "service key" => key_origin,
            "base URL" => base_url.map(|it| it.origin),
            "pay URL" => pay_url.map(|it| it.origin),
            _ => None,
        };
        builder.build().map_err(|error| not_set_up(error, origin))
    }
}

/// The key of a service: its own, else the one for all.
fn key(config: &Config, service: Service) -> Result<Setting<SecretString>, UsageError> {
    let own = format!("api_key_{service}");
    match config.secret(SECTION, &own)? {
        Some(key) => Ok(key),
        None => required_secret(config, SECTION, "api_key"),
    }
}
