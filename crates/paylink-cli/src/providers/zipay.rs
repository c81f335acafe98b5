//! `paylink zipay`: ZiPay invoices.

pub(super) mod demo;
pub(super) mod examples;
mod invoices;
mod settle;

use std::io::{self, Write};

use clap::{Args, Subcommand};
use paylink::config::AccountConfig;
use paylink::zipay::{DESCRIPTOR, Found, Status, TrackId, ZiPay};
use paylink::{FieldKey, Invalid, Money};
use serde::Serialize;

use self::invoices::{InvoiceReport, write_invoice};
use super::{GLOBAL, account_help};
use crate::account::{Account, Setup, transport};
use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};
use crate::report::Report;
use crate::resolve::{ResolveArgs, conclude};
use crate::schema::schemas;
use crate::typed::{self, Suggested};

/// The form of what its operations print for programs.
pub(super) const SCHEMAS: &[(&str, &str)] = schemas! {
    "zipay-create-invoice" "zipay-list" "zipay-refund" "zipay-resolve" "zipay-settle" "zipay-status"
    "zipay-verify"
};

/// What comes back, what a program hands over, and what the client says of itself.
#[cfg(test)]
pub(super) const NEVER_TYPED: &[&str] = &["redirect"];

#[derive(Debug, Args)]
#[command(after_help = account_help(&DESCRIPTOR, ""), subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct ZipayArgs {
    /// Another address than ZiPay's: https, or http on loopback
    #[arg(long, global = true, value_name = "URL", help_heading = GLOBAL)]
    base_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Create an invoice, and show the link to send the payer to
    CreateInvoice(invoices::CreateInvoiceArgs),
    /// Show an invoice
    Status(TrackIdArgs),
    /// Confirm a paid invoice; `settle` compares it first
    Verify(invoices::VerifyArgs),
    Settle(settle::SettleArgs),
    /// List invoices
    List(invoices::ListArgs),
    /// Give the money of a completed invoice back to its payer
    Refund(settle::RefundArgs),
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
pub(super) async fn run(
    args: ZipayArgs,
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let account = Account {
        console,
        config,
        base_url: args.base_url.as_deref(),
    };
    match args.operation {
        Operation::CreateInvoice(args) => invoices::create_invoice(&args, &account).await,
        Operation::Status(args) => status(&args, &account).await,
        Operation::Verify(args) => invoices::verify(&args, &account).await,
        Operation::Settle(args) => settle::settle(&args, &account).await,
        Operation::List(args) => invoices::list(&args, &account).await,
        Operation::Refund(args) => settle::refund(&args, &account).await,
        Operation::Resolve(args) => find_out(&args, &account).await,
    }
}

/// As the client calls it.
const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");

impl Account<'_> {
    /// A client for operations that name an invoice.
    fn zipay(&self) -> Result<ZiPay, Failure> {
        client(&self.with(&DESCRIPTOR)?)
    }

    /// A client for operations at a terminal: the one that was typed, or the configured one.
    fn zipay_at(&self, terminal: Option<&str>) -> Result<ZiPay, Failure> {
        let account = self.with(&DESCRIPTOR)?;
        let account = account.typed("terminal", "--terminal", terminal);
        if account.is_set("terminal") {
            client(&account)
        } else {
            Err(without_terminal().into())
        }
    }
}

fn client(account: &AccountConfig) -> Result<ZiPay, Failure> {
    Ok(account.client(&transport()?).map_err(UsageError::from)?)
}

fn without_terminal() -> UsageError {
    typed::of_flag(Invalid::new(TERMINAL, "is missing").with_remedy(
        "give it, or set PAYLINK_ZIPAY_TERMINAL to the terminal from ZiPay's panel, such as 1003",
    ))
}

async fn status(args: &TrackIdArgs, account: &Account<'_>) -> Result<(), Failure> {
    let track_id = args.parse()?;
    let invoice = account.zipay()?.invoice_status(&track_id).await;
    let invoice = invoice.map_err(CallError::of)?;
    account.console.done(&InvoiceReport(invoice))
}

async fn find_out(args: &ResolveArgs, account: &Account<'_>) -> Result<(), Failure> {
    let handle = args.read(DESCRIPTOR.name(), account.console)?;
    let asked = account.zipay()?.resolve(&handle).await;
    let console = account.console;
    conclude(asked, "invoice", FoundInvoice, handle, args, console)
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct FoundInvoice(Found);

impl Report for FoundInvoice {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let found = &self.0;
        write_invoice(out, &found.invoice)?;
        match found.invoice.status {
            Status::Generated | Status::Waiting => {
                let link = &found.redirect;
                writeln!(out, "\nSend the payer to this link:\n\n{link}")
            }
            _ => Ok(()),
        }
    }
}
