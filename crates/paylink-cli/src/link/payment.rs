use std::io::{self, Write};

use paylink::{Payment, PaymentState};
use serde::Serialize;

use crate::report::Report;
use crate::text::{amount, write_facts};

/// A payment as its provider sees it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct PaymentReport(pub(super) Payment);

impl Report for PaymentReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let payment = &self.0;
        let mut facts = Vec::new();
        if let Some(reference) = payment.reference() {
            facts.push(("Order", reference.to_owned()));
        }
        let state = payment.state();
        facts.push(("State", format!("{state}, {}", meaning(state))));
        if payment.provider_state() != state.as_str() {
            let word = format!(
                "{} says \"{}\"",
                payment.provider(),
                payment.provider_state()
            );
            facts.push(("In its words", word));
        }
        if let Some(money) = payment.amount() {
            facts.push(("Amount", amount(money)));
        }
        if let Some(receipt) = payment.receipt() {
            facts.push(("Receipt", receipt.to_owned()));
        }
        facts.extend(payment.ids().map(|(name, id)| (name, id.to_owned())));
        write_facts(out, &facts)
    }
}

/// What a state means for the merchant.
pub(super) fn meaning(state: &PaymentState) -> &'static str {
    match state {
        PaymentState::Unpaid => "nobody has paid it yet",
        PaymentState::Paying => "the payer is about to pay",
        PaymentState::Unconfirmed => "it may be paid: settle it",
        PaymentState::Paid => "the money is yours",
        PaymentState::Promised => "somebody has guaranteed it for a later day",
        PaymentState::Expired => "its time was over before it was paid",
        PaymentState::Failed => "not paid, or given back",
        PaymentState::Cancelled => "withdrawn by you",
        PaymentState::Refunded => "given back by you",
        _ => "a state that this release does not know: neither paid nor failed",
    }
}
