use clap::Args;
use paylink::pod::{InvoiceId, Service};

use super::account::PodAccount;
use super::done;
use crate::consent::YesArgs;
use crate::failure::Failure;
use crate::once::OnceArgs;
use crate::typed;
use crate::usage_error::UsageError;

const REMEDY: &str =
    "give it if the invoice is the right one: `paylink pod invoices --invoice-id` shows it";

/// The invoice whose life goes on or ends.
#[derive(Debug, Args)]
pub(super) struct IdArgs {
    /// POD's id of the invoice, as `issue-invoice` printed it
    #[arg(long, value_name = "ID")]
    invoice_id: String,
    #[command(flatten)]
    pub(super) once: OnceArgs,
}

impl IdArgs {
    pub(super) fn read(&self) -> Result<InvoiceId, UsageError> {
        typed::read(InvoiceId::KEY, &self.invoice_id)
    }
}

/// The invoice that nobody is to pay any more.
#[derive(Debug, Args)]
pub(super) struct CancelArgs {
    #[command(flatten)]
    invoice: IdArgs,
    #[command(flatten)]
    yes: YesArgs,
}

pub(super) async fn close(args: &IdArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.read()?;
    let pod = account.client_of(Service::CloseInvoice)?;
    let says = "The invoice is closed.";
    done::run(pod.close_invoice(id), id, says, &args.once, account).await
}

pub(super) async fn cancel(args: &CancelArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let CancelArgs { invoice: args, yes } = args;
    let id = args.read()?;
    let pod = account.client_of(Service::CancelInvoice)?;
    let question = format!(
        "Cancel invoice {id}? Nobody can pay it then, and what was paid goes back to its payer."
    );
    yes.or_ask(&question, REMEDY, account.console())?;
    let says = "The invoice is cancelled. Nobody can pay it any more.";
    done::run(pod.cancel_invoice(id), id, says, &args.once, account).await
}
