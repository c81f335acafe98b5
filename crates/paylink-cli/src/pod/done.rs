use std::io::{self, Write};

use paylink::core::{Call, Operation};
use paylink::pod_invoice::{Answered, InvoiceId};
use serde::Serialize;

use super::account::PodAccount;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::text::write_facts;

/// Calls a service that answers `true` and nothing else, and tells what is done.
pub(super) async fn run<O: Operation<Output = Answered<()>>>(
    call: Call<'_, O>,
    invoice: InvoiceId,
    says: &'static str,
    once: &OnceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let console = account.console();
    let sent = once::send(call, once, &account.invocation(), console).await?;
    console.done(&Done {
        invoice_id: invoice,
        reference_number: sent.output.reference_number.clone(),
        says,
    })?;
    sent.told(console);
    Ok(())
}

/// Something is done to an invoice.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    pub(super) invoice_id: InvoiceId,
    pub(super) reference_number: Option<String>,
    #[serde(skip)]
    pub(super) says: &'static str,
}

impl Report for Done {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.says)?;
        let invoice = ("Invoice id", self.invoice_id.to_string());
        match &self.reference_number {
            Some(reference) => write_facts(out, &[invoice, ("Reference", reference.clone())]),
            None => write_facts(out, &[invoice]),
        }
    }
}
