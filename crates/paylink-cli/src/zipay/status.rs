use clap::Args;

use super::TrackIdArgs;
use super::invoice::InvoiceReport;
use crate::account::Account;
use crate::call_error::CallError;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    invoice: TrackIdArgs,
}

pub(super) async fn run(args: &StatusArgs, account: &Account<'_>) -> Result<(), Failure> {
    let track_id = args.invoice.parse()?;
    let invoice = account
        .zipay()?
        .invoice_status(&track_id)
        .await
        .map_err(CallError::of)?;
    account.console.done(&InvoiceReport(invoice))
}
