//! The books against what a provider lists.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use clap::Args;
use paylink::{
    Account, Effect, FieldKey, Input, Invalid, JalaliDate, JalaliDateTime, Money, PaymentState,
};
use paylink_books::{
    CutShort, Discrepancy, DiscrepancyKind, Progress, ReconcileError, Reconciled, Reconciliation,
};
use serde::Serialize;

use super::Open;
use super::csv::{self, Cell};
use super::document::{in_ms, in_tehran};
use crate::account::{Setup, chosen, transport};
use crate::console::{Console, Format};
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::report::Report;
use crate::stored_file::StoredFile;
use crate::table::{Column, table, write_facts};
use crate::text::{amount, shown};
use crate::typed;

/// Hold the books against what an account's provider lists
///
/// It compares the payments that were created in the period, and changes nothing, neither here nor there. It ends with 1 if
/// something differs or the list could not be read to its end, and says what to do about each payment. A time is that of
/// Tehran: 1405/09/08, or "1405/09/08 14:30:00".
#[derive(Debug, Args)]
pub(super) struct ReconcileArgs {
    /// Which account; it need not be said where there is but one
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The payments that were created on this day
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"], required_unless_present = "from")]
    day: Option<String>,
    /// Those that were created at this time or later, and --to
    #[arg(long, value_name = "TIME", requires = "to")]
    from: Option<String>,
    /// Before this time; a day is one of them
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<String>,
    /// Write what differs as a table for spreadsheets: into a file that is not there yet, or to standard output if it is -
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Read at most so many pages of the provider's list
    #[arg(long, value_name = "N", default_value = "1000", value_parser = typed::within::<1, { u32::MAX }>)]
    pages: u32,
}

const FROM: FieldKey = FieldKey::new("from", "from");
const TO: FieldKey = FieldKey::new("to", "to");

/// Where the table for spreadsheets goes.
enum Table {
    Nowhere,
    Printed,
    Stored(StoredFile),
}

pub(super) async fn reconcile(
    args: &ReconcileArgs,
    config: Setup<'_>,
    open: &Open<'_>,
) -> Result<(), Failure> {
    let period = args.period()?.most_pages(args.pages);
    let period = period.progress(progress(open.console.format()));
    let account = args.account(config, open.console)?;
    let csv = args.table(open.console)?;
    let reconciled = open.books.reconcile(&account, &period).await;
    if io::stderr().is_terminal() {
        open.console.redraw("");
    }
    let reconciled = reconciled.map_err(|error| failed(error, open));
    if let (Table::Stored(file), Err(_)) = (&csv, &reconciled) {
        file.remove_if_empty();
    }
    let report = ReconciledReport(reconciled?);
    let console = open.console;
    match &csv {
        Table::Stored(file) => {
            let stored = file.replace_with(&report.csv());
            stored
                .map_err(|error| Failure::local("table", &format!("cannot be written: {error}")))?;
        }
        Table::Printed => console.done(&PrintedTable(report.csv()))?,
        Table::Nowhere => {}
    }
    let is_printed = matches!(csv, Table::Printed);
    if report.0.agrees() {
        return if is_printed {
            Ok(())
        } else {
            console.done(&report)
        };
    }
    if console.format() == Format::People && !is_printed {
        // What was found is the result, whatever it comes to.
        console.done(&report)?;
    }
    Err(Failure::new(Status::Refused, Differs::of(report)))
}

impl ReconcileArgs {
    fn period(&self) -> Result<Reconciliation, UsageError> {
        let refused =
            |flag: &'static str| move |invalid: Invalid| UsageError::from(invalid.at(flag));
        if let Some(day) = &self.day {
            let day: JalaliDate = typed::read(Input::ListDay.key(), day)?;
            return Reconciliation::of_day(day).map_err(refused("--day"));
        }
        let (from, to) = (self.from.as_deref(), self.to.as_deref());
        let from = moment(FROM, from.unwrap_or_default(), Reconciliation::from)?;
        let to = moment(TO, to.unwrap_or_default(), Reconciliation::to)?;
        Reconciliation::between(from, to).map_err(refused("--to"))
    }

