//! `paylink link`: payments with any provider.

mod change;
mod create;
mod payment;
mod settle;
mod wait;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use paylink::config::{AccountConfig, Config};
use paylink::{Account, ComparedField, Error, ErrorKind, FieldKey, Invalid, Money, PaymentRecord};

use crate::account::{Setup, chosen, read, transport};
use crate::console::Console;
use crate::document::{Document, Kind};
use crate::failure::{CallError, Failure, UsageError};
use crate::next_step::Invocation;
use crate::providers::sections;
use crate::text::shown;
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
    Refund(change::BooksArgs),
    /// Make an unpaid payment one that nobody can pay any more
    Disable(change::BooksArgs),
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
        Operation::Refund(args) => change::refund(&args, &account).await,
        Operation::Disable(args) => change::disable(&args, &account).await,
        Operation::Resend(args) => change::resend(&args, &account).await,
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
        open(&chosen(self.config, self.name, self.console)?)
    }

    /// Sets the account up for something that is of this provider; `name` says what that is and where it came from.
    fn provider_of(
        &self,
        provider: &str,
        field: FieldKey,
        name: String,
    ) -> Result<Account, Failure> {
        let account = chosen(self.config, self.name, self.console)?;
        if account.provider_name() == provider {
            return open(&account);
        }
        let problem = format!(
            "is of an account of {}, and {} is an account of {}",
            shown(provider),
            account.name(),
            account.provider_name()
        );
        let config = read(self.config).map_err(UsageError::from)?;
        let invalid = Invalid::new(field, problem).at(name);
        Err(UsageError::from(invalid.with_remedy(accounts_of(provider, &config))).into())
    }
}

fn open(account: &AccountConfig) -> Result<Account, Failure> {
    Ok(account.open(&transport()?).map_err(UsageError::from)?)
}

/// What to say to get an account of this provider.
fn accounts_of(provider: &str, config: &Config) -> String {
    let accounts = config.accounts();
    let of_it = accounts.filter(|account| account.provider_name() == provider);
    match of_it.map(AccountConfig::name).collect::<Vec<_>>()[..] {
        [] => format!("configure an account of {}", shown(provider)),
        [only] => format!("give --account {only}"),
        ref several => format!("give --account with one of {}", several.join(", ")),
    }
}

/// What to do about a record of another account of the same provider.
const ANOTHER_ACCOUNT: &str = "Nothing was changed. Name that account with --account.";

/// What to do about a payment that is not the record's.
const ANOTHER_RECORD: &str =
    "Nothing was changed. Take the record that was stored with this order.";

/// The payment that an operation is about.
#[derive(Debug, Args)]
struct RecordArgs {
    /// The payment's record, as `create` printed or wrote it; standard input if it is -
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
}

impl RecordArgs {
    /// Reads the record, and sets up the account that it is to be used with.
    fn read(&self, account: &LinkAccount<'_>) -> Result<(PaymentRecord, Account), Failure> {
        let document = self.document();
        let record: PaymentRecord = document.read(account.console)?;
        let name = document.name();
        let provider = account.provider_of(record.provider(), PaymentRecord::KEY, name)?;
        Ok((record, provider))
    }

    /// What was refused before anything was sent, the record under the name of where it came from.
    fn refused(&self, error: Error) -> Failure {
        let is_mismatch = error.kind() == ErrorKind::Mismatch;
        match (error.invalid(), error.mismatch()) {
            (Some(invalid), _) if invalid.key() == PaymentRecord::KEY.as_str() => {
                UsageError::from(invalid.clone().at(self.document().name())).into()
            }
            (None, Some(mismatch)) if is_mismatch && mismatch.has(ComparedField::Merchant) => {
                CallError::of(error)
                    .advice(ANOTHER_ACCOUNT.to_owned())
                    .into()
            }
            (None, _) if is_mismatch => CallError::of(error)
                .advice(ANOTHER_RECORD.to_owned())
                .into(),
            _ => typed::unsent(error),
        }
    }

    /// The record's file, unless it came on standard input.
    fn path(&self) -> Option<&Path> {
        Some(&*self.record).filter(|path| path.as_os_str() != "-")
    }

    /// The flag that leads to the record in a suggested command.
    fn flag(&self) -> (&'static str, Cow<'_, str>) {
        ("--record", self.record.to_string_lossy())
    }

    fn document(&self) -> Document<'_> {
        Document {
            path: Some(&self.record),
            kind: Kind::Record,
        }
    }
}
