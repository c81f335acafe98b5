use std::io::{self, Write};

use paylink::core::{Call, Operation};
use paylink::pod::{Confirmation, InvoiceId, PodResponse};
use serde::Serialize;

use super::account::PodAccount;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::text::write_facts;

/// Calls a service that answers no more than that it is done, and tells what is.
pub(super) async fn run<O: Operation<Output = PodResponse<Confirmation>>>(
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
        message: sent.output.value.message.clone(),
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
    /// What POD said, where it said more than that it is done.
    pub(super) message: Option<String>,
    #[serde(skip)]
    pub(super) says: &'static str,
}

impl Report for Done {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.says)?;
        let all = [
            ("Invoice id", Some(self.invoice_id.to_string())),
            ("Reference", self.reference_number.clone()),
            ("POD says", self.message.clone()),
        ];
        let present = all
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        write_facts(out, &present.collect::<Vec<_>>())
    }
}
