use std::io::{self, Write};

use clap::Args;
use paylink::core::provider::Done;
use paylink::{
    Account, Capability, Effect, Error, ErrorKind, ExpectedPayment, Payment, PaymentRecord,
    Settlement,
};
use serde::Serialize;

use super::payment::{PaymentReport, meaning};
use super::{CURRENCIES, LinkAccount, RecordArgs, price};
use crate::consent::YesArgs;
use crate::console::Console;
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::next_step::Invocation;
use crate::once::carry_out_unprepared;
use crate::report::Report;
use crate::settled::{Mismatched, Settled, unsettled};
use crate::text::{amount, shown};
use crate::typed;

/// What a provider's id of a payment is called.
const REFERENCE: &str = "Reference";

/// Compare a payment with your own books, and confirm it where that is needed
///
/// Order, amount and currency are what your own books say about the order, never what the payer's browser brought. It may
/// be called again at any time, also after an unknown outcome.
#[derive(Debug, Args)]
pub(super) struct SettleArgs {
    #[command(flatten)]
    record: RecordArgs,
    /// The order's reference, by your own books
    #[arg(long, value_name = "REFERENCE")]
    order: String,
    /// What the order costs, by your own books
    #[arg(long)]
    amount: String,
    /// In which currency; IRR is rial and IRT toman
    #[arg(long, value_parser = CURRENCIES)]
    currency: String,
    /// The query that the payer's browser came back with; if it names another payment, nothing is confirmed
    #[arg(long = "return", value_name = "QUERY")]
    came_back: Option<String>,
}

impl SettleArgs {
    fn expected(
        &self,
        provider: &Account,
        account: &LinkAccount<'_>,
    ) -> Result<ExpectedPayment, Failure> {
        let order = self.order.parse().map_err(typed::of_flag)?;
        let price = price(&self.amount, &self.currency)?;
        let record = self.record.read(account.console)?;
        let expected = ExpectedPayment::new(order, price, record);
        match &self.came_back {
            None => Ok(expected),
            Some(query) => {
                let query = query.strip_prefix('?').unwrap_or(query);
                let hint = provider.read_return(query);
                let hint = hint.map_err(of_return)?;
                Ok(expected.with_hint(hint))
            }
        }
    }
}

pub(super) async fn settle(args: &SettleArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let provider = account.provider()?;
    let expected = args.expected(&provider, account)?;
    let settlement = provider.settle(&expected).await.map_err(|error| {
        if error.kind() == ErrorKind::Invalid {
            return args.record.refused(error);
        }
        unsettled(error).into()
    })?;
    match settlement {
        Settlement::Settled(proof) => account.console.done(&Settled::now(proof, REFERENCE)),
        Settlement::AlreadySettled(proof) => {
            account.console.done(&Settled::before(proof, REFERENCE))
        }
        Settlement::NotPaid(payment) => Err(Failure::new(Status::NotPaid, NotPaid::new(payment))),
        Settlement::Mismatch(found) => Err(Failure::new(Status::Mismatch, Mismatched::new(found))),
    }
}

/// What was refused of a query that was typed with `--return`.
fn of_return(error: Error) -> Failure {
    match error.invalid() {
        Some(invalid) => {
            let part = format!("{} in --return", invalid.label());
            let whole = "give the whole query that the browser came back with, or leave it out";
            UsageError::from(invalid.clone().at(part).with_remedy(whole)).into()
        }
        None => CallError::of(error).into(),
    }
}

/// There is no money.
#[derive(Debug, Serialize)]
struct NotPaid {
    kind: &'static str,
    effect: Effect,
    message: String,
    payment: Payment,
}

