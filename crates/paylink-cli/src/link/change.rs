//! What changes a payment after it was created: a refund, a withdrawal, one more message.

use std::fs;
use std::io::{self, Write};

use clap::Args;
use paylink::core::provider::Done;
use paylink::{
    Account, Capability, Effect, Error, ErrorKind, ExpectedPayment, Invalid, Payment,
    PaymentRecord, PaymentState,
};
use serde::Serialize;
use serde_json::Value;

use super::payment::PaymentReport;
use super::settle::NotPaid;
use super::{CURRENCIES, LinkAccount, RecordArgs, price};
use crate::consent::YesArgs;
use crate::failure::{ARGUMENT, CallError, Failure, Status, UsageError};
use crate::next_step::Invocation;
use crate::once::carry_out_unprepared;
use crate::providers::counted_in;
use crate::report::Report;
use crate::settled::Mismatched;
use crate::stored_file::StoredFile;
use crate::text::{amount, shown};
use crate::typed;

pub(super) async fn refund(args: &BooksArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let (record, provider) = args.agreed(Capability::Refund, "Give back", account)?;
    // Money goes back once: how the payment stands comes first.
    let payment = args.record.standing(&record, &provider).await?;
    let mut why = "Nothing was given back.";
    if let Some(payment) = &payment {
        match payment.state() {
            PaymentState::Refunded => {
                let says = "It was given back before. Nothing was sent now.";
                return account.console.done(&Changed::before(says, payment));
            }
            PaymentState::Unpaid | PaymentState::Paying => {
                return Err(NotPaid::unreturned(payment).into());
            }
            state if state.is_final() => return Err(NotPaid::unreturned(payment).into()),
            PaymentState::Unconfirmed => {
                why = "Nothing was given back. It is not confirmed: settle it first, then give it back.";
            }
            _ => {}
        }
    }
    let invocation = account.invocation();
    let advice = || see_first(&args.record, &invocation);
    let done = carry_out_unprepared(provider.refund(&record), advice, &invocation).await?;
    let done = done.map_err(|error| refused(error, why, &args.record, &invocation))?;
    let says = "The money goes back to the payer.";
    account.console.done(&Changed::now(says, done))
}

pub(super) async fn disable(args: &BooksArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let what = "Withdraw the payment of";
    let (record, provider) = args.agreed(Capability::Disable, what, account)?;
    let payment = args.record.standing(&record, &provider).await?;
    if let Some(payment) = &payment {
        match payment.state() {
            PaymentState::Cancelled => {
                let says = "It was withdrawn before. Nothing was sent now.";
                return account.console.done(&Changed::before(says, payment));
            }
            PaymentState::Paid => {
                return Err(Failure::new(Status::Refused, IsPaid::new(payment)));
            }
            _ => {}
        }
    }
    let invocation = account.invocation();
    let advice = || see_first(&args.record, &invocation);
    let done = carry_out_unprepared(provider.disable(&record), advice, &invocation).await?;
    let done = done.map_err(|error| {
        let why = "If it was withdrawn before, nothing is left to do.";
        refused(error, why, &args.record, &invocation)
    })?;
    let says = "Nobody can pay it any more.";
    account.console.done(&Changed::now(says, done))
}

pub(super) async fn resend(args: &RecordArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let (record, provider) = args.read(account)?;
    must_offer(Capability::Resend, &provider)?;
    let counted = args.count_message(&record)?;
    let invocation = account.invocation();
    let advice = || "Count the message as sent: the payer may have it.".to_owned();
    let done = carry_out_unprepared(provider.resend(&record), advice, &invocation).await?;
    let done = done.map_err(|error| {
        counted.into_iter().for_each(Counted::take_back);
        refused(error, "No message was sent.", args, &invocation)
    })?;
    let says = "The payer is sent the link once more.";
    account.console.done(&Changed::now(says, done))
}

/// A change that the provider refused: how the payment stands tells more than the refusal.
fn refused(error: Error, why: &str, args: &RecordArgs, invocation: &Invocation) -> Failure {
    if error.kind() != ErrorKind::Refused {
        return args.refused(error);
    }
    let (flag, record) = args.flag();
    let status = invocation.command("link status", &[(flag, &record)]);
    let advice = format!("{why} This command shows how the payment stands:\n\n{status}");
    CallError::of(error).advice(advice).into()
}

/// What to do when nobody knows whether a change was made, and its handle is not known either.
fn see_first(args: &RecordArgs, invocation: &Invocation) -> String {
    let (flag, record) = args.flag();
    format!(
        "Do not repeat it before you know what became of it. This command shows how the payment stands:\n\n{}",
        invocation.command("link status", &[(flag, &record)])
    )
}

