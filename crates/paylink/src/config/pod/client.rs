use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::config::setup::{Fields, Setup};
use crate::config::{AccountConfig, Problems};
use crate::core::Header;
use crate::pod_invoice::{BusinessToken, Environment, Pod, PodBuilder, Service, UserToken};
use crate::{Invalid, Provider, Transport};

const FIELDS: Fields = &[
    ("business token", "token"),
    ("user access token", "user_token"),
    ("environment", "environment"),
    ("base URL", "base_url"),
    ("pay URL", "pay_url"),
    ("guild code", "guild"),
    ("business id", "business"),
];

/// The services that taking payments calls.
const OF_PAYMENTS: &[Service] = &[
    Service::IssueInvoice,
    Service::ListInvoices,
    Service::VerifyInvoice,
    Service::CancelInvoice,
];

impl AccountConfig {
    /// A POD client of this account that calls these services, each with its own key or the one for all.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, at once; so is a service that its environment does not have.
    pub fn pod(&self, services: &[Service], transport: &Transport) -> Result<Pod, Problems> {
        client(Setup::with(self, "pod")?, services, transport)
    }

    /// The token of the user in whose name calls of a POD account are made.
    ///
    /// # Errors
    ///
    /// If it is missing or malformed, and everything else that is wrong with what is set.
    pub fn pod_user_token(&self) -> Result<UserToken, Problems> {
        let mut setup = Setup::with(self, "pod")?;
        setup.require("user_token", "stand-in");
        setup.build(FIELDS, |setup| {
            Ok(UserToken::new(setup.secret("user_token"))?)
        })
    }
}

/// Payments are invoices, which are issued in a guild.
pub(super) fn open(account: &AccountConfig, transport: &Transport) -> Result<Provider, Problems> {
    let mut setup = Setup::of(account);
    setup.require("guild", "STAND_IN");
    client(setup, OF_PAYMENTS, transport).map(|pod| Provider::new(account.name(), pod))
}

fn client(
    mut setup: Setup<'_>,
    services: &[Service],
    transport: &Transport,
) -> Result<Pod, Problems> {
    setup.require("token", "stand-in");
    let has_own = |service: &Service| setup.text(&own_key(*service)).is_some();
    if !services.iter().all(has_own) {
        setup.require("api_key", "stand-in");
    }
    setup.build(FIELDS, |setup| {
        let environment = environment(setup)?;
        let builder = Pod::builder(BusinessToken::new(setup.secret("token")))
            .environment(environment)
            .transport(transport.clone());
        let pod = with_options(with_keys(builder, setup)?, setup).build()?;
        for service in services {
            service
                .number_in(environment)
                .map_err(|invalid| invalid.at(format!("service {service}")))?;
        }
        Ok(pod)
    })
}

fn environment(setup: &Setup<'_>) -> Result<Environment, Invalid> {
    match setup.text("environment") {
        Some(name) => name.parse(),
        None => Ok(Environment::default()),
    }
}

/// Adds every key there is.
fn with_keys(mut builder: PodBuilder, setup: &Setup<'_>) -> Result<PodBuilder, Invalid> {
    if setup.text("api_key").is_some() {
        builder = builder.key(key(setup, "api_key")?);
    }
    for service in Service::ALL {
        let own = own_key(service);
        if setup.text(&own).is_some() {
            builder = builder.key_of(service, key(setup, &own)?);
        }
    }
    Ok(builder)
}

/// A key, checked under the name of its setting: the client does not say which of several it refuses.
fn key(setup: &Setup<'_>, setting: &str) -> Result<SecretString, Invalid> {
    let key = setup.secret(setting);
    match Header::secret("key", key.expose_secret()) {
        Ok(_) => Ok(key),
        Err(invalid) => Err(invalid.at(setting.to_owned())),
    }
}

fn with_options(mut builder: PodBuilder, setup: &Setup<'_>) -> PodBuilder {
    if let Some(base_url) = setup.text("base_url") {
        builder = builder.base_url(base_url);
    }
    if let Some(pay_url) = setup.text("pay_url") {
        builder = builder.pay_url(pay_url);
    }
    if let Some(guild) = setup.text("guild") {
        builder = builder.guild(guild);
    }
    if let Some(business) = setup.number("business") {
        builder = builder.business(business);
    }
    if setup.text("fee_voucher").is_some() {
        builder = builder.fee_voucher(setup.secret("fee_voucher"));
    }
    if let Some(seconds) = setup.number("settling_seconds") {
        builder = builder.settling_time(Duration::from_secs(seconds));
    }
    if setup.is_on("any_content_type") {
        builder = builder.accept_any_content_type();
    }
    builder
}

/// The setting with the key of one service.
fn own_key(service: Service) -> String {
    format!("api_key_{service}")
}