    fn account(&self, config: Setup<'_>, console: &Console) -> Result<Account, Failure> {
        let account = chosen(config, self.account.as_deref(), console)?;
        Ok(account.open(&transport()?).map_err(UsageError::from)?)
    }

    /// Takes the place of the table before anything is read: a long list is not read for nothing.
    fn table(&self, console: &Console) -> Result<Table, UsageError> {
        let Some(path) = &self.csv else {
            return Ok(Table::Nowhere);
        };
        let at = format!("--csv {}", path.display());
        let refused = |problem: String, remedy: &'static str| {
            let invalid = Invalid::new(crate::failure::ARGUMENT, problem).at(at);
            UsageError::from(invalid.with_remedy(remedy))
        };
        if path.as_os_str() == "-" {
            return match console.format() {
                Format::People => Ok(Table::Printed),
                Format::Json => Err(refused(
                    "does not go with --json: both are standard output".to_owned(),
                    "name a file, or leave one of them out",
                )),
            };
        }
        match StoredFile::reserve(path) {
            Ok(file) => Ok(Table::Stored(file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(refused("is there already".to_owned(), "name another file"))
            }
            Err(error) => Err(refused(
                format!("cannot be written: {error}"),
                "name a file that can be",
            )),
        }
    }
}

/// Reads a time, or a day, of which `edge` is meant.
fn moment(
    field: FieldKey,
    typed: &str,
    edge: impl Fn(&Reconciliation) -> SystemTime,
) -> Result<SystemTime, UsageError> {
    let refused = |invalid: Invalid| typed::of_flag(invalid.under(field));
    if typed.trim().contains(' ') {
        let time = JalaliDateTime::parse(typed.trim()).map_err(refused)?;
        return Ok(time.to_system_time());
    }
    let day = typed::read(field, typed.trim())?;
    let day = Reconciliation::of_day(day).map_err(refused)?;
    Ok(edge(&day))
}

/// Tells standard error how far it is, where it takes long: on a terminal by a line that changes, elsewhere by a line a minute.
fn progress(format: Format) -> impl Fn(Progress) + Send + Sync + 'static {
    let on_terminal = io::stderr().is_terminal();
    let each = if on_terminal { 1 } else { 60 };
    let begun = Instant::now();
    let told = AtomicU64::new(0);
    move |progress| {
        let due = begun.elapsed().as_secs() / each;
        if told.swap(due, Ordering::Relaxed) >= due {
            return;
        }
        let line = match progress {
            Progress::Listing { pages, payments } => {
                format!("Listed: {payments} payments on {pages} pages")
            }
            Progress::Reading { orders } => format!("Read: {orders} orders"),
            Progress::Asking { payments } => {
                format!("Asked for: {payments} payments that are not listed")
            }
            _ => return,
        };
        let console = Console::new(format);
        match on_terminal {
            true => console.redraw(line),
            false => console.note(line),
        }
    }
}

fn failed(error: ReconcileError, open: &Open<'_>) -> Failure {
    const BY_HAND: &str =
        "Compare with the provider's panel by hand: `paylink books orders` lists what stands here.";

    match error {
        ReconcileError::NoList { source, .. } => {
            CallError::of(source).advice(BY_HAND.to_owned()).into()
        }
        ReconcileError::List { source, .. } => typed::unsent(source),
        ReconcileError::Books(error) => open.place.failed(&error),
        other => Failure::local("reconciliation", &format!("failed: {other}")),
    }
}

/// A table for spreadsheets, as it is.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct PrintedTable(String);

impl Report for PrintedTable {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.0.as_bytes())
    }
}

/// What was found.
#[derive(Debug)]
struct ReconciledReport(Reconciled);

impl Serialize for ReconciledReport {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document::of(&self.0).serialize(serializer)
    }
}

