use clap::Args;
use paylink::core::{ComparedField, Comparison};
use paylink::zipay::{Invoice, TrackId, ZiPay};
use paylink::{Mismatch, Money};

use super::TrackIdArgs;
use super::invoice::InvoiceReport;
use super::{CURRENCIES, price};
use crate::account::Account;
use crate::call_error::CallError;
use crate::consent::YesArgs;
use crate::failure::Failure;
use crate::mismatched::Mismatched;
use crate::once::{self, OnceArgs};
use crate::status::Status;

const REMEDY: &str =
    "give --invoice-number, --amount and --currency as your own books have them, or --yes";

#[derive(Debug, Args)]
pub(super) struct RefundArgs {
    #[command(flatten)]
    invoice: TrackIdArgs,
    /// The number of the invoice, by your own books; with --amount and --currency it stands for a yes
    #[arg(long, value_name = "NUMBER", requires_all = ["amount", "currency"])]
    invoice_number: Option<String>,
    /// How much it is about, by your own books
    #[arg(long, requires_all = ["invoice_number", "currency"])]
    amount: Option<String>,
    /// In which currency; IRT is toman, not rial
    #[arg(long, value_parser = CURRENCIES, requires_all = ["invoice_number", "amount"])]
    currency: Option<String>,
    #[command(flatten)]
    yes: YesArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(args: &RefundArgs, account: &Account<'_>) -> Result<(), Failure> {
    let track_id = args.invoice.parse()?;
    let zipay = account.zipay()?;
    match (&args.invoice_number, &args.amount, &args.currency) {
        (Some(number), Some(amount), Some(currency)) => {
            let price = price(amount, currency)?;
            must_be(number, &price, &track_id, &zipay).await?;
        }
        _ => {
            let question = format!("Give back the money of invoice {track_id}?");
            args.yes.or_ask(&question, REMEDY, account.console)?;
        }
    }
    let call = zipay.refund_invoice(&track_id);
    let sent = once::send(call, &args.once, &account.invocation(), account.console).await?;
    account.console.done(&InvoiceReport(sent.output.clone()))?;
    sent.told(account.console);
    Ok(())
}

/// Asks ZiPay for the invoice, and holds it against the books.
async fn must_be(
    number: &str,
    price: &Money,
    track_id: &TrackId,
    zipay: &ZiPay,
) -> Result<(), Failure> {
    let invoice = zipay.invoice_status(track_id).await;
    let invoice = invoice.map_err(CallError::of)?;
    match difference(number, price, track_id, &invoice) {
        None => Ok(()),
        Some(mismatch) => Err(Failure::new(
            Status::Mismatch,
            Mismatched::untouched(mismatch),
        )),
    }
}

fn difference(
    number: &str,
    price: &Money,
    track_id: &TrackId,
    invoice: &Invoice,
) -> Option<Mismatch> {
    Comparison::new("zipay")
        .money(price, &invoice.amount)
        .equal(ComparedField::Order, number, &invoice.invoice_number)
        // The keys of the account decide whose invoices can be given back.
        .not_reported(ComparedField::Merchant, &invoice.terminal)
        .equal(ComparedField::Reference, track_id, &invoice.track_id)
        .finish()
        .err()
}
