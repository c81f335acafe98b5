use std::io::{self, Write};

use paylink::Capability;
use paylink::core::provider::Done;
use serde::Serialize;

use super::account::LinkAccount;
use super::books::BooksArgs;
use super::payment::PaymentReport;
use super::record::RecordArgs;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::once::carry_out_unprepared;
use crate::report::Report;
use crate::text::shown;

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
