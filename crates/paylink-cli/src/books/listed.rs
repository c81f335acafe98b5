//! Lists of orders.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Args;
use paylink::desk::{OrderStore, Stage};
use paylink::{FieldKey, Invalid};
use paylink_books::{OrderLine, Orders};
use serde::Serialize;

use super::document::{LineDocument, due_at, in_ms, in_tehran};
use super::{LIMIT, Open};
use crate::failure::{Failure, UsageError};
use crate::report::Report;
use crate::table::{Column, table};
use crate::text::shown;
use crate::typed::{Suggested, whole};

/// How many orders are listed if nothing else is said.
const USUAL: &str = "100";
/// How many are read at once.
const PAGE: u16 = 500;

/// The words of [`Stage::ALL`].
const STAGE_NAMES: Suggested = Suggested(&[
    "new",
    "creating",
    "open",
    "over",
    "awaiting_delivery",
    "delivered",
]);

#[derive(Debug, Args)]
pub(super) struct OrdersArgs {
    /// Only those of this stage
    #[arg(long, value_parser = STAGE_NAMES)]
    stage: Option<String>,
    /// Only those of this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// At most so many; none is no limit
    #[arg(long, value_name = "N", default_value = USUAL)]
    limit: String,
}

#[derive(Debug, Args)]
pub(super) struct DueArgs {
    /// At most so many; none is no limit
    #[arg(long, value_name = "N", default_value = USUAL)]
    limit: String,
}

/// Reads what was typed as `--limit`.
pub(super) fn limit(typed: &str) -> Result<usize, UsageError> {
    if typed == "none" {
        return Ok(usize::MAX);
    }
    match whole::<usize>(typed) {
        Ok(limit) if limit > 0 => Ok(limit),
        _ => Err(Invalid::new(LIMIT, "is not a number of orders")
            .at("--limit")
            .with_value(typed)
            .with_remedy("give a whole number from 1 on, or none for no limit")
            .into()),
    }
}

fn stage(typed: &str) -> Result<Stage, UsageError> {
    let known = Stage::ALL
        .iter()
        .copied()
        .find(|stage| stage.as_str() == typed);
    known.ok_or_else(|| {
        let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
        let names = names.join(", ");
        Invalid::new(FieldKey::new("stage", "stage"), "is not known")
            .at("--stage")
            .with_value(typed)
            .with_remedy(format!("use one of {names}"))
            .into()
    })
}

pub(super) async fn orders(args: &OrdersArgs, open: &Open<'_>) -> Result<(), Failure> {
    let limit = limit(&args.limit)?;
    let mut which = Orders::all();
    if let Some(typed) = &args.stage {
        which = which.in_stage(stage(typed)?);
    }
    if let Some(account) = &args.account {
        which = which.of_account(account);
    }
    let mut pages = Pages::of(which, limit);
    let mut lines = Vec::new();
    while let Some(page) = pages.next(open).await? {
        lines.extend(page);
    }
    let report = ListedOrders {
        orders: lines.iter().map(LineDocument::of).collect(),
        more: pages.has_more(open).await?,
        lines,
    };
    open.console.done(&report)
}

/// Orders of a list, a page at a time, up to a limit.
pub(super) struct Pages {
    which: Orders,
    left: usize,
    is_over: bool,
}

impl Pages {
    pub(super) fn of(which: Orders, limit: usize) -> Pages {
        Pages {
            which,
            left: limit,
            is_over: false,
        }
    }

    /// The next page, which has an order at the least; `None` if there is none.
    pub(super) async fn next(
        &mut self,
        open: &Open<'_>,
    ) -> Result<Option<Vec<OrderLine>>, Failure> {
        let size = u16::try_from(self.left).unwrap_or(PAGE).min(PAGE);
        if self.is_over || size == 0 {
            return Ok(None);
        }
        let page = self.read(size, open).await?;
        let Some(last) = page.last() else {
            self.is_over = true;
            return Ok(None);
        };
        self.which = self.which.clone().after(last);
        self.left = self.left.saturating_sub(page.len());
        Ok(Some(page))
    }

    /// Whether there are orders beyond the limit.
    async fn has_more(&self, open: &Open<'_>) -> Result<bool, Failure> {
        Ok(!self.is_over && !self.read(1, open).await?.is_empty())
    }

