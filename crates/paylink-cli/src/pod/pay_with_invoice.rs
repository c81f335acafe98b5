use clap::Args;
use paylink::FieldKey;
use paylink::pod::{Creditor, Debtor, PayWithInvoice, Service};

use super::account::PodAccount;
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;
use crate::typed;

const CREDITOR_INVOICE_ID: FieldKey = FieldKey::new("creditor_invoice_id", "creditor invoice id");
const DEBTOR_INVOICE_ID: FieldKey = FieldKey::new("debtor_invoice_id", "debtor invoice id");

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
    let creditor = typed::read(CREDITOR_INVOICE_ID, &args.creditor_invoice_id)?;
    let debtor = typed::read(DEBTOR_INVOICE_ID, &args.debtor_invoice_id)?;
    let payment =
        PayWithInvoice::new(Creditor(creditor), Debtor(debtor)).map_err(typed::of_flag)?;
    let pod = account.client_of(Service::PayWithInvoice)?;
    let says = "The money of the debtor invoice is meant for this one.";
    let call = pod.pay_with_invoice(payment);
    done::run(call, creditor, says, &args.once, account).await
}
