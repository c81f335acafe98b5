use std::io::{self, Write};

use clap::Args;
use paylink::core::{ComparedField, Comparison};
use paylink::zipay::{DESCRIPTOR, Expected, Invoice, Settlement, TrackId, ZiPay};
use paylink::{Effect, Mismatch, Money};
use serde::Serialize;

use super::invoices::{InvoiceReport, meaning};
use super::{CURRENCIES, TrackIdArgs, price};
use crate::account::Account;
use crate::consent::YesArgs;
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::settled::{Mismatched, Settled, unsettled};
use crate::text::shown;
use crate::typed;

/// What ZiPay calls its id of a payment.
const REFERENCE: &str = "Trackid";

/// Compare a payment with your own record, then confirm it
///
/// Number, amount and currency are what your own record of the order says, never what the payer's browser brought. It may
/// be called again at any time, also after an unknown outcome.
#[derive(Debug, Args)]
pub(super) struct SettleArgs {
    #[command(flatten)]
    invoice: TrackIdArgs,
    /// The number of the invoice, by your own record
    #[arg(long, value_name = "NUMBER")]
    invoice_number: String,
    /// How much it is about, by your own record
    #[arg(long)]
    amount: String,
    /// In which currency; IRT is toman, not rial
    #[arg(long, value_parser = CURRENCIES)]
    currency: String,
    /// At which terminal, if not at the configured one
    #[arg(long, value_name = "NUMBER")]
    terminal: Option<String>,
}

impl SettleArgs {
    fn expected(&self) -> Result<Expected, UsageError> {
        let price = price(&self.amount, &self.currency)?;
        Expected::new(&self.invoice.trackid, &self.invoice_number, price).map_err(typed::of_flag)
    }
}

pub(super) async fn settle(args: &SettleArgs, account: &Account<'_>) -> Result<(), Failure> {
    let expected = args.expected()?;
    let zipay = account.zipay_at(args.terminal.as_deref())?;
    let settlement = zipay.settle(&expected).await.map_err(unsettled)?;
    match settlement {
        Settlement::Settled(proof) => account.console.done(&Settled::now(proof, REFERENCE)),
        Settlement::AlreadySettled(proof) => {
            account.console.done(&Settled::before(proof, REFERENCE))
        }
        Settlement::NotPaid(invoice) => Err(Failure::new(Status::NotPaid, NotPaid::new(invoice))),
        Settlement::Mismatch(found) => Err(Failure::new(Status::Mismatch, Mismatched::new(found))),
    }
}

/// There is no money.
#[derive(Debug, Serialize)]
struct NotPaid {
    kind: &'static str,
    effect: Effect,
    message: String,
    invoice: Invoice,
}

impl NotPaid {
    fn new(invoice: Invoice) -> NotPaid {
        let message = format!(
            "the invoice is {}, {}",
            invoice.status,
            meaning(&invoice.status)
        );
        NotPaid {
            kind: "not_paid",
            effect: Effect::NotExecuted,
            message,
            invoice,
        }
    }
}

impl Report for NotPaid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "Not paid: {}.\nNothing was confirmed. Do not deliver.",
            shown(&self.message)
        )
    }
}

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

pub(super) async fn refund(args: &RefundArgs, account: &Account<'_>) -> Result<(), Failure> {
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
    Comparison::new(DESCRIPTOR.name())
        .money(price, &invoice.amount)
        .equal(ComparedField::Order, number, &invoice.invoice_number)
        // The keys of the account decide whose invoices can be given back.
        .not_reported(ComparedField::Merchant, &invoice.terminal)
        .equal(ComparedField::Reference, track_id, &invoice.track_id)
        .finish()
        .err()
}
