use clap::Args;
use paylink::pod::{Creditor, Debtor, PayWithInvoice, Service};

use super::account::PodAccount;
use super::{done, typed};
use crate::failure::Failure;
use crate::once::OnceArgs;

#[derive(Debug, Args)]
pub(super) struct PayWithInvoiceArgs {
    /// The invoice that gets paid
    #[arg(long, value_name = "ID")]
    creditor_invoice_id: String,
    /// Your own paid invoice, whose money is used
    #[arg(long, value_name = "ID")]
    debtor_invoice_id: String,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(
    args: &PayWithInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let creditor = typed::read("--creditor-invoice-id", &args.creditor_invoice_id)?;
    let debtor = typed::read("--debtor-invoice-id", &args.debtor_invoice_id)?;
    let payment =
        PayWithInvoice::new(Creditor(creditor), Debtor(debtor)).map_err(typed::of_flag)?;
    let pod = account.client_of(Service::PayWithInvoice)?;
    let says = "The money of the debtor invoice is meant for this one.";
    let call = pod.pay_with_invoice(payment);
    done::run(call, creditor, says, &args.once, account).await
}
