//! Orders whole: one, or all of them for a program.

use std::io::{self, Write};

use clap::Args;
use paylink::Effect;
use paylink::desk::{OrderStore, StoredOrder};
use paylink_books::{Deliveries, DeliveryLine, Orders};
use serde::Serialize;

use super::Open;
use super::document::{OrderDocument, due_at, in_tehran, meaning};
use super::listed::{Pages, limit};
use crate::console::Format;
use crate::failure::{Failure, Status};
use crate::report::Report;
use crate::table::write_facts;
use crate::text::{amount, shown, without_private};

#[derive(Debug, Args)]
pub(super) struct OrderArgs {
    /// The order, by the name under which it was added
    name: String,
}

/// Write every order as one JSON document a line
///
/// The oldest comes first. No document holds a card or a national id; mobile numbers, names, descriptions and addresses stand
/// in them as they were added. With --json all of them are one document.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// At most so many; none is no limit
    #[arg(long, value_name = "N", default_value = "none")]
    limit: String,
}

pub(super) async fn order(args: &OrderArgs, open: &Open<'_>) -> Result<(), Failure> {
    match Found::read(&args.name, open).await? {
        Some(found) => open.console.done(&found),
        None => Err(Failure::new(Status::Refused, NoSuchOrder::of(&args.name))),
    }
}

pub(super) async fn export(args: &ExportArgs, open: &Open<'_>) -> Result<(), Failure> {
    let mut pages = Pages::of(Orders::all(), limit(&args.limit)?);
    let mut all = Exported::default();
    while let Some(page) = pages.next(open).await? {
        for line in page {
            if let Some(found) = Found::read(&line.name, open).await? {
                all.orders.push(found.document);
            }
        }
        if open.console.format() == Format::People {
            // Books may be larger than memory.
            open.console.done(&all)?;
            all.orders.clear();
        }
    }
    match open.console.format() {
        Format::People => Ok(()),
        Format::Json => open.console.done(&all),
    }
}

/// An order with its row of the outbox.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Found {
    document: OrderDocument,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    order: StoredOrder,
    #[serde(skip)]
    outbox: Option<DeliveryLine>,
}

impl Found {
    async fn read(name: &str, open: &Open<'_>) -> Result<Option<Found>, Failure> {
        let failed = |error| open.place.failed(&error);
        let Some(order) = open.books.load(name).await.map_err(failed)? else {
            return Ok(None);
        };
        let of_it = Deliveries::all().of_order(name).limit(1);
        let outbox = open.books.outbox(&of_it).await.map_err(failed)?;
        let outbox = outbox.into_iter().next();
        Ok(Some(Found {
            document: OrderDocument::of(name, &order, outbox.as_ref()),
            name: name.to_owned(),
            order,
            outbox,
        }))
    }
}

impl Report for Found {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let payment = self.order.payment();
        let ledger = self.order.ledger();
        let stage = ledger.stage();
        let mut facts = vec![
            ("Order", self.name.clone()),
            ("Account", self.order.account().to_owned()),
            ("Reference", payment.reference().to_string()),
            ("Price", amount(payment.price())),
            ("Stage", format!("{stage}, {}", meaning(stage))),
            ("Next look", due_at(ledger.next_check_at())),
        ];
        if let Some(created) = ledger.created() {
            let record = created.record();
            facts.push(("Payment", format!("at {}", record.provider())));
            if record.reference() != payment.reference() {
                facts.push(("Its reference", record.reference().to_string()));
            }
            let asked_for = created.transfer().map_or(record.amount(), |it| it.amount());
            facts.push(("Its amount", amount(asked_for)));
            facts.push(("Created", in_tehran(record.created_at())));
            if let Some(at) = created.expires_at() {
                facts.push(("Can be paid until", in_tehran(at)));
            }
            if let Some(link) = created.link() {
                facts.push(("Link", link.as_str().to_owned()));
            }
        }
        if let Some(delivery) = ledger.delivery() {
            facts.push(("Paid at", delivery.provider().to_owned()));
            facts.push(("Paid", amount(delivery.amount())));
            facts.push(("Its id there", delivery.provider_reference().to_owned()));
            if let Some(receipt) = delivery.receipt() {
                facts.push(("Receipt", receipt.to_owned()));
            }
            facts.push(("Handed out", in_tehran(delivery.settled_at())));
        }
        if let Some(at) = ledger.delivered_at() {
            facts.push(("Goods went out", in_tehran(at)));
        }
        if let Some(line) = &self.outbox {
            facts.push(("Outbox", outbox_line(line)));
        }
        write_facts(out, &facts)
    }
}

/// How often a delivery was tried, and when it is again.
fn outbox_line(line: &DeliveryLine) -> String {
    let tried = match line.attempts {
        0 => "not tried yet".to_owned(),
        1 => "tried once".to_owned(),
        times => format!("tried {times} times"),
    };
    match line.due_at {
        None if line.dead_at.is_some() => format!("{tried}, a dead letter"),
        None => format!("{tried}, closed"),
        due => format!("{tried}, next {}", due_at(due)),
    }
}

/// No order has this name.
#[derive(Debug, Serialize)]
struct NoSuchOrder {
    kind: &'static str,
    effect: Effect,
    message: String,
}

impl NoSuchOrder {
    fn of(name: &str) -> NoSuchOrder {
        let name = without_private(&shown(name));
        NoSuchOrder {
            kind: "no_such_order",
            effect: Effect::NotExecuted,
            message: format!(
                "no order has the name \"{name}\": `paylink books orders` lists those that are there"
            ),
        }
    }
}

impl Report for NoSuchOrder {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}

/// Orders for a program.
#[derive(Debug, Default, Serialize)]
struct Exported {
    orders: Vec<OrderDocument>,
}

impl Report for Exported {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for order in &self.orders {
            serde_json::to_writer(&mut *out, order)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