    async fn read(&self, size: u16, open: &Open<'_>) -> Result<Vec<OrderLine>, Failure> {
        let which = self.which.clone().limit(size);
        let page = open.books.orders(&which).await;
        page.map_err(|error| open.place.failed(&error))
    }
}

#[derive(Debug, Serialize)]
struct ListedOrders {
    orders: Vec<LineDocument>,
    /// Whether there are more than the limit.
    more: bool,
    #[serde(skip)]
    lines: Vec<OrderLine>,
}

/// What is said below a list that ended at its limit.
pub(super) const MORE: &str = "\nThere are more: give a larger --limit.";

impl Report for ListedOrders {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.lines.is_empty() {
            return writeln!(out, "No orders.");
        }
        let rows = self.lines.iter().map(|line| {
            vec![
                shown(&line.name),
                shown(&line.account),
                shown(&line.reference),
                line.stage.clone(),
                due_at(line.next_check_at),
                in_tehran(line.created_at),
            ]
        });
        let columns = [
            Column::id("ORDER"),
            Column::id("ACCOUNT").spare(2),
            Column::id("REFERENCE").spare(3),
            Column::word("STAGE"),
            Column::word("NEXT LOOK").spare(1),
            Column::word("ADDED").spare(0),
        ];
        table(columns, rows).write(out)?;
        if self.more {
            writeln!(out, "{MORE}")?;
        }
        Ok(())
    }
}

pub(super) async fn due(args: &DueArgs, open: &Open<'_>) -> Result<(), Failure> {
    let limit = limit(&args.limit)?;
    let failed = |error| open.place.failed(&error);
    let now = SystemTime::now();
    // One more shows whether there are more.
    let names = open.books.due(now, limit.saturating_add(1)).await;
    let mut names = names.map_err(failed)?;
    let more = names.len() > limit;
    names.truncate(limit);
    let mut orders = Vec::new();
    for name in names {
        // A sweep may have looked at it meanwhile.
        let Some(order) = open.books.load(&name).await.map_err(failed)? else {
            continue;
        };
        let Some(due_since) = order.ledger().next_check_at().filter(|at| *at <= now) else {
            continue;
        };
        orders.push(DueOrder {
            name,
            account: order.account().to_owned(),
            reference: order.payment().reference().to_string(),
            stage: order.ledger().stage(),
            due_since_ms: in_ms(due_since),
            due_since,
        });
    }
    open.console.done(&DueOrders { orders, more })
}

#[derive(Debug, Serialize)]
struct DueOrders {
    orders: Vec<DueOrder>,
    more: bool,
}

#[derive(Debug, Serialize)]
struct DueOrder {
    name: String,
    account: String,
    reference: String,
    stage: Stage,
    due_since_ms: u64,
    #[serde(skip)]
    due_since: SystemTime,
}

impl Report for DueOrders {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.orders.is_empty() {
            return writeln!(out, "No order is due.");
        }
        let rows = self.orders.iter().map(|order| {
            vec![
                shown(&order.name),
                shown(&order.account),
                shown(&order.reference),
                order.stage.to_string(),
                in_tehran(order.due_since),
            ]
        });
        let columns = [
            Column::id("ORDER"),
            Column::id("ACCOUNT").spare(0),
            Column::id("REFERENCE").spare(1),
            Column::word("STAGE"),
            Column::word("DUE SINCE"),
        ];
        table(columns, rows).write(out)?;
        if self.more {
            writeln!(out, "{MORE}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_offered_under_its_own_word() {
        let all: Vec<_> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
        assert_eq!(all, *STAGE_NAMES.0);
        for name in STAGE_NAMES.0 {
            assert_eq!(stage(name).unwrap().as_str(), *name);
        }
        assert!(stage("Open").is_err());
    }

    #[test]
    fn a_limit_is_a_number_or_none() {
        assert_eq!(limit("none").unwrap(), usize::MAX);
        assert_eq!(limit("۲۰").unwrap(), 20);
        for typed in ["0", "-1", "", "all"] {
            assert!(limit(typed).is_err(), "{typed}");
        }
    }
}
