use clap::Args;

use super::TrackIdArgs;
use super::invoice::InvoiceReport;
use crate::account::Account;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    invoice: TrackIdArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(args: &VerifyArgs, account: &Account<'_>) -> Result<(), Failure> {
    let track_id = args.invoice.parse()?;
    let zipay = account.zipay()?;
    let call = zipay.verify_invoice(&track_id);
    let sent = once::send(call, &args.once, &account.invocation(), account.console).await?;
    account.console.done(&InvoiceReport(sent.output.clone()))?;
    sent.told(account.console);
    Ok(())
}
