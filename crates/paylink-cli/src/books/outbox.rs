//! The outbox: what was handed out, and whether its goods went out.

use std::io::{self, Write};

use clap::Args;
use paylink_books::{Deliveries, DeliveryLine};
use serde::Serialize;

use super::Open;
use super::document::{DeliveryDocument, due_at, in_tehran};
use super::listed::MORE;
use crate::failure::Failure;
use crate::report::Report;
use crate::text::{shown, table};
use crate::typed::within;

/// The most that are listed.
const MOST: u32 = 10_000;

#[derive(Debug, Args)]
pub(super) struct OutboxArgs {
    /// Those too whose goods went out
    #[arg(long)]
    all: bool,
    /// At most so many, 1 to 10000
    #[arg(long, value_name = "N", default_value = "100", value_parser = within::<1, MOST>)]
    limit: u32,
}

pub(super) async fn outbox(args: &OutboxArgs, open: &Open<'_>) -> Result<(), Failure> {
    let which = if args.all {
        Deliveries::all()
    } else {
        Deliveries::open()
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
        let header = ["ORDER", "HANDED OUT", "ATTEMPTS", "NEXT ATTEMPT"];
        writeln!(out, "{}", table(&header, rows, &[0]).trim_fmt())?;
        if self.more {
            writeln!(out, "{MORE}")?;
        }
        Ok(())
    }
}
