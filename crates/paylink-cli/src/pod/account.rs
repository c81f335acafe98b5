use paylink::config::AccountConfig;
use paylink::pod::{Pod, Service, UserToken};

use crate::account::{Account, transport};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::usage_error::UsageError;

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
        self.client(&[service])
    }

    /// A client that calls nothing: it writes links.
    pub(super) fn client_of_none(&self) -> Result<Pod, Failure> {
        self.client(&[])
    }

    /// The token of the user in whose name the call is made.
    pub(super) fn user_token(&self) -> Result<UserToken, UsageError> {
        Ok(self.configured()?.read(UserToken::from_settings)?)
    }

    fn client(&self, services: &[Service]) -> Result<Pod, Failure> {
        let account = self.configured()?;
        let transport = transport()?;
        let pod = account.read(|settings| Pod::for_services(settings, services, &transport));
        Ok(pod.map_err(UsageError::from)?)
    }

    fn configured(&self) -> Result<AccountConfig, UsageError> {
        let account = self.account.with(&paylink::pod::DESCRIPTOR)?;
        Ok(account
            .typed("environment", "--environment", self.environment)
            .typed("pay_url", "--pay-url", self.pay_url))
    }
}
