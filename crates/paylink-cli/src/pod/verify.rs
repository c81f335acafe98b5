use clap::Args;
use paylink::core::{Call, Operation};
use paylink::pod::{BillNumber, Invoice, InvoiceId, InvoiceKey, PodResponse, Service};

use super::account::PodAccount;
use super::close::IdArgs;
use super::invoice::InvoiceReport;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::typed;
use crate::usage_error::UsageError;

#[derive(Debug, Args)]
pub(super) struct VerifyInvoiceArgs {
    /// POD's id of the invoice, as `issue-invoice` printed it
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "bill_number",
        conflicts_with = "bill_number"
    )]
    invoice_id: Option<String>,
    /// Your own number of the invoice, in place of the id
    #[arg(long, value_name = "NUMBER")]
    bill_number: Option<String>,
    #[command(flatten)]
    once: OnceArgs,
}

impl VerifyInvoiceArgs {
    fn key(&self) -> Result<InvoiceKey, UsageError> {
        Ok(match (&self.invoice_id, &self.bill_number) {
            (Some(id), _) => typed::read::<InvoiceId>(InvoiceId::KEY, id)?.into(),
            (None, number) => {
                let number = number.as_deref().unwrap_or_default();
                typed::read::<BillNumber>(BillNumber::KEY, number)?.into()
            }
        })
    }
}

pub(super) async fn verify(
    args: &VerifyInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let key = args.key()?;
    let pod = account.client_of(Service::VerifyInvoice)?;
    show(pod.verify_invoice(key), &args.once, account).await
}

pub(super) async fn verify_and_close(
    args: &IdArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.read()?;
    let pod = account.client_of(Service::VerifyAndCloseInvoice)?;
    show(pod.verify_and_close(id), &args.once, account).await
}

async fn show<O: Operation<Output = PodResponse<Invoice>>>(
    call: Call<'_, O>,
    once: &OnceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let console = account.console();
    let sent = once::send(call, once, &account.invocation(), console).await?;
    console.done(&InvoiceReport::answered(sent.output.clone()))?;
    sent.told(console);
    Ok(())
}
