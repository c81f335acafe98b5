//! `paylink link`: payments with any provider, one operation a file.

mod account;
mod books;
mod card;
mod change;
mod create;
mod created;
mod list;
mod payment;
mod record;
mod record_file;
mod resolve;
mod settle;
mod status;

use std::path::Path;

use clap::{Args, Subcommand};
use paylink::Money;

use crate::console::Console;
use crate::failure::Failure;
use crate::suggested::Suggested;
use crate::typed;
use crate::usage_error::UsageError;
use account::LinkAccount;

const AFTER_HELP: &str = "\
Accounts come from the environment and the configuration: [zipay], [sizpay], [cardpay] and [pod]
are accounts of these names, and [accounts.NAME] is one more, with provider = \"zipay\" say; in
the environment, PAYLINK_ACCOUNT_<NAME>_PROVIDER and so on. `paylink doctor` checks them, and
shows what each can do. What an account's provider does not offer is refused before anything is
sent.

A payment is known by its record, which `create` prints or writes with --record-to. Store it
with the order: every other operation takes it.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct LinkArgs {
    /// Which account; it need not be said where there is but one
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Global options"
    )]
    account: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Create a payment, and show what its payer needs
    Create(Box<create::CreateArgs>),
    /// Show where a payment stands, and change nothing
    Status(record::RecordArgs),
    Settle(settle::SettleArgs),
    /// Give the money of a settled payment back to its payer
    Refund(books::BooksArgs),
    /// Make an unpaid payment one that nobody can pay any more
    Disable(books::BooksArgs),
    /// Send the payer the link once more
    Resend(record::RecordArgs),
    /// List payments, a page at a time
    List(list::ListArgs),
    Resolve(resolve::LinkResolveArgs),
}

/// The currencies that one provider or another counts in.
const CURRENCIES: Suggested = Suggested(&["IRR", "IRT", "USD", "USDT"]);

/// Reads what was typed as `--amount` and `--currency`.
fn price(amount: &str, currency: &str) -> Result<Money, UsageError> {
    let remedy = "use IRR, which is rial, IRT, which is toman, USD or USDT";
    typed::price(amount, currency, remedy)
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: LinkArgs,
    config: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let account = LinkAccount {
        console,
        config,
        name: args.account.as_deref(),
    };
    match args.operation {
        Operation::Create(args) => create::run(&args, &account).await,
        Operation::Status(args) => status::run(&args, &account).await,
        Operation::Settle(args) => settle::run(&args, &account).await,
        Operation::Refund(args) => change::refund(&args, &account).await,
        Operation::Disable(args) => change::disable(&args, &account).await,
        Operation::Resend(args) => change::resend(&args, &account).await,
        Operation::List(args) => list::run(&args, &account).await,
        Operation::Resolve(args) => resolve::run(&args, &account).await,
    }
}
