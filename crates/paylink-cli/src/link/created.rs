use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use paylink::{Created, Money, NewPayment, PaymentRecord, Rial, Transfer, WebUrl};
use serde::Serialize;

use super::card::MaskedCard;
use super::record_file::Stored;
use crate::large::{self, grouped};
use crate::next_step::Invocation;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::table::table;
use crate::text::{amount, shown, write_facts};
use crate::time_left::time_left;

const NO_PAGE: &str = "\
There is no page that shows them whole, as there is with --return-url: tell the payer one of
your cards yourself.";

/// A payment that was created: what its payer needs, the record to store, and what comes next.
#[derive(Debug, Serialize)]
pub(super) struct CreatedReport {
    account: String,
    record: PaymentRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<ExactTransfer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    next: NextStep,
}

/// What the payer has to transfer, and to which cards.
#[derive(Debug, Serialize)]
struct ExactTransfer {
    exactly: Money,
    cards: Vec<MaskedCard>,
}

/// The command that settles the payment, and where its record is.
#[derive(Debug)]
pub(super) struct NextStep {
    invocation: Invocation,
    order: String,
    price: Money,
    stored: Stored,
}

impl CreatedReport {
    pub(super) fn new(created: &Created, account: &str, next: NextStep, qr: When) -> CreatedReport {
        let left = created.expires_at().map(|at| {
            let left = at.duration_since(SystemTime::now());
            left.unwrap_or_default().as_secs()
        });
        let link = created.link();
        CreatedReport {
            account: account.to_owned(),
            record: created.record().clone(),
            code: link.and_then(|link| qr::code(link.as_str(), qr)),
            link: link.cloned(),
            transfer: created.transfer().map(ExactTransfer::of),
            seconds_left: left,
            next,
        }
    }
}

impl ExactTransfer {
    fn of(transfer: &Transfer) -> ExactTransfer {
        ExactTransfer {
            exactly: *transfer.amount(),
            cards: transfer.cards().iter().map(MaskedCard::of).collect(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The payer has to transfer exactly:\n")?;
        if let Some(rial) = Rial::try_from(self.exactly).ok().map(Rial::get) {
            for line in large::number(rial).iter().flatten() {
                writeln!(out, "  {}", line.trim_end())?;
            }
            writeln!(out, "\n  {} rial, to the last one\n", grouped(rial))?;
        } else {
            writeln!(out, "  {}\n", amount(&self.exactly))?;
        }
        if self.cards.is_empty() {
            return writeln!(out, "No card to transfer to was named.\n");
        }
        writeln!(
            out,
            "To one of these cards, whose numbers are masked here:\n"
        )?;
        let text = |value: &Option<String>| shown(value.as_deref().unwrap_or_default());
        let rows = self
            .cards
            .iter()
            .map(|card| vec![card.number.clone(), text(&card.holder), text(&card.bank)]);
        writeln!(
            out,
            "{}\n",
            table(&["CARD", "HOLDER", "BANK"], rows, &[1]).trim_fmt()
        )
    }
}

impl NextStep {
    /// A payment that was just created, or found again.
    pub(super) fn new(invocation: Invocation, record: &PaymentRecord, stored: Stored) -> NextStep {
        NextStep {
            invocation,
            order: record.reference().to_string(),
            price: *record.amount(),
            stored,
        }
    }

    /// The price is the merchant's own, which the provider may count in another unit.
    pub(super) fn priced_as(self, payment: &NewPayment) -> NextStep {
        NextStep {
            price: *payment.price(),
            ..self
        }
    }

    fn write(&self, record: &PaymentRecord, out: &mut dyn Write) -> io::Result<()> {
        let (amount, currency) = (self.price.amount(), self.price.currency().code());
        let settle = |record: &str| {
            let flags = [
                ("--record", record),
                ("--order", &self.order),
                ("--amount", &amount),
                ("--currency", currency),
            ];
            self.invocation.command("link settle", &flags)
        };
        match &self.stored {
            Stored::At(path) => writeln!(
                out,
                "\nIts record is in {}. When it is paid, settle it:\n\n{}",
                path,
                settle(path)
            ),
            Stored::Nowhere | Stored::Failed(_) => {
                // It is made of text and numbers, which always serialise.
                let json = serde_json::to_string(record).unwrap_or_default();
                writeln!(
                    out,
                    "\nThis command settles it when it is paid, and holds its record, so keep it:\n\n\
                     {} <<'RECORD'\n{json}\nRECORD",
                    settle("-").trim_start()
                )
            }
        }
    }
}

impl Report for CreatedReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The payment is created.\n")?;
        self.write_payment(out)
    }

    fn kept(&self) -> Kept {
        match &self.next.stored {
            Stored::At(_) => Kept::Elsewhere,
            Stored::Nowhere => Kept::HereAlone,
            Stored::Failed(problem) => Kept::NotStored(problem.clone()),
        }
    }
}

impl CreatedReport {
    fn names_cards(&self) -> bool {
        self.transfer
            .as_ref()
            .is_some_and(|transfer| !transfer.cards.is_empty())
    }

    /// Writes what the payer needs, and what comes next.
    pub(super) fn write_payment(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(transfer) = &self.transfer {
            transfer.write(out)?;
        }
        match &self.link {
            Some(link) => writeln!(out, "Send the payer to this link:\n\n{link}\n")?,
            None if self.names_cards() => writeln!(out, "{NO_PAGE}\n")?,
            None => {}
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        let mut facts = vec![("Order", self.record.reference().to_string())];
        // Where an exact amount has to be transferred, nobody may take the price for it.
        if self.transfer.is_none() {
            facts.push(("Amount", amount(self.record.amount())));
        }
        facts.push(("Account", self.account.clone()));
        if let Some(seconds) = self.seconds_left {
            facts.push(("Time left", time_left(Duration::from_secs(seconds))));
        }
        write_facts(out, &facts)?;
        self.next.write(&self.record, out)
    }
}