/// The same for a program.
#[derive(Serialize)]
struct Document<'a> {
    account: &'a str,
    provider: &'a str,
    from_ms: u64,
    to_ms: u64,
    discrepancies: Vec<Row<'a>>,
    agreed: AgreedDocument<'a>,
    listed: u64,
    pages: u32,
    orders: u64,
    undecided: u64,
    in_flight: u64,
    unreached: u64,
    undated: u64,
    asked_alone: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_short: Option<CutShort>,
}

#[derive(Serialize)]
struct AgreedDocument<'a> {
    paid: u64,
    sums: &'a [Money],
    unpaid: u64,
}

#[derive(Serialize)]
struct Row<'a> {
    kind: DiscrepancyKind,
    what: &'a str,
    to_do: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a PaymentState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_here: Option<&'a Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_there: Option<&'a Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at_ms: Option<u64>,
}

impl<'a> Document<'a> {
    fn of(found: &'a Reconciled) -> Document<'a> {
        Document {
            account: &found.account,
            provider: &found.provider,
            from_ms: in_ms(found.from),
            to_ms: in_ms(found.to),
            discrepancies: found.discrepancies.iter().map(Row::of).collect(),
            agreed: AgreedDocument {
                paid: found.agreed.paid,
                sums: &found.agreed.sums,
                unpaid: found.agreed.unpaid,
            },
            listed: found.listed,
            pages: found.pages,
            orders: found.orders,
            undecided: found.undecided,
            in_flight: found.in_flight,
            unreached: found.unreached,
            undated: found.undated,
            asked_alone: found.asked_alone,
            cut_short: found.cut_short,
        }
    }
}

impl<'a> Row<'a> {
    fn of(found: &'a Discrepancy) -> Row<'a> {
        Row {
            kind: found.kind,
            what: found.what,
            to_do: found.to_do,
            order: found.order.as_deref(),
            stage: found.stage,
            reference: found.reference.as_deref(),
            id: found.id.as_deref(),
            state: found.state.as_ref(),
            amount_here: found.amount_here.as_ref(),
            amount_there: found.amount_there.as_ref(),
            created_at_ms: found.created_at.map(in_ms),
        }
    }
}

/// The columns of the table for spreadsheets. A script reads them by their names: they stay, and new ones go behind.
const COLUMNS: [&str; 14] = [
    "kind",
    "what",
    "to_do",
    "order",
    "stage",
    "reference",
    "id",
    "state",
    "amount_here",
    "currency_here",
    "amount_there",
    "currency_there",
    "created_at",
    "created_at_ms",
];

impl ReconciledReport {
    fn csv(&self) -> String {
        let header = COLUMNS.map(|name| Cell::Own(name.to_owned()));
        let mut out = csv::line(header);
        for found in &self.0.discrepancies {
            let number = |money: Option<Money>| Cell::own(money.map(|it| it.amount()));
            let unit =
                |money: Option<Money>| Cell::own(money.map(|it| it.currency().code().to_owned()));
            let cells: [Cell<'_>; COLUMNS.len()] = [
                Cell::Own(found.kind.as_str().to_owned()),
                Cell::Own(found.what.to_owned()),
                Cell::Own(found.to_do.to_owned()),
                Cell::text(found.order.as_deref()),
                Cell::text(found.stage),
                Cell::text(found.reference.as_deref()),
                Cell::text(found.id.as_deref()),
                Cell::text(found.state.as_ref().map(PaymentState::as_str)),
                number(found.amount_here),
                unit(found.amount_here),
                number(found.amount_there),
                unit(found.amount_there),
                Cell::own(found.created_at.map(in_tehran)),
                Cell::own(found.created_at.map(|at| in_ms(at).to_string())),
            ];
            out.push_str(&csv::line(cells));
        }
        out
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let found = &self.0;
        let (from, to) = (in_tehran(found.from), in_tehran(found.to));
        let pages = match found.pages {
            1 => "1 page".to_owned(),
            more => format!("{more} pages"),
        };
        let agreed = &found.agreed;
        let mut facts = vec![
            (
                "Account",
                format!("{} at {}", found.account, found.provider),
            ),
            ("Created", format!("from {from}, before {to}")),
            ("Listed", format!("{}, of {pages}", found.listed)),
            ("Orders read", found.orders.to_string()),
            (
                "Agree",
                format!("{} paid, {} not paid", agreed.paid, agreed.unpaid),
            ),
        ];
        for sum in &agreed.sums {
            facts.push(("Paid in all", amount(sum)));
        }
        let counts = [
            (
                found.undecided,
                "Undecided",
                "open here; the provider tells whether they are paid when they are settled",
            ),
            (
                found.in_flight,
                "In flight",
                "settled while the list was read, and not compared",
            ),
            (
                found.unreached,
                "Not reached",
                "settled here; the list was not read so far back",
            ),
            (
                found.undated,
                "Undated",
                "of no order, and the provider does not say when they were created",
            ),
            (
                found.asked_alone,
                "Not listed",
                "and there all the same when the provider was asked for each",
            ),
        ];
        for (count, name, what) in counts {
            if count > 0 {
                facts.push((name, format!("{count}, {what}")));
            }
        }
        if let Some(why) = found.cut_short {
            facts.push(("Not read to its end", why.as_str().to_owned()));
        }
        facts
    }
}

impl Report for ReconciledReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let found = &self.0.discrepancies;
        if found.is_empty() {
            writeln!(out, "Nothing differs.\n")?;
            return write_facts(out, &self.facts());
        }
        let side = |word: Option<&str>, money: Option<Money>| {
            let parts = [word.map(shown), money.map(|it| it.to_string())];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            match parts.is_empty() {
                true => "–".to_owned(),
                false => parts.join(", "),
            }
        };
        let told = |text: Option<&str>| text.map_or_else(|| "–".to_owned(), shown);
        let rows = found.iter().map(|it| {
            let state = it.state.as_ref().map(PaymentState::as_str);
            vec![
                told(it.order.as_deref()),
                it.what.to_owned(),
                side(it.stage, it.amount_here),
                side(state, it.amount_there),
                told(it.reference.as_deref()),
                told(it.id.as_deref()),
                it.created_at.map_or_else(|| "–".to_owned(), in_tehran),
            ]
        });
        let columns = [
            Column::id("ORDER"),
            Column::sentence("WHAT DIFFERS"),
            Column::sentence("HERE"),
            Column::sentence("THERE"),
            Column::id("REFERENCE").spare(1),
            Column::id("ID").spare(2),
            Column::word("CREATED").spare(0),
        ];
        table(columns, rows).write(out)?;
        writeln!(out)?;
        let mut to_do: BTreeMap<(DiscrepancyKind, &str), (&str, usize)> = BTreeMap::new();
        for it in found {
            to_do.entry((it.kind, it.to_do)).or_insert((it.what, 0)).1 += 1;
        }
        for ((_, to_do), (what, count)) in to_do {
            writeln!(out, "{count} {what}:\n  {to_do}.")?;
        }
        writeln!(out)?;
        write_facts(out, &self.facts())
    }
}

/// The books and the provider do not agree, or it cannot be said that they do.
#[derive(Debug, Serialize)]
struct Differs {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(flatten)]
    found: ReconciledReport,
}

impl Differs {
    fn of(found: ReconciledReport) -> Differs {
        let (kind, message) = match (found.0.discrepancies.len(), found.0.is_whole()) {
            (0, _) => (
                "incomplete",
                "nothing differs as far as the list was read, and that was not all of it"
                    .to_owned(),
            ),
            (1, true) => (
                "differs",
                "1 thing differs between the books and what the provider lists".to_owned(),
            ),
            (more, true) => (
                "differs",
                format!("{more} things differ between the books and what the provider lists"),
            ),
            (more, false) => (
                "differs",
                format!(
                    "{more} of what was compared differ between the books and what the provider lists, and that was not all of it"
                ),
            ),
        };
        Differs {
            kind,
            effect: Effect::NotExecuted,
            message: format!("{message}: nothing was changed, neither here nor there"),
            found,
        }
    }
}

impl Report for Differs {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
