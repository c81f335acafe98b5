use std::io::{self, Write};
use std::time::Duration;

use paylink::cardpay::{CardPay, CreatedPayment, ExactAmount, PaymentRecord};
use serde::Serialize;

use super::REFERENCE;
use super::cards::write_cards;
use crate::large::{self, grouped};
use crate::next_step::Invocation;
use crate::report::{Kept, Report};
use crate::text::write_facts;
use crate::time_left::time_left;

/// What was created: all that the payer has to know, and the price nowhere among it.
#[derive(Debug, Serialize)]
pub(super) struct Created {
    #[serde(flatten)]
    payment: CreatedPayment,
    transfer_exactly_toman: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    /// For the merchant's own books: a program that settles the payment needs it.
    record: PaymentRecord,
    #[serde(skip)]
    left: Option<Duration>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    check: String,
}

impl Created {
    pub(super) fn new(
        payment: CreatedPayment,
        code: Option<String>,
        cardpay: &CardPay,
        invocation: &Invocation,
    ) -> Created {
        let left = payment.expires.map(|expires| cardpay.time_left(expires));
        let pay_id = payment.pay_id.to_string();
        Created {
            transfer_exactly_toman: toman(payment.transfer_exactly, |toman| toman.to_string()),
            seconds_left: left.map(|left| left.as_secs()),
            record: payment.record().clone(),
            left,
            code,
            check: invocation.command("cardpay check", &[("--pay-id", &pay_id)]),
            payment,
        }
    }

    pub(super) fn payment(&self) -> &CreatedPayment {
        &self.payment
    }

    /// The command that asks whether it is paid.
    pub(super) fn check(&self) -> &str {
        &self.check
    }

    /// Writes what the payer has to know.
    pub(super) fn write_what_to_transfer(&self, out: &mut dyn Write) -> io::Result<()> {
        let exactly = self.payment.transfer_exactly;
        writeln!(
            out,
            "The payment is created. The payer has to transfer exactly, to the rial:\n"
        )?;
        if let Some(lines) = large::number(exactly.rial().get()) {
            for line in lines {
                writeln!(out, "  {}", line.trim_end())?;
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "  {} rial, which is {} toman\n",
            grouped(exactly.rial().get()),
            toman(exactly, grouped)
        )?;
        if self.payment.pay_to.is_empty() {
            writeln!(out, "The script named no card to transfer to.\n")?;
        } else {
            writeln!(
                out,
                "To one of these cards, whose numbers are masked here:\n"
            )?;
            write_cards(out, &self.payment.pay_to)?;
            writeln!(out)?;
        }
        let left = self.left.map_or("not told".to_owned(), time_left);
        let mut facts = vec![
            ("Invoice", self.record.invoice_number().to_string()),
            (REFERENCE, self.payment.pay_id.to_string()),
            ("Time left", left),
        ];
        if !self.payment.unreadable.is_empty() {
            facts.push(("Unreadable", self.payment.unreadable.join(", ")));
        }
        write_facts(out, &facts)?;
        if let Some(link) = &self.payment.link {
            writeln!(out, "\nSend the payer to this link:\n\n{link}")?;
            if self.payment.link_host_differs {
                writeln!(
                    out,
                    "\nIt spells the script's host otherwise than the base URL does: make sure that the payer\n\
                     reaches it there."
                )?;
            }
        }
        match &self.code {
            Some(code) => writeln!(out, "\n{code}"),
            None => Ok(()),
        }
    }
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_what_to_transfer(out)?;
        writeln!(
            out,
            "\nStore the pay id with the order. When the payer has transferred, check it:\n\n{}",
            self.check
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}

/// The exact amount in toman, with the rial that are no whole toman behind the point.
fn toman(amount: ExactAmount, write: impl Fn(u64) -> String) -> String {
    let rial = amount.rial().get();
    match rial % 10 {
        0 => write(rial / 10),
        rest => format!("{}.{rest}", write(rial / 10)),
    }
}
