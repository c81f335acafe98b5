use std::io::{self, Write};

use paylink::sizpay::Payment;
use serde::Serialize;

use crate::report::Report;
use crate::table::table;
use crate::text::shown;

/// What SizPay reports about links.
#[derive(Debug, Serialize)]
pub(super) struct Payments {
    pub(super) payments: Vec<Payment>,
}

impl Report for Payments {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.payments.is_empty() {
            return writeln!(out, "SizPay reports no links.");
        }
        write_payments(out, &self.payments)
    }
}

/// Writes payments as a table.
pub(super) fn write_payments(out: &mut dyn Write, payments: &[Payment]) -> io::Result<()> {
    let or_dash = |value: Option<String>| value.map_or("-".to_owned(), |value| shown(&value));
    let row = |payment: &Payment| {
        vec![
            or_dash(payment.send_id.map(|id| id.to_string())),
            or_dash(payment.invoice_number.as_ref().map(ToString::to_string)),
            shown(payment.state.as_str()),
            or_dash(payment.reference.clone()),
        ]
    };
    let header = ["SEND ID", "INVOICE", "STATE", "REFERENCE"];
    let table = table(&header, payments.iter().map(row), &[1, 2]);
    writeln!(out, "{}", table.trim_fmt())
}
