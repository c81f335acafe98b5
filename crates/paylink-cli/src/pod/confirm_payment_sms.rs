use std::io::{self, Write};

use clap::Args;
use paylink::pod_invoice::{ConfirmPaymentSms, Service};
use serde::Serialize;

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::credit::CallerArgs;
use super::done::Done;
use super::typed;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::text::write_facts;

#[derive(Debug, Args)]
pub(super) struct ConfirmPaymentSmsArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The code that the payer got by SMS; it is good for this payment alone
    #[arg(long)]
    code: String,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(
    args: &ConfirmPaymentSmsArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut confirmation = ConfirmPaymentSms::new(id, &args.code).map_err(typed::of_flag)?;
    if let Some(token) = args.caller.token(account)? {
        confirmation = confirmation.as_user(token);
    }
    let pod = account.client_of(Service::ConfirmPaymentSms)?;
    let console = account.console();
    let call = pod.confirm_payment_sms(confirmation);
    let sent = once::send(call, &args.once, &account.invocation(), console).await?;
    console.done(&Confirmed {
        done: Done {
            invoice_id: id,
            reference_number: sent.output.reference_number.clone(),
            says: "The payment is confirmed.",
        },
        message: sent.output.value.message.clone(),
    })?;
    sent.told(console);
    Ok(())
}

/// It is confirmed, and what POD said besides.
#[derive(Debug, Serialize)]
struct Confirmed {
    #[serde(flatten)]
    done: Done,
    message: Option<String>,
}

impl Report for Confirmed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.done.write_text(out)?;
        match &self.message {
            Some(message) => write_facts(out, &[("POD says", message.clone())]),
            None => Ok(()),
        }
    }
}
