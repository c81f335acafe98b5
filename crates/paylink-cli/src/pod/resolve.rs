use paylink::pod::Service;

use super::account::PodAccount;
use super::invoice::InvoiceReport;
use crate::failure::Failure;
use crate::resolve::{self, ResolveArgs};

pub(super) async fn run(args: &ResolveArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let handle = args.read(account.console())?;
    let pod = account.client_of(Service::ListInvoices)?;
    let found = pod.resolve(&handle).await;
    resolve::conclude(
        found,
        "invoice",
        InvoiceReport::found,
        handle,
        args,
        account.console(),
    )
}
