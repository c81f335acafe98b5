//! `paylink sizpay`: SizPay payment links, one operation a file.

mod account;
mod disable;
mod link_args;
mod payments;
mod resend;
mod resolve;
mod send_link;
mod sent;
mod status;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::account::Account;
use crate::console::Console;
use crate::failure::Failure;
use crate::resolve::ResolveArgs;
use account::{SizpayAccount, WayArgs};

const AFTER_HELP: &str = "\
The account comes from the environment or from [sizpay] in the configuration:
  PAYLINK_SIZPAY_USER_NAME       user_name       key 1 of the gateway, from SizPay's panel; secret
  PAYLINK_SIZPAY_PASSWORD        password        key 2 of the gateway; secret
  PAYLINK_SIZPAY_PAY_LINK_NAME   pay_link_name   the payment link's name in the panel
  PAYLINK_SIZPAY_VIA             via             the way that requests take, if it is not rest
  PAYLINK_SIZPAY_BASE_URL        base_url        another address of REST, such as a sandbox's
  PAYLINK_SIZPAY_RESEND_URL      resend_url      another address of REST for sending an SMS again alone
  PAYLINK_SIZPAY_ASMX_URL        asmx_url        another address of the ASMX service
  PAYLINK_SIZPAY_SOAP_NAMESPACE  soap_namespace  the namespace of the ASMX service

Only REST disables links, sends an SMS again, and finds what was sent; a link sent in another
way is the same link. `paylink sandbox` gives an account to try with.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct SizpayArgs {
    #[command(flatten)]
    way: WayArgs,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Send a link: SizPay writes an SMS to the payer
    SendLink(send_link::SendLinkArgs),
    /// Disable a link, so that nobody can pay it any more
    Disable(disable::DisableArgs),
    Resend(resend::ResendArgs),
    Status(status::StatusArgs),
    Resolve(ResolveArgs),
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: SizpayArgs,
    config: Option<&Path>,
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
        Operation::SendLink(args) => send_link::run(&args, &account).await,
        Operation::Disable(args) => disable::run(&args, &account).await,
        Operation::Resend(args) => resend::run(&args, &account).await,
        Operation::Status(args) => status::run(&args, &account).await,
        Operation::Resolve(args) => resolve::run(&args, &account).await,
    }
}
