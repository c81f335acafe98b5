use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use paylink::JalaliDateTime;
use paylink::pod::{Invoice, PodResponse, State};
use serde::Serialize;

use crate::report::Report;
use crate::text::{amount, write_facts};

/// An invoice, with what its flags say together.
#[derive(Debug, Serialize)]
pub(super) struct InvoiceReport {
    state: State,
    #[serde(flatten)]
    invoice: Invoice,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<String>,
}

impl InvoiceReport {
    /// One that was found by looking.
    pub(super) fn found(invoice: Invoice) -> InvoiceReport {
        InvoiceReport {
            state: invoice.state(),
            invoice,
            reference_number: None,
        }
    }

    /// One that a service answered with, and under which number.
    pub(super) fn answered(answered: PodResponse<Invoice>) -> InvoiceReport {
        InvoiceReport {
            reference_number: answered.reference_number,
            ..InvoiceReport::found(answered.value)
        }
    }

    pub(super) fn invoice(&self) -> &Invoice {
        &self.invoice
    }
}

impl Report for InvoiceReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let invoice = &self.invoice;
        let money = |money: &Option<_>| money.as_ref().map(amount);
        let state = format!("{}, {}", self.state, meaning(self.state));
        let all = [
            ("Invoice id", Some(invoice.id.to_string())),
            ("State", Some(state)),
            ("Payable", money(&invoice.payable_amount)),
            ("Tax in it", money(&invoice.tax)),
            ("Bill number", invoice.bill_number.clone()),
            ("Unique number", invoice.unique_number.clone()),
            ("Guild", invoice.guild.clone()),
            ("User", invoice.user.map(|id| id.to_string())),
            ("Description", invoice.description.clone()),
            ("Issued", invoice.issued_at_ms.and_then(in_tehran)),
            ("Paid", invoice.paid_at_ms.and_then(in_tehran)),
            (
                "Will be paid",
                invoice.will_be_paid_at_ms.and_then(in_tehran),
            ),
            ("Card", invoice.masked_card_number.clone()),
            ("Its reference", invoice.payment_reference.clone()),
            ("Unreadable", Some(invoice.unreadable.join(", "))),
            ("Reference", self.reference_number.clone()),
        ];
        let present = all.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some((name, value))
        });
        write_facts(out, &present.collect::<Vec<_>>())
    }
}

/// A time as POD's people say it: a Jalali date and Tehran's clock.
pub(super) fn in_tehran(ms: u64) -> Option<String> {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms))?;
    Some(JalaliDateTime::from_system_time(time).ok()?.to_string())
}

/// What a state means for the merchant.
fn meaning(state: State) -> &'static str {
    match state {
        State::Unpaid => "nobody has paid it",
        State::AwaitingGateway => "a payer is at the bank's gateway",
        State::Unverified => "verifying it shows whether it is paid",
        State::Promised => "it will be paid later",
        State::Paid => "the money is yours",
        State::Cancelled => "nobody can pay it",
        State::Unclear => "its flags contradict one another; look at POD's panel",
        _ => "a state that this release does not know",
    }
}
