use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use paylink::{
    Account, ComparedField, Effect, Error, ErrorKind, ExpectedPayment, Mismatch, Payment,
    PaymentRecord, PaymentState, Settlement,
};
use serde::Serialize;

use super::payment::meaning;
use super::wait::{WaitArgs, conclude, wait};
use super::{CURRENCIES, LinkAccount, RecordArgs, price};
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::report::Report;
use crate::settled::{Mismatched, Settled, Words, unsettled};
use crate::text::shown;
use crate::typed;

/// The words of a payment with any provider.
pub(super) const WORDS: Words = Words {
    order: "Order",
    reference: "Reference",
};

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
    #[command(flatten)]
    wait: WaitArgs,
}

impl SettleArgs {
    /// The command that goes on waiting with the same words.
    fn again(&self, account: &LinkAccount<'_>) -> String {
        let record = self.record.flag();
        let mut flags = vec![
            (record.0, &*record.1),
            ("--order", &self.order),
            ("--amount", &self.amount),
            ("--currency", &self.currency),
        ];
        flags.extend(self.came_back.as_deref().map(|query| ("--return", query)));
        account.invocation().command("link settle --wait", &flags)
    }

    fn expected(
        &self,
        record: PaymentRecord,
        provider: &Account,
    ) -> Result<ExpectedPayment, Failure> {
        let order = self.order.parse().map_err(typed::of_flag)?;
        let price = price(&self.amount, &self.currency)?;
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
    let (record, provider) = args.record.read(account)?;
    let expected = args.expected(record, &provider)?;
    if let Some(until) = args.wait.until(None) {
        let ended = wait(&provider, &expected, Duration::ZERO, until, account.console).await;
        let again = args.again(account);
        return conclude(ended, expected.record(), None, &again, account.console);
    }
    let settlement = provider.settle(&expected).await.map_err(|error| {
        if error.kind() == ErrorKind::Invalid {
            return args.record.refused(error);
        }
        unsettled(error).into()
    })?;
    match settlement {
        Settlement::Settled(proof) => account.console.done(&Settled::now(proof, WORDS)),
        Settlement::AlreadySettled(proof) => account.console.done(&Settled::before(proof, WORDS)),
        Settlement::NotPaid(payment) => Err(NotPaid::unsettled(&payment).into()),
        Settlement::Mismatch(found) => {
            let told = differs(found, expected.record());
            Err(Failure::new(Status::Mismatch, told))
        }
    }
}

/// A mismatch is of the payment, unless it is the record that is of another account.
pub(super) fn differs(found: Mismatch, record: &PaymentRecord) -> Mismatched {
    let is_of_record = found.differences().iter().all(|difference| {
        difference.field() == ComparedField::Merchant
            && record.merchant() == Some(difference.found())
    });
    if is_of_record {
        Mismatched::of_another_account(found)
    } else {
        Mismatched::new(found)
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
pub(super) struct NotPaid {
    kind: &'static str,
    effect: Effect,
    message: String,
    payment: Payment,
    #[serde(skip)]
    so: &'static str,
}

impl NotPaid {
    /// It in a sentence.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// What was to be settled.
    pub(super) fn unsettled(payment: &Payment) -> NotPaid {
        let so = match payment.state() {
            PaymentState::Refunded => "Do not deliver.",
            state if state.is_final() => {
                "Do not deliver. The payer needs a new payment, under a new reference."
            }
            _ => "Do not deliver. Settle it again when it is paid.",
        };
        NotPaid::so(payment, so)
    }

    /// What was to be given back.
    pub(super) fn unreturned(payment: &Payment) -> NotPaid {
        NotPaid::so(
            payment,
            "There is nothing to give back, and nothing was sent.",
        )
    }

    fn so(payment: &Payment, so: &'static str) -> NotPaid {
        let state = payment.state();
        NotPaid {
            kind: "not_paid",
            effect: Effect::NotExecuted,
            message: format!("the payment is {state}, {}", meaning(state)),
            payment: payment.clone(),
            so,
        }
    }
}

impl From<NotPaid> for Failure {
    fn from(unpaid: NotPaid) -> Failure {
        Failure::new(Status::NotPaid, unpaid)
    }
}

impl Report for NotPaid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Not paid: {}.\n{}", shown(&self.message), self.so)
    }
}
