use clap::Args;
use paylink::pod::Service;

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;

#[derive(Debug, Args)]
pub(super) struct MarkPaidArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(args: &MarkPaidArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let pod = account.client_of(Service::MarkPaid)?;
    let says = "The invoice is marked as paid outside POD.";
    done::run(pod.mark_paid(id), id, says, &args.once, account).await
}
