use std::io::{self, Write};

use clap::Args;
use paylink::{Account, Effect, Error, ErrorKind, ExpectedPayment, Payment, Settlement};
use serde::Serialize;

use super::account::LinkAccount;
use super::payment::meaning;
use super::record::RecordArgs;
use super::{CURRENCIES, price};
use crate::call_error::CallError;
use crate::failure::Failure;
use crate::mismatched::{Mismatched, unsettled};
use crate::report::Report;
use crate::settled::Settled;
use crate::status::Status;
use crate::text::shown;
use crate::typed;
use crate::usage_error::{self, UsageError};

/// What a provider's id of a payment is called, whoever the provider is.
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

pub(super) async fn run(args: &SettleArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
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
    match usage_error::refused_value(&error) {
        Some(invalid) => {
            let part = format!("{} in --return", invalid.label());
            let whole = "give the whole query that the browser came back with, or leave it out";
            UsageError::from(invalid.at(part).with_remedy(whole)).into()
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
