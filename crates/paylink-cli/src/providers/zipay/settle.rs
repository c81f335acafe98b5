use std::io::{self, Write};

use clap::Args;
use paylink::core::{ComparedField, Comparison};
use paylink::zipay::{DESCRIPTOR, Expected, Invoice, Settlement, Status as State, TrackId};
use paylink::{Effect, ErrorKind, Mismatch, Money};
use serde::Serialize;

use super::invoices::{Changed, meaning};
use super::{CURRENCIES, TrackIdArgs, price};
use crate::account::Account;
use crate::consent::YesArgs;
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::settled::{Mismatched, Settled, Words, unsettled};
use crate::text::shown;
use crate::typed;

/// ZiPay's words of a payment.
const WORDS: Words = Words {
    order: "Invoice",
    reference: "Trackid",
};

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
        Settlement::Settled(proof) => account.console.done(&Settled::now(proof, WORDS)),
        Settlement::AlreadySettled(proof) => account.console.done(&Settled::before(proof, WORDS)),
        Settlement::NotPaid(invoice) => Err(NotPaid::unsettled(invoice).into()),
        Settlement::Mismatch(found) => Err(Failure::new(Status::Mismatch, Mismatched::new(found))),
    }
}

/// There is no money.
#[derive(Debug, Serialize)]
pub(super) struct NotPaid {
    kind: &'static str,
    effect: Effect,
    message: String,
    invoice: Invoice,
    #[serde(skip)]
    so: &'static str,
}

impl NotPaid {
    /// What was to be confirmed.
    pub(super) fn unsettled(invoice: Invoice) -> NotPaid {
        let so = match invoice.status {
            State::Refunded => "Do not deliver.",
            State::Rejected => "Do not deliver. The payer needs a new invoice, under a new number.",
            _ => "Do not deliver. Settle it again when it is paid.",
        };
        NotPaid::so(invoice, so)
    }

    /// What was to be given back.
    fn unreturned(invoice: Invoice) -> NotPaid {
        NotPaid::so(
            invoice,
            "There is nothing to give back, and nothing was sent.",
        )
    }

    fn so(invoice: Invoice, so: &'static str) -> NotPaid {
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
            so,
        }
    }
}

impl Report for NotPaid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Not paid: {}.\n{}", shown(&self.message), self.so)
    }
}

impl From<NotPaid> for Failure {
    fn from(unpaid: NotPaid) -> Failure {
        Failure::new(Status::NotPaid, unpaid)
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
    let books = match (&args.invoice_number, &args.amount, &args.currency) {
        (Some(number), Some(amount), Some(currency)) => Some((number, price(amount, currency)?)),
        _ => {
            let question = format!("Give back the money of invoice {track_id}?");
            args.yes.or_ask(&question, REMEDY, account.console)?;
            None
        }
    };
    // Money goes back once: how the invoice stands comes first.
    let invoice = zipay.invoice_status(&track_id).await;
    let invoice = invoice.map_err(CallError::of)?;
    let differs = books.and_then(|(number, price)| difference(number, &price, &track_id, &invoice));
    if let Some(mismatch) = differs {
        return Err(Failure::new(
            Status::Mismatch,
            Mismatched::untouched(mismatch),
        ));
    }
    let is_confirmed = invoice.status != State::Pending;
    match invoice.status {
        State::Refunded => {
            let says = "It was given back before. Nothing was sent now.";
            return account.console.done(&Changed::before(invoice, says));
        }
        State::Generated | State::Waiting | State::Rejected => {
            return Err(NotPaid::unreturned(invoice).into());
        }
        _ => {}
    }
    let call = zipay.refund_invoice(&track_id);
    let sent = once::attempt(call, &args.once, &account.invocation(), account.console).await?;
    let sent = sent.map_err(|error| {
        let advice = if is_confirmed {
            "Nothing was given back. `paylink zipay status` shows how the invoice stands."
        } else {
            "Nothing was given back. It is not confirmed: settle it first, then give it back."
        };
        match error.kind() {
            ErrorKind::Refused => CallError::of(error).advice(advice.to_owned()),
            _ => CallError::of(error),
        }
    })?;
    account.console.done(&Changed::now(sent.output.clone()))?;
    sent.told(account.console);
    Ok(())
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