/// Something was done to a payment.
#[derive(Debug, Serialize)]
struct Changed {
    /// Whether it was done by an earlier call, and nothing by this one.
    done_before: bool,
    #[serde(flatten)]
    done: Done,
    #[serde(skip)]
    what: &'static str,
}

impl Changed {
    fn now(what: &'static str, done: Done) -> Changed {
        Changed {
            done_before: false,
            done,
            what,
        }
    }

    fn before(what: &'static str, payment: &Payment) -> Changed {
        Changed {
            done_before: true,
            done: Done::new().with_payment(payment.clone()),
            what,
        }
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
    fn agreed(
        &self,
        capability: Capability,
        what: &str,
        account: &LinkAccount<'_>,
    ) -> Result<(PaymentRecord, Account), Failure> {
        let (record, provider) = self.record.read(account)?;
        must_offer(capability, &provider)?;
        let (Some(order), Some(cost), Some(currency)) = (&self.order, &self.amount, &self.currency)
        else {
            let question = format!(
                "{what} {} of order {} through account {}?",
                amount(record.amount()),
                shown(record.reference().as_str()),
                provider.name()
            );
            self.yes.or_ask(&question, REMEDY, account.console)?;
            return Ok((record, provider));
        };
        let order = order.parse().map_err(typed::of_flag)?;
        let price = price(cost, currency)?;
        let expected = ExpectedPayment::new(order, price, record);
        let differs = expected.record_mismatch(provider.capabilities());
        match differs.map_err(|error| self.record.refused(error))? {
            None => Ok((expected.record().clone(), provider)),
            Some(mismatch) => Err(Failure::new(
                Status::Mismatch,
                Mismatched::untouched(mismatch),
            )),
        }
    }
}

fn must_offer(capability: Capability, provider: &Account) -> Result<(), Failure> {
    let capabilities = provider.capabilities();
    if capabilities.support(capability).is_supported() {
        return Ok(());
    }
    Err(CallError::of(capabilities.unsupported(capability)).into())
}

impl RecordArgs {
    /// Notes one more message in the record's file, where the provider has a rule about messages and there is a file.
    fn count_message(&self, record: &PaymentRecord) -> Result<Option<Counted>, Failure> {
        let Some(path) = self.path() else {
            return Ok(None);
        };
        let Some(record) = counted_in(record)? else {
            return Ok(None);
        };
        let before = self.document().read_whole()?;
        let after = self.document().put_in(before.clone(), &record);
        // What a link leads to is written, not the link.
        let written = fs::canonicalize(path).and_then(|path| {
            let file = StoredFile::at(&path);
            file.replace(&after).map(|()| file)
        });
        let file = written.map_err(|error| {
            let problem = format!("cannot be written: {error}");
            let remedy = "the message is noted in it before it is sent: make it writable, or give the record on standard \
                          input, which notes nothing";
            let refused = Invalid::new(ARGUMENT, problem).at(format!("--record {}", path.display()));
            UsageError::from(refused.with_remedy(remedy))
        })?;
        Ok(Some(Counted { file, before }))
    }

    /// How the payment stands, where its provider tells.
    async fn standing(
        &self,
        record: &PaymentRecord,
        provider: &Account,
    ) -> Result<Option<Payment>, Failure> {
        if !provider
            .capabilities()
            .support(Capability::State)
            .is_supported()
        {
            return Ok(None);
        }
        let payment = provider.state(record).await;
        Ok(Some(payment.map_err(|error| self.refused(error))?))
    }
}

/// A file in which a message was noted, with what stood in it before.
#[derive(Debug)]
struct Counted {
    file: StoredFile,
    before: Value,
}

impl Counted {
    /// Takes back what was noted: it is proved that no message was sent.
    fn take_back(self) {
        // A count that stays too high sends too few messages, which harms nobody.
        let _ = self.file.replace(&self.before);
    }
}

/// What is paid cannot be withdrawn.
#[derive(Debug, Serialize)]
struct IsPaid {
    kind: &'static str,
    effect: Effect,
    message: &'static str,
    payment: Payment,
}

impl IsPaid {
    fn new(payment: &Payment) -> IsPaid {
        IsPaid {
            kind: "paid",
            effect: Effect::NotExecuted,
            message: "the payment is paid, and what is paid cannot be withdrawn",
            payment: payment.clone(),
        }
    }
}

impl Report for IsPaid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "error: {}\n\nNothing was sent. Settle it.",
            self.message
        )
    }
}
