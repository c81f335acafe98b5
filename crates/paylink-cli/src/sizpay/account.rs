use clap::Args;
use paylink::Invalid;
use paylink::sizpay::{SizPay, Via};
use secrecy::SecretString;

use super::typed;
use crate::account::{Account, not_set_up, required_secret};
use crate::config::{Config, Setting};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::suggested::Suggested;
use crate::usage_error::UsageError;

const SECTION: &str = "sizpay";

const WAYS: Suggested = Suggested(&["rest", "soap", "soap-model", "asmx-json"]);

/// The account and the way to it, as far as they are typed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct WayArgs {
    /// The way that the request takes
    #[arg(
        long,
        global = true,
        value_name = "WAY",
        default_value = "rest",
        value_parser = WAYS
    )]
    via: String,
    /// The payment link's name in SizPay's panel
    #[arg(long, global = true, value_name = "NAME")]
    pay_link_name: Option<String>,
    /// Another address of SizPay's REST service: https, or http on loopback
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,
    /// Another address of SizPay's ASMX service, for soap and asmx-json
    #[arg(long, global = true, value_name = "URL")]
    asmx_url: Option<String>,
    /// The namespace of the ASMX service, for soap
    #[arg(long, global = true, value_name = "URI")]
    soap_namespace: Option<String>,
}

impl WayArgs {
    pub(super) fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    fn via(&self) -> Result<Via, UsageError> {
        typed::read("--via", &self.via)
    }
}

/// How an account with SizPay was named on the command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct SizpayAccount<'a> {
    pub(super) account: Account<'a>,
    pub(super) way: &'a WayArgs,
}

impl<'a> SizpayAccount<'a> {
    pub(super) fn console(&self) -> &'a Console {
        self.account.console
    }

    /// The flags that a suggested command has to repeat, whichever way it goes.
    pub(super) fn invocation(&self) -> Invocation {
        self.account
            .invocation()
            .with("--pay-link-name", self.way.pay_link_name.as_deref())
            .with("--asmx-url", self.way.asmx_url.as_deref())
    }

    /// The same, with the way itself where it is not the usual one.
    pub(super) fn invocation_this_way(&self) -> Result<Invocation, UsageError> {
        let via = self.way.via()?;
        let unusual = (via != Via::default()).then_some(via.as_str());
        Ok(self
            .invocation()
            .with("--via", unusual)
            .with("--soap-namespace", self.way.soap_namespace.as_deref()))
    }

    /// A client that goes the way that was typed.
    pub(super) fn sizpay(&self) -> Result<SizPay, Failure> {
        self.settings()?.client()
    }

    /// A client for what REST alone offers: `what` is that, as in "disables links".
    pub(super) fn sizpay_by_rest(&self, what: &str) -> Result<SizPay, Failure> {
        match self.way.via()? {
            Via::Rest => self.sizpay(),
            other => Err(UsageError::from(
                Invalid::new("--via", format!("{other} is not a way that {what}"))
                    .remedy("leave --via out: REST does, for links sent in any way"),
            )
            .into()),
        }
    }

    fn settings(&self) -> Result<Settings, UsageError> {
        let config = self.account.load()?;
        let WayArgs {
            pay_link_name,
            asmx_url,
            soap_namespace,
            ..
        } = self.way;
        let text = |flag, typed: &Option<String>, key| text(&config, flag, typed.as_deref(), key);
        Ok(Settings {
            via: self.way.via()?,
            user_name: required_secret(&config, SECTION, "user_name")?,
            password: required_secret(&config, SECTION, "password")?,
            pay_link_name: text("--pay-link-name", pay_link_name, "pay_link_name")?
                .ok_or_else(|| config.missing(SECTION, "pay_link_name"))?,
            base_url: self.account.base_url(&config, SECTION)?,
            asmx_url: text("--asmx-url", asmx_url, "asmx_url")?,
            soap_namespace: text("--soap-namespace", soap_namespace, "soap_namespace")?,
        })
    }
}

fn text(
    config: &Config,
    flag: &str,
    typed: Option<&str>,
    key: &str,
) -> Result<Option<Setting<String>>, UsageError> {
    config.text(typed.map(|typed| (flag, typed)), SECTION, key)
}

/// What a client is made of, each with its origin.
#[derive(Debug)]
struct Settings {
    via: Via,
    user_name: Setting<SecretString>,
    password: Setting<SecretString>,
    pay_link_name: Setting<String>,
    base_url: Option<Setting<String>>,
    asmx_url: Option<Setting<String>>,
    soap_namespace: Option<Setting<String>>,
}

impl Settings {
    fn client(self) -> Result<SizPay, Failure> {
        let mut builder = SizPay::builder(
            self.user_name.value,
            self.password.value,
            self.pay_link_name.value,
        )
        .via(self.via);
        if let Some(base_url) = &self.base_url {
            builder = builder.base_url(base_url.value.as_str());
        }
        if let Some(asmx_url) = &self.asmx_url {
            builder = builder.asmx_url(asmx_url.value.as_str());
        }
        if let Some(namespace) = &self.soap_namespace {
            builder = builder.soap_namespace(namespace.value.as_str());
        }
        let origin = |field: &str| match field {
            "user name (key 1)" => Some(self.user_name.origin),
            "password (key 2)" => Some(self.password.origin),
            "link name" => Some(self.pay_link_name.origin),
            "base URL" => self.base_url.map(|it| it.origin),
            "ASMX address" => self.asmx_url.map(|it| it.origin),
            "SOAP namespace" => self.soap_namespace.map(|it| it.origin),
            _ => None,
        };
        builder.build().map_err(|error| not_set_up(error, origin))
    }
}
