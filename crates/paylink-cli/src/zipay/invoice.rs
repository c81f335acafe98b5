use std::io::{self, Write};

use paylink::zipay::{Invoice, Status};
use serde::Serialize;

use crate::report::Report;
use crate::text::{amount, write_facts};

/// An invoice, with a word on what its state means.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct InvoiceReport(pub(super) Invoice);

impl Report for InvoiceReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        write_invoice(out, &self.0)
    }
}

/// Writes every field that is there.
pub(super) fn write_invoice(out: &mut dyn Write, invoice: &Invoice) -> io::Result<()> {
    let status = format!("{}, {}", invoice.status, meaning(&invoice.status));
    let mut facts = vec![
        ("Invoice", invoice.invoice_number.clone()),
        ("Status", status),
        ("Amount", amount(&invoice.amount)),
        ("Terminal", invoice.terminal.to_string()),
        ("Trackid", invoice.track_id.to_string()),
    ];
    let names = [
        invoice.payer_first_name.as_deref(),
        invoice.payer_last_name.as_deref(),
    ];
    let payer = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let others = [
        ("Created", invoice.date.clone()),
        ("Paid", invoice.pay_date.clone()),
        (
            "Transaction",
            invoice.transaction_id.map(|id| id.to_string()),
        ),
        ("National id", invoice.national_id.clone()),
        ("Payer", Some(payer).filter(|_| invoice.pay_date.is_some())),
        ("Email", invoice.payer_email.clone()),
        (
            "Account",
            invoice
                .payer_account_number
                .map(|number| number.to_string()),
        ),
        ("Unreadable", Some(invoice.unreadable.join(", "))),
    ];
    let present = others.into_iter().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some((name, value))
    });
    facts.extend(present);
    write_facts(out, &facts)
}

/// What a state means for the merchant.
pub(super) fn meaning(status: &Status) -> &'static str {
    match status {
        Status::Generated => "the payer was not there yet",
        Status::Waiting => "the payer is about to pay",
        Status::Pending => "paid; settle it within 30 minutes of the payment",
        Status::Completed => "paid and confirmed, the money is yours",
        Status::Rejected => "not paid, or given back",
        Status::Refunded => "given back by you",
        _ => "a state that this release does not know",
    }
}
