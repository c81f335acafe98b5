//! How the books stand, and whether they agree with themselves.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use paylink::Effect;
use paylink_books::{Snapshot, Violation};
use serde::Serialize;

use super::Open;
use crate::console::Format;
use crate::failure::{Failure, Status};
use crate::report::Report;
use crate::table::{Column, table, write_facts};
use crate::text::{shown, time_left};

pub(super) async fn made(open: &Open<'_>) -> Result<(), Failure> {
    let figures = Figures::read(open).await?;
    open.console.done(&Made {
        database: open.place.database(),
        place: open.place.shown(),
        figures,
    })
}

pub(super) async fn check(open: &Open<'_>) -> Result<(), Failure> {
    let violations = open.books.check().await;
    let violations = violations.map_err(|error| open.place.failed(&error))?;
    let checked = Checked {
        figures: Figures::read(open).await?,
        violations,
    };
    if checked.violations.is_empty() {
        return open.console.done(&checked);
    }
    if open.console.format() == Format::People {
        // What was found is the result, whatever it comes to.
        open.console.done(&checked)?;
    }
    Err(Failure::new(Status::Refused, Broken::of(checked)))
}

/// How the books stand at a moment.
#[derive(Debug, Serialize)]
struct Figures {
    orders: BTreeMap<String, u64>,
    due: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_due_seconds: Option<u64>,
    outbox: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_delivery_seconds: Option<u64>,
    most_attempts: u64,
    dead: u64,
    claimed: u64,
    abandoned: u64,
    taken_over: u64,
}

impl Figures {
    async fn read(open: &Open<'_>) -> Result<Figures, Failure> {
        let snapshot = open.books.snapshot().await;
        let snapshot = snapshot.map_err(|error| open.place.failed(&error))?;
        Ok(Figures::from(snapshot))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let all: u64 = self.orders.values().sum();
        let stages = self.orders.iter();
        let stages: Vec<String> = stages
            .map(|(stage, count)| format!("{count} {stage}"))
            .collect();
        let orders = match all {
            0 => "none".to_owned(),
            all => format!("{all}: {}", stages.join(", ")),
        };
        let since = |count: u64, of: &str, seconds: Option<u64>| match seconds {
            Some(seconds) => {
                let time = time_left(Duration::from_secs(seconds));
                format!("{count}, {of} for {time}")
            }
            None => count.to_string(),
        };
        let mut outbox = since(self.outbox, "the oldest", self.oldest_delivery_seconds);
        if self.outbox > 0 {
            outbox.push_str(&format!(", at most {} attempts", self.most_attempts));
        }
        vec![
            ("Orders", orders),
            (
                "Due",
                since(self.due, "the longest", self.longest_due_seconds),
            ),
            ("Not delivered", outbox),
            ("Dead letters", self.dead.to_string()),
            ("Held", self.claimed.to_string()),
            ("Abandoned", self.abandoned.to_string()),
            ("Taken over", self.taken_over.to_string()),
        ]
    }
}

impl From<Snapshot> for Figures {
    fn from(snapshot: Snapshot) -> Figures {
        Figures {
            due: snapshot.due,
            longest_due_seconds: snapshot.longest_due.map(|it| it.as_secs()),
            outbox: snapshot.outbox,
            oldest_delivery_seconds: snapshot.oldest_delivery.map(|it| it.as_secs()),
            most_attempts: snapshot.most_attempts,
            dead: snapshot.dead,
            claimed: snapshot.claimed,
            abandoned: snapshot.abandoned,
            taken_over: snapshot.taken_over,
            orders: snapshot.orders,
        }
    }
}

/// The books are there.
#[derive(Debug, Serialize)]
struct Made {
    database: &'static str,
    place: String,
    #[serde(flatten)]
    figures: Figures,
}

impl Report for Made {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Made {
            place, database, ..
        } = self;
        writeln!(out, "The books are open: {place} ({database}).\n")?;
        write_facts(out, &self.figures.facts())
    }
}

/// What was found.
#[derive(Debug, Serialize)]
struct Checked {
    violations: Vec<Violation>,
    #[serde(flatten)]
    figures: Figures,
}

impl Report for Checked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.violations.is_empty() {
            writeln!(out, "The books agree with themselves.\n")?;
        } else {
            let rows = self.violations.iter();
            let rows = rows.map(|it| vec![shown(&it.order), it.what.to_owned()]);
            let columns = [Column::id("ORDER"), Column::sentence("WHAT IS WRONG")];
            table(columns, rows).write(out)?;
            writeln!(out)?;
        }
        write_facts(out, &self.figures.facts())
    }
}

/// The books do not agree with themselves.
#[derive(Debug, Serialize)]
struct Broken {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(flatten)]
    checked: Checked,
}

impl Broken {
    fn of(checked: Checked) -> Broken {
        let counted = match checked.violations.len() {
            1 => "1 thing in the books must not be".to_owned(),
            more => format!("{more} things in the books must not be"),
        };
        Broken {
            kind: "broken",
            effect: Effect::NotExecuted,
            message: format!(
                "{counted}: look at each order (`paylink books order NAME`) and at what its provider says of it, before its \
                 goods are sent"
            ),
            checked,
        }
    }
}

impl Report for Broken {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
