//! The outbox: what was handed out, whether its goods went out, and what is tried again.

use std::io::{self, Write};

use clap::Args;
use paylink::Effect;
use paylink_books::{Deliveries, DeliveryLine};
use serde::Serialize;

use super::Open;
use super::document::{DeliveryDocument, due_at, in_tehran};
use super::listed::MORE;
use crate::failure::{Failure, Status};
use crate::report::Report;
use crate::table::{Column, table};
use crate::text::{shown, without_private};
use crate::typed::within;

/// The most that are listed.
const MOST: u32 = 10_000;

#[derive(Debug, Args)]
pub(super) struct OutboxArgs {
    /// Those too whose goods went out
    #[arg(long)]
    all: bool,
    /// The dead letters alone: what failed too often, and is tried again only by `paylink books retry`
    #[arg(long, conflicts_with = "all")]
    dead: bool,
    /// At most so many, 1 to 10000
    #[arg(long, value_name = "N", default_value = "100", value_parser = within::<1, MOST>)]
    limit: u32,
}

pub(super) async fn outbox(args: &OutboxArgs, open: &Open<'_>) -> Result<(), Failure> {
    let which = match (args.all, args.dead) {
        (true, _) => Deliveries::all(),
        (_, true) => Deliveries::dead(),
        _ => Deliveries::open(),
    };
    // One more shows whether there are more.
    let read = u16::try_from(args.limit.saturating_add(1)).unwrap_or(u16::MAX);
    let lines = open.books.outbox(&which.limit(read)).await;
    let mut lines = lines.map_err(|error| open.place.failed(&error))?;
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let more = lines.len() > limit;
    lines.truncate(limit);
    open.console.done(&Listed {
        deliveries: lines.iter().map(DeliveryDocument::of).collect(),
        more,
        lines,
    })
}

#[derive(Debug, Serialize)]
struct Listed {
    deliveries: Vec<DeliveryDocument>,
    /// Whether there are more than the limit.
    more: bool,
    #[serde(skip)]
    lines: Vec<DeliveryLine>,
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.lines.is_empty() {
            return writeln!(out, "No deliveries.");
        }
        let rows = self.lines.iter().map(|line| {
            let next = match line.due_at {
                None if line.dead_at.is_some() => "dead letter".to_owned(),
                None => "closed".to_owned(),
                due => due_at(due),
            };
            vec![
                shown(&line.order),
                in_tehran(line.created_at),
                line.attempts.to_string(),
                next,
            ]
        });
        let columns = [
            Column::id("ORDER"),
            Column::word("HANDED OUT").spare(0),
            Column::word("ATTEMPTS"),
            Column::word("NEXT ATTEMPT"),
        ];
        table(columns, rows).write(out)?;
        if self.more {
            writeln!(out, "{MORE}")?;
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(super) struct RetryArgs {
    /// The order whose dead letter is to be due again
    #[arg(required_unless_present = "all")]
    order: Option<String>,
    /// All dead letters
    #[arg(long, conflicts_with = "order")]
    all: bool,
}

pub(super) async fn retry(args: &RetryArgs, open: &Open<'_>) -> Result<(), Failure> {
    let failed = |error| open.place.failed(&error);
    let mut retried = Vec::new();
    loop {
        let mut which = Deliveries::dead().limit(1_000);
        if let Some(order) = &args.order {
            which = which.of_order(order);
        }
        let dead = open.books.outbox(&which).await.map_err(failed)?;
        let before = retried.len();
        for line in dead {
            if open.books.retry_delivery(&line.id).await.map_err(failed)? {
                retried.push(line.order);
            }
        }
        // What is retried is no dead letter any more: the next ones come up.
        if retried.len() == before || !args.all {
            break;
        }
    }
    match &args.order {
        Some(order) if retried.is_empty() => {
            Err(Failure::new(Status::Refused, NoDeadLetter::of(order)))
        }
        _ => open.console.done(&Retried { retried }),
    }
}

/// What is due again.
#[derive(Debug, Serialize)]
struct Retried {
    retried: Vec<String>,
}

impl Report for Retried {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.retried.len() {
            0 => writeln!(out, "There are no dead letters."),
            1 => writeln!(
                out,
                "The delivery is due: a running outbox tries it once, within seconds."
            ),
            more => writeln!(
                out,
                "{more} deliveries are due: a running outbox tries each once."
            ),
        }
    }
}

/// The order has none.
#[derive(Debug, Serialize)]
struct NoDeadLetter {
    kind: &'static str,
    effect: Effect,
    message: String,
}

impl NoDeadLetter {
    fn of(order: &str) -> NoDeadLetter {
        let order = without_private(&shown(order));
        NoDeadLetter {
            kind: "no_dead_letter",
            effect: Effect::NotExecuted,
            message: format!(
                "order \"{order}\" has no dead letter: `paylink books order {order}` shows its delivery, `paylink books \
                 outbox --dead` lists the dead letters"
            ),
        }
    }
}

impl Report for NoDeadLetter {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
