use clap::Args;
use paylink::Invalid;
use paylink::config::AccountConfig;
use paylink::sizpay::{SizPay, Via};

use crate::account::{Account, transport};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::suggested::Suggested;
use crate::typed;
use crate::usage_error::UsageError;

const WAYS: Suggested = Suggested(&["rest", "soap", "soap-model", "asmx-json"]);

/// The account and the way to it, as far as they are typed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct WayArgs {
    /// The way that the request takes; the configured one if it is not given, else rest
    #[arg(long, global = true, value_name = "WAY", value_parser = WAYS)]
    via: Option<String>,
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

    fn via(&self) -> Result<Option<Via>, UsageError> {
        let typed = self.via.as_deref();
        typed.map(|via| typed::read(Via::KEY, via)).transpose()
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

    /// The same, with the way itself where it was typed and is not the usual one.
    pub(super) fn invocation_this_way(&self) -> Result<Invocation, UsageError> {
        let via = self.way.via()?.filter(|via| *via != Via::default());
        Ok(self
            .invocation()
            .with("--via", via.map(Via::as_str))
            .with("--soap-namespace", self.way.soap_namespace.as_deref()))
    }

    /// A client that goes the way that was typed, or the configured one.
    pub(super) fn sizpay(&self) -> Result<SizPay, Failure> {
        let via = self.way.via.as_deref();
        client(&self.configured()?.typed("via", "--via", via))
    }

    /// A client for what REST alone offers: `what` is that, as in "disables links".
    pub(super) fn sizpay_by_rest(&self, what: &str) -> Result<SizPay, Failure> {
        match self.way.via()? {
            None | Some(Via::Rest) => {
                let rest = Some(Via::Rest.as_str());
                client(&self.configured()?.typed("via", "--via", rest))
            }
            Some(other) => Err(UsageError::from(
                Invalid::new(Via::KEY, format!("{other} is not a way that {what}"))
                    .at("--via")
                    .with_remedy("leave --via out: REST does, for links sent in any way"),
            )
            .into()),
        }
    }

    fn configured(&self) -> Result<AccountConfig, UsageError> {
        let WayArgs {
            pay_link_name,
            asmx_url,
            soap_namespace,
            ..
        } = self.way;
        let account = self.account.with(&paylink::sizpay::DESCRIPTOR)?;
        Ok(account
            .typed("pay_link_name", "--pay-link-name", pay_link_name.as_deref())
            .typed("asmx_url", "--asmx-url", asmx_url.as_deref())
            .typed(
                "soap_namespace",
                "--soap-namespace",
                soap_namespace.as_deref(),
            ))
    }
}

fn client(account: &AccountConfig) -> Result<SizPay, Failure> {
    Ok(account.client(&transport()?).map_err(UsageError::from)?)
}
