use std::io::{self, Write};

use paylink::Rial;
use paylink::sizpay::SentLink;
use serde::Serialize;

use crate::large::grouped;
use crate::report::{Kept, Report};
use crate::text::write_facts;

/// What was sent, and what comes next.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    #[serde(flatten)]
    pub(super) link: SentLink,
    pub(super) send_date: String,
    #[serde(skip)]
    pub(super) invoice_number: String,
    #[serde(skip)]
    pub(super) amount: Rial,
    #[serde(skip)]
    pub(super) code: Option<String>,
    #[serde(skip)]
    pub(super) status: String,
}

impl Report for Sent {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.link.url {
            Some(url) => writeln!(
                out,
                "SizPay sends the payer an SMS with this link:\n\n{url}\n"
            )?,
            // The ASMX service keeps the link to itself.
            None => writeln!(out, "SizPay sends the payer an SMS with the link.\n")?,
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        let amount = format!("{} rial", grouped(self.amount.get()));
        let mut facts = vec![
            ("Invoice", self.invoice_number.clone()),
            ("Amount", amount),
            ("Send id", self.link.send_id.to_string()),
            ("Send date", self.send_date.clone()),
        ];
        if let Some(message) = &self.link.message {
            facts.push(("Message", message.clone()));
        }
        if !self.link.unreadable.is_empty() {
            facts.push(("Unreadable", self.link.unreadable.join(", ")));
        }
        write_facts(out, &facts)?;
        writeln!(
            out,
            "\nStore the send id and the date with the order. Nobody tells you when it is paid: ask.\n\n{}",
            self.status
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}