impl NotPaid {
    fn new(payment: Payment) -> NotPaid {
        let state = payment.state();
        NotPaid {
            kind: "not_paid",
            effect: Effect::NotExecuted,
            message: format!("the payment is {state}, {}", meaning(state)),
            payment,
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

pub(super) async fn refund(args: &BooksArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let provider = account.provider()?;
    let record = args.agreed(Capability::Refund, "Give back", &provider, account.console)?;
    let invocation = account.invocation();
    let advice = || see_first(&args.record, &invocation);
    let done = carry_out_unprepared(provider.refund(&record), advice, &invocation).await?;
    account
        .console
        .done(&Changed::new("The money goes back to the payer.", done))
}

pub(super) async fn disable(args: &BooksArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let provider = account.provider()?;
    let what = "Withdraw the payment of";
    let record = args.agreed(Capability::Disable, what, &provider, account.console)?;
    let invocation = account.invocation();
    let advice = || see_first(&args.record, &invocation);
    let done = carry_out_unprepared(provider.disable(&record), advice, &invocation).await?;
    account
        .console
        .done(&Changed::new("Nobody can pay it any more.", done))
}

pub(super) async fn resend(args: &RecordArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let (record, provider) = (args.read(account.console)?, account.provider()?);
    let invocation = account.invocation();
    let advice = || "Count the message as sent: the payer may have it.".to_owned();
    let done = carry_out_unprepared(provider.resend(&record), advice, &invocation).await?;
    account
        .console
        .done(&Changed::new("The payer is sent the link once more.", done))
}

/// What to do when nobody knows whether a change was made, and its handle is not known either.
fn see_first(args: &RecordArgs, invocation: &Invocation) -> String {
    let record = args.record.to_string_lossy();
    format!(
        "Do not repeat it before you know what became of it. This command shows how the payment stands:\n\n{}",
        invocation.command("link status", &[("--record", &record)])
    )
}

/// Something was done to a payment.
#[derive(Debug, Serialize)]
struct Changed {
    #[serde(flatten)]
    done: Done,
    #[serde(skip)]
    what: &'static str,
}

impl Changed {
    fn new(what: &'static str, done: Done) -> Changed {
        Changed { done, what }
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.what)?;
        if let Some(said) = self.done.message() {
            writeln!(out, "The provider says: {}", shown(said))?;
        }
        match self.done.payment() {
            Some(payment) => {
                writeln!(out)?;
                PaymentReport(payment.clone()).write_text(out)
            }
            None => Ok(()),
        }
    }
}

const REMEDY: &str = "give --order, --amount and --currency as your own books have them, or --yes to go by the record alone";

/// A payment to which something is to be done that cannot be taken back.
///
/// A file's name is easily mistyped, and one record looks like another: the merchant's own books are compared with the
/// record, or the user confirms.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct BooksArgs {
    #[command(flatten)]
    pub(super) record: RecordArgs,
    /// The order's reference, by your own books; with --amount and --currency it stands for a yes
    #[arg(long, value_name = "REFERENCE", requires_all = ["amount", "currency"])]
    order: Option<String>,
    /// What the order costs, by your own books
    #[arg(long, requires_all = ["order", "currency"])]
    amount: Option<String>,
    /// In which currency; IRR is rial and IRT toman
    #[arg(long, value_parser = CURRENCIES, requires_all = ["order", "amount"])]
    currency: Option<String>,
    #[command(flatten)]
    yes: YesArgs,
}

impl BooksArgs {
    /// Reads the record, and holds it against the books or asks for a yes. `what` begins the question, as in "Give back".
    pub(super) fn agreed(
        &self,
        capability: Capability,
        what: &str,
        provider: &Account,
        console: &Console,
    ) -> Result<PaymentRecord, Failure> {
        let record = self.record.read(console)?;
        let capabilities = provider.capabilities();
        if !capabilities.support(capability).is_supported() {
            return Err(CallError::of(capabilities.unsupported(capability)).into());
        }
        let (Some(order), Some(cost), Some(currency)) = (&self.order, &self.amount, &self.currency)
        else {
            let question = format!(
                "{what} {} of order {} through account {}?",
                amount(record.amount()),
                shown(record.reference().as_str()),
                provider.name()
            );
            self.yes.or_ask(&question, REMEDY, console)?;
            return Ok(record);
        };
        let order = order.parse().map_err(typed::of_flag)?;
        let price = price(cost, currency)?;
        let expected = ExpectedPayment::new(order, price, record);
        let differs = expected.record_mismatch(capabilities);
        match differs.map_err(|error| self.record.refused(error))? {
            None => Ok(expected.record().clone()),
            Some(mismatch) => Err(Failure::new(
                Status::Mismatch,
                Mismatched::untouched(mismatch),
            )),
        }
    }
}
