//! `paylink zipay`: ZiPay invoices, one operation a file.

mod account;
mod create_invoice;
mod invoice;
mod list;
mod refund;
mod resolve;
mod settle;
mod status;
mod verify;

use std::path::Path;

use clap::{Args, Subcommand};
use paylink::Money;
use paylink::zipay::TrackId;

use crate::account::Account;
use crate::console::Console;
use crate::failure::Failure;
use crate::resolve::ResolveArgs;
use crate::suggested::Suggested;
use crate::typed;
use crate::usage_error::UsageError;

const AFTER_HELP: &str = "\
The account comes from the environment or from [zipay] in the configuration:
  PAYLINK_ZIPAY_API_KEY      api_key      from ZiPay's panel; secret
  PAYLINK_ZIPAY_SECRET_KEY   secret_key   from ZiPay's panel; secret
  PAYLINK_ZIPAY_TERMINAL     terminal     the terminal, such as 1003
  PAYLINK_ZIPAY_BASE_URL     base_url     another address, such as a sandbox's

`paylink sandbox` gives an account to try with.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct ZipayArgs {
    /// Another address than ZiPay's: https, or http on loopback
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    base_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Create an invoice, and show the link to send the payer to
    CreateInvoice(create_invoice::CreateInvoiceArgs),
    /// Show an invoice
    Status(status::StatusArgs),
    /// Confirm a paid invoice; `settle` compares it first
    Verify(verify::VerifyArgs),
    Settle(settle::SettleArgs),
    /// List invoices
    List(list::ListArgs),
    /// Give the money of a completed invoice back to its payer
    Refund(refund::RefundArgs),
    Resolve(ResolveArgs),
}

/// The currencies that ZiPay takes.
const CURRENCIES: Suggested = Suggested(&["USD", "USDT", "IRT"]);

/// Reads what was typed as `--amount` and `--currency`.
fn price(amount: &str, currency: &str) -> Result<Money, UsageError> {
    // The shared vocabulary knows currencies that ZiPay does not take.
    typed::price(amount, currency, "use USD, USDT or IRT, which is toman")
}

/// The invoice that an operation is about.
#[derive(Debug, Args)]
struct TrackIdArgs {
    /// ZiPay's id of the invoice, as `create-invoice` printed it
    #[arg(long, value_name = "ID")]
    trackid: String,
}

impl TrackIdArgs {
    fn parse(&self) -> Result<TrackId, UsageError> {
        typed::read(TrackId::KEY, &self.trackid)
    }
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: ZipayArgs,
    config: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let account = Account {
        console,
        config,
        base_url: args.base_url.as_deref(),
    };
    match args.operation {
        Operation::CreateInvoice(args) => create_invoice::run(&args, &account).await,
        Operation::Status(args) => status::run(&args, &account).await,
        Operation::Verify(args) => verify::run(&args, &account).await,
        Operation::Settle(args) => settle::run(&args, &account).await,
        Operation::List(args) => list::run(&args, &account).await,
        Operation::Refund(args) => refund::run(&args, &account).await,
        Operation::Resolve(args) => resolve::run(&args, &account).await,
    }
}
