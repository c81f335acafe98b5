//! `paylink link`: payments with any provider.

mod create;
mod payment;
mod settle;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use paylink::{Account, Error, Money, PaymentRecord};

use crate::account::{Setup, chosen, transport};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::next_step::Invocation;
use crate::providers::sections;
use crate::stored_file::Document;
use crate::typed::{self, Suggested};

fn after_help() -> String {
    format!(
        "\
Accounts come from the environment and the configuration: {} are accounts of these names, and \
[accounts.NAME] is one more, whose provider is one of them; in the environment, \
PAYLINK_ACCOUNT_<NAME>_PROVIDER and so on. `paylink doctor` checks them, and shows what each can do. \
What an account's provider does not offer is refused before anything is sent.

A payment is known by its record, which `create` prints or writes with --record-to. Store it with \
the order: every other operation takes it.",
        sections()
    )
}

#[derive(Debug, Args)]
#[command(after_help = after_help(), subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
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
    Status(RecordArgs),
    Settle(settle::SettleArgs),
    /// Give the money of a settled payment back to its payer
    Refund(settle::BooksArgs),
    /// Make an unpaid payment one that nobody can pay any more
    Disable(settle::BooksArgs),
    /// Send the payer the link once more
    Resend(RecordArgs),
    /// List payments, a page at a time
    List(payment::ListArgs),
    Resolve(payment::LinkResolveArgs),
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
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let account = LinkAccount {
        console,
        config,
        name: args.account.as_deref(),
    };
    match args.operation {
        Operation::Create(args) => create::create(&args, &account).await,
        Operation::Status(args) => payment::status(&args, &account).await,
        Operation::Settle(args) => settle::settle(&args, &account).await,
        Operation::Refund(args) => settle::refund(&args, &account).await,
        Operation::Disable(args) => settle::disable(&args, &account).await,
        Operation::Resend(args) => settle::resend(&args, &account).await,
        Operation::List(args) => payment::list(&args, &account).await,
        Operation::Resolve(args) => payment::find_out(&args, &account).await,
    }
}

/// How an account was named on the command line, with any provider.
#[derive(Clone, Copy, Debug)]
struct LinkAccount<'a> {
    console: &'a Console,
    config: Setup<'a>,
    name: Option<&'a str>,
}

impl LinkAccount<'_> {
    /// The flags that a suggested command has to repeat.
    fn invocation(&self) -> Invocation {
        let invocation = Invocation::of_group("link").with("--account", self.name);
        self.config.repeated_by(invocation)
    }

    /// Sets the account up.
    fn provider(&self) -> Result<Account, Failure> {
        let account = chosen(self.config, self.name, self.console)?;
        Ok(account.open(&transport()?).map_err(UsageError::from)?)
    }
}

/// The payment that an operation is about.
#[derive(Debug, Args)]
struct RecordArgs {
    /// The payment's record, as `create` printed or wrote it; standard input if it is -
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
}

impl RecordArgs {
    /// Reads the record.
    fn read(&self, console: &Console) -> Result<PaymentRecord, UsageError> {
        self.document().read(console)
    }

    /// What was refused before anything was sent, the record under the name of where it came from.
    fn refused(&self, error: Error) -> Failure {
        match error.invalid() {
            Some(invalid) if invalid.key() == PaymentRecord::KEY.as_str() => {
                UsageError::from(invalid.clone().at(self.document().name())).into()
            }
            _ => typed::unsent(error),
        }
    }

    fn document(&self) -> Document<'_> {
        Document {
            path: Some(&self.record),
            what: "record",
            remedy: "give the JSON document that `paylink link create` printed as the payment's record",
        }
    }
}
