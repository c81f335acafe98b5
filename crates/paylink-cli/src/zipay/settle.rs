use std::io::{self, Write};

use clap::Args;
use paylink::Effect;
use paylink::zipay::{Expected, Invoice, Settlement};
use serde::Serialize;

use super::TrackIdArgs;
use super::invoice::meaning;
use super::{CURRENCIES, price};
use crate::account::Account;
use crate::failure::Failure;
use crate::mismatched::{Mismatched, unsettled};
use crate::report::Report;
use crate::settled::Settled;
use crate::status::Status;
use crate::text::shown;
use crate::typed;
use crate::usage_error::UsageError;

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

pub(super) async fn run(args: &SettleArgs, account: &Account<'_>) -> Result<(), Failure> {
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
