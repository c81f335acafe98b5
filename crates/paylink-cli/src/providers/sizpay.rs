//! `paylink sizpay`: SizPay payment links.

pub(super) mod counting;
pub(super) mod demo;
pub(super) mod examples;
mod links;
mod status;

use std::time::SystemTime;

use clap::{Args, Subcommand};
use paylink::config::AccountConfig;
use paylink::sizpay::{DESCRIPTOR, SendId, SizPay, Via};
use paylink::{FieldKey, Invalid, JalaliDate};
use serde::Serialize;

use super::account_help;
use crate::account::{Account, Setup, transport};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::next_step::Invocation;
use crate::resolve::ResolveArgs;
use crate::schema::schemas;
use crate::typed::{self, Suggested};

const REST_ALONE: &str = "\
Only REST disables links, sends an SMS again, and finds what was sent; a link sent in another
way is the same link. ";

/// The form of what its operations print for programs.
pub(super) const SCHEMAS: &[(&str, &str)] = schemas! {
    "sizpay-disable" "sizpay-resend" "sizpay-resolve" "sizpay-send-link" "sizpay-status"
};

/// What comes back, what a program hands over, and what the client says of itself.
#[cfg(test)]
pub(super) const NEVER_TYPED: &[&str] = &["operation", "request", "resend"];

#[derive(Debug, Args)]
#[command(after_help = account_help(&DESCRIPTOR, REST_ALONE), subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct SizpayArgs {
    #[command(flatten)]
    way: WayArgs,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Send a link: SizPay writes an SMS to the payer
    SendLink(links::SendLinkArgs),
    /// Disable a link, so that nobody can pay it any more
    Disable(links::DisableArgs),
    Resend(links::ResendArgs),
    Status(status::StatusArgs),
    Resolve(ResolveArgs),
}

/// Carries out what was typed.
pub(super) async fn run(
    args: SizpayArgs,
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let account = SizpayAccount {
        account: Account {
            console,
            config,
            base_url: args.way.base_url(),
        },
        way: &args.way,
    };
    match args.operation {
        Operation::SendLink(args) => links::send_link(&args, &account).await,
        Operation::Disable(args) => links::disable(&args, &account).await,
        Operation::Resend(args) => links::resend(&args, &account).await,
        Operation::Status(args) => status::status(&args, &account).await,
        Operation::Resolve(args) => status::find_out(&args, &account).await,
    }
}

const WAYS: Suggested = Suggested(&["rest", "soap", "soap-model", "asmx-json"]);

/// The account and the way to it, as far as they are typed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct WayArgs {
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
    fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    fn via(&self) -> Result<Option<Via>, UsageError> {
        let typed = self.via.as_deref();
        typed.map(|via| typed::read(Via::KEY, via)).transpose()
    }
}

/// How an account with SizPay was named on the command line.
#[derive(Clone, Copy, Debug)]
struct SizpayAccount<'a> {
    account: Account<'a>,
    way: &'a WayArgs,
}

impl<'a> SizpayAccount<'a> {
    fn console(&self) -> &'a Console {
        self.account.console
    }

    /// The flags that a suggested command has to repeat, whichever way it goes.
    fn invocation(&self) -> Invocation {
        self.account
            .invocation()
            .with("--pay-link-name", self.way.pay_link_name.as_deref())
            .with("--asmx-url", self.way.asmx_url.as_deref())
    }

    /// The same, with the way itself where it was typed and is not the usual one.
    fn invocation_this_way(&self) -> Result<Invocation, UsageError> {
        let via = self.way.via()?.filter(|via| *via != Via::default());
        Ok(self
            .invocation()
            .with("--via", via.map(Via::as_str))
            .with("--soap-namespace", self.way.soap_namespace.as_deref()))
    }

    /// A client that goes the way that was typed, or the configured one.
    fn sizpay(&self) -> Result<SizPay, Failure> {
        let via = self.way.via.as_deref();
        client(&self.configured()?.typed("via", "--via", via))
    }

    /// A client for what REST alone offers: `what` is that, as in "disables links".
    fn sizpay_by_rest(&self, what: &str) -> Result<SizPay, Failure> {
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
        let account = self.account.with(&DESCRIPTOR)?;
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

const SEND_DATE: FieldKey = FieldKey::new("send_date", "send date");

/// The day on which links were sent.
#[derive(Debug, Args)]
struct SendDateArgs {
    /// The day in Tehran on which it was sent, such as 1399/11/21; today if it is not given
    #[arg(long, value_name = "DATE")]
    send_date: Option<String>,
}

impl SendDateArgs {
    fn day(&self) -> Result<JalaliDate, UsageError> {
        match &self.send_date {
            Some(date) => typed::read(SEND_DATE, date),
            None => today(),
        }
    }
}

/// The day that it is in Tehran.
fn today() -> Result<JalaliDate, UsageError> {
    Ok(JalaliDate::from_system_time(SystemTime::now())?)
}

/// The one link that an operation is about.
#[derive(Debug, Args)]
#[group(skip)]
struct LinkArgs {
    /// SizPay's id of the link, as `send-link` printed it
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "invoice_number",
        conflicts_with = "invoice_number"
    )]
    send_id: Option<String>,
    /// Your own number of the invoice, instead of SizPay's id
    #[arg(long, value_name = "NUMBER")]
    invoice_number: Option<String>,
    #[command(flatten)]
    send_date: SendDateArgs,
}

/// One link, by one of its two names.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum LinkName {
    SendId(SendId),
    InvoiceNumber(String),
}

impl LinkArgs {
    fn link(&self) -> Result<LinkName, UsageError> {
        match (&self.send_id, &self.invoice_number) {
            (Some(id), _) => Ok(LinkName::SendId(typed::read(SendId::KEY, id)?)),
            (None, number) => Ok(LinkName::InvoiceNumber(number.clone().unwrap_or_default())),
        }
    }

    fn day(&self) -> Result<JalaliDate, UsageError> {
        self.send_date.day()
    }
}

impl std::fmt::Display for LinkName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkName::SendId(id) => write!(f, "link {id}"),
            LinkName::InvoiceNumber(number) => write!(f, "the link of invoice {number}"),
        }
    }
}
