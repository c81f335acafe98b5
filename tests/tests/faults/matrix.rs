//! The whole matrix: every operation, every fault, every way; and the page that shows it.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use paylink_core::Idempotency;
use paylink_testkit::{Answer, Behaviour, FaultServer, NamedFault, Step, Wire, catalogue, faults};
use paylink_tests::providers::Sample;
use paylink_tests::{page, table};
use tokio::task::JoinSet;

use super::PAGE;
use super::caller::Caller;
use super::cells::{Cell, OUTCOME, cells, merged, tabled};
use super::play::{
    ELSEWHERE, Patience, Played, Transports, on_kept_connections, on_new_connections,
};
use super::subjects::{CLASSES, Subject, region, subjects, words};

/// What one operation came to.
struct Report {
    subject: Arc<Subject>,
    kind: Kind,
    /// Whether it is the first of its kind, which stands for the others.
    is_first: bool,
    /// Under each fault of a server, on a new connection, and of its caller.
    cells: Vec<Cell>,
    /// Under each fault of a server, as the second call; if that was played.
    kept: Option<Vec<Cell>>,
    /// How many cells `kept` has, played or not.
    on_kept: usize,
    /// Under each answer of its provider's own: the field that is damaged, if one is, and the cell.
    told: Vec<(&'static str, Cell)>,
    /// The longest call.
    longest: Duration,
    /// What it promises and did not keep.
    broken: Vec<String>,
}

/// How a call goes out: operations of one kind come to the same as second calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    class: Idempotency,
    is_xml: bool,
    is_get: bool,
    /// Whether it comes on a connection that an earlier call left kept.
    keeps: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_comes_to_what_the_page_says() {
    let reports = reports().await;
    let broken: Vec<&str> = reports
        .iter()
        .flat_map(|it| &it.broken)
        .map(String::as_str)
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    for class in CLASSES {
        let of_class: Vec<&Report> = reports
            .iter()
            .filter(|it| it.subject.class == class)
            .collect();
        let base = base(&of_class);
        page::hold(PAGE, region(class), &tabled(&base));
    }
    page::hold(PAGE, "differing", &differing(&reports));
    page::hold(PAGE, "kept", &kept(&reports));
    page::hold(PAGE, "told", &told(&reports));
    page::hold(PAGE, "operations", &operations(&reports));
    page::hold(PAGE, "untold", &untold(&reports));
    page::hold(PAGE, "count", &count(&reports));
}

/// The read whose connection is kept before the call that a fault strikes.
fn opener(all: &[Arc<Subject>]) -> Arc<Sample> {
    let mut all = all.iter();
    let read = all.find(|it| it.provider == "zipay" && it.name == "status");
    Arc::clone(&read.unwrap().sample)
}

async fn reports() -> Vec<Report> {
    // `cargo xtask faults` sets it: otherwise one operation of each kind stands for its like.
    let all_of_them = env::var_os("PAYLINK_FAULTS").is_some();
    let subjects = subjects();
    let opener = opener(&subjects);
    let (transports, caller) = (Transports::impatient(), Caller::new());
    let mut kinds = Vec::new();
    let mut running = JoinSet::new();
    for (index, subject) in subjects.into_iter().enumerate() {
        let kind = kind(&transports, &opener, &subject).await;
        let is_first = !kinds.contains(&kind);
        if is_first {
            kinds.push(kind);
        }
        let opener = (is_first || all_of_them).then(|| Arc::clone(&opener));
        let (transports, caller) = (transports.clone(), caller.clone());
        running.spawn(async move {
            let mut report = report(&transports, subject, kind, opener).await;
            report.is_first = is_first;
            report.cells.extend(caller.cells(&report.subject).await);
            (index, report)
        });
    }
    let mut reports = running.join_all().await;
    reports.sort_by_key(|(index, _)| *index);
    reports.into_iter().map(|(_, report)| report).collect()
}

async fn report(
    transports: &Transports,
    subject: Arc<Subject>,
    kind: Kind,
    opener: Option<Arc<Sample>>,
) -> Report {
    let (title, class) = (subject.title(), subject.class);
    let sample = &subject.sample;
    let catalogue = catalogue(&sample.answer(), ELSEWHERE);
    let for_kept = catalogue.iter().filter(|it| it.is_for_kept());
    let on_kept = for_kept.map(|it| it.wires().len()).sum();

    let mut broken = Vec::new();
    let alone = on_new_connections(transports, catalogue.clone(), sample.call).await;
    finds_again(&alone, &subject);
    let mut of_all = cells(&title, &alone, class, &mut broken);
    name_format(&mut of_all, sample);
    let words = on_new_connections(transports, subject.told(), sample.call).await;
    finds_again(&words, &subject);
    let fields = sample.told.iter().flat_map(|it| [it.field; 2]);
    let told = fields
        .zip(cells(&title, &words, class, &mut broken))
        .collect();
    let mut longest = alone
        .iter()
        .chain(&words)
        .map(|it| it.elapsed)
        .max()
        .unwrap();
    let kept = match opener {
        None => None,
        Some(opener) => {
            let played = on_kept_connections(transports, catalogue, &opener, sample).await;
            finds_again(&played, &subject);
            let on_kept_ones = played.iter().filter(|it| it.on_kept > 0).count();
            if (on_kept_ones > 0) != kind.keeps {
                broken.push(format!(
                    "{title}: {on_kept_ones} calls on the kept connection"
                ));
            }
            longest = longest.max(played.iter().map(|it| it.elapsed).max().unwrap());
            let mut cells = cells(&title, &played, class, &mut broken);
            name_format(&mut cells, sample);
            Some(cells)
        }
    };
    if kind.keeps && sample.told.iter().all(|it| it.row != 25) {
        let problem = "its answer names nothing that was asked for, and comes on a kept connection";
        broken.push(format!("{title}: {problem}"));
    }
    if let Some(kept) = &kept {
        assert_eq!(kept.len(), on_kept, "{title}");
        if !kind.keeps {
            let differing = differences(kept, &of_all).into_iter();
            broken.extend(differing.map(|it| format!("{title}, as a second call: {it:?}")));
        }
    }
    println!("{title}: the longest call took {} ms", longest.as_millis());
    Report {
        subject,
        kind,
        is_first: false,
        cells: of_all,
        kept,
        on_kept,
        told,
        longest,
        broken,
    }
}

/// Says of a fault which format it damages, where it is played for one alone.
fn name_format(cells: &mut [Cell], sample: &Sample) {
    let (format, other) = match sample.protocol.is_xml() {
        true => ("XML", Answer::json("{}")),
        false => (
            "JSON",
            Answer::json("<a/>").header("content-type", "text/xml"),
        ),
    };
    let others = catalogue(&other, ELSEWHERE);
    for cell in cells {
        if others.iter().all(|it| it.name() != cell.fault) {
            cell.fault = format!("{} ({format})", cell.fault);
        }
    }
}

/// Every handle that an error leaves with finds its operation again.
fn finds_again(played: &[Played], subject: &Subject) {
    for handle in played.iter().filter_map(|one| one.error.as_ref()?.handle()) {
        let finds = (subject.sample.finds)(handle);
        assert!(finds, "{}: {handle:?} finds nothing", subject.title());
    }
}

/// How a call goes out behind another one, where nothing goes wrong.
async fn kind(transports: &Transports, opener: &Sample, subject: &Subject) -> Kind {
    let good = subject.sample.answer();
    let kept = Behaviour::new([
        Step::ReadRequest,
        Step::Write(opener.answer().to_bytes()),
        Step::ReadRequest,
        Step::Write(good.to_bytes()),
        Step::Stall,
    ]);
    let script = kept.then(faults::answer(&good));
    let server = FaultServer::start(Wire::Plain, script).await.unwrap();
    let transport = transports.with(Patience::Busy);
    (opener.call)(transport.clone(), server.url())
        .await
        .unwrap();
    (subject.sample.call)(transport, server.url())
        .await
        .unwrap();
    let tally = server.shutdown().await;
    let [_, second] = tally.received() else {
        panic!("{}: {tally:?}", subject.title());
    };
    Kind {
        class: subject.class,
        is_xml: subject.sample.protocol.is_xml(),
        is_get: second.head().starts_with("GET "),
        keeps: second.connection() == 1,
    }
}

/// The cells that differ from those of the same fault in `others`.
fn differences<'a>(cells: &'a [Cell], others: &[Cell]) -> Vec<&'a Cell> {
    let differs = |cell: &&Cell| !others.contains(cell);
    cells.iter().filter(differs).collect()
}

/// For each fault what most of these operations come to; where as many come to something else, what the first do.
fn base(reports: &[&Report]) -> Vec<Cell> {
    let mut base: Vec<(Cell, usize)> = Vec::new();
    let same_fault = |one: &Cell, other: &Cell| {
        (one.row, &one.fault, one.over) == (other.row, &other.fault, other.over)
    };
    for cell in reports.iter().flat_map(|it| &it.cells) {
        let alike = reports.iter().filter(|it| it.cells.contains(cell)).count();
        match base.iter_mut().find(|(other, _)| same_fault(other, cell)) {
            None => base.push((cell.clone(), alike)),
            Some(other) if alike > other.1 => *other = (cell.clone(), alike),
            Some(_) => {}
        }
    }
    base.sort_by_key(|(cell, _)| cell.row);
    base.into_iter().map(|(cell, _)| cell).collect()
}

/// A row for each thing that several operations come to alike: which, and what.
#[derive(Default)]
struct Shared(Vec<(Vec<String>, Vec<String>)>);

impl Shared {
    fn add(&mut self, operation: String, cell: Vec<String>) {
        match self.0.iter_mut().find(|(_, other)| *other == cell) {
            Some((operations, _)) => operations.push(operation),
            None => self.0.push((vec![operation], cell)),
        }
    }

    fn rows(self, name: impl Fn(&[String]) -> String) -> Vec<Vec<String>> {
        let rows = self.0.into_iter();
        let row = |(operations, cell): (Vec<String>, Vec<String>)| {
            let operations = std::iter::once(name(&operations));
            operations.chain(cell).collect()
        };
        rows.map(row).collect()
    }
}

fn row(cell: Cell) -> Vec<String> {
    let what = [cell.row.to_string(), cell.fault, cell.over.to_owned()];
    what.into_iter().chain(cell.outcome).collect()
}

fn in_provider(report: &Report) -> String {
    format!(
        "{} {}",
        report.subject.provider,
        report.subject.within_provider()
    )
}

fn listed(operations: &[String]) -> String {
    operations.join(", ")
}

/// Where single operations come to something else than the table of their class says.
fn differing(reports: &[Report]) -> String {
    let mut shared = Shared::default();
    for report in reports {
        for cell in off_base(report, reports) {
            shared.add(in_provider(report), row(cell));
        }
    }
    let heading = [&["operations", "row", "fault", "over"][..], &OUTCOME].concat();
    table::markdown(&heading, &shared.rows(listed))
}

fn off_base(report: &Report, reports: &[Report]) -> Vec<Cell> {
    let of_class: Vec<&Report> = {
        let class = report.subject.class;
        reports
            .iter()
            .filter(|it| it.subject.class == class)
            .collect()
    };
    let base = base(&of_class);
    let differing = differences(&report.cells, &base).into_iter().cloned();
    merged(differing.collect())
}

/// What comes to something else on a kept connection than on a new one, for the operations that stand for their like.
fn kept(reports: &[Report]) -> String {
    let mut kinds: Vec<(Kind, Vec<Cell>)> = Vec::new();
    let mut shared = Shared::default();
    for report in reports {
        let Some(kept) = &report.kept else { continue };
        let differing = differences(kept, &report.cells).into_iter().cloned();
        let differing = merged(differing.collect());
        match kinds.iter().find(|(kind, _)| *kind == report.kind) {
            Some((_, first)) => {
                let what = report.subject.title();
                assert_eq!(first, &differing, "{what} differs from its like");
            }
            None => {
                for cell in &differing {
                    shared.add(in_provider(report), row(cell.clone()));
                }
                kinds.push((report.kind, differing));
            }
        }
    }
    let heading = [&["operation", "row", "fault", "over"][..], &OUTCOME].concat();
    table::markdown(&heading, &shared.rows(listed))
}

/// What comes of what each provider says in its own envelope.
fn told(reports: &[Report]) -> String {
    let mut rows = Vec::new();
    for provider in paylink::providers() {
        let of_provider = reports
            .iter()
            .filter(|it| it.subject.provider == provider.name());
        let of_provider: Vec<&Report> = of_provider.collect();
        let mut shared = Shared::default();
        for report in &of_provider {
            let mut joined: Vec<(Vec<&str>, Cell)> = Vec::new();
            for (field, cell) in &report.told {
                let twin = joined.iter_mut().find(|(_, other)| {
                    (other.row, &other.fault, &other.outcome)
                        == (cell.row, &cell.fault, &cell.outcome)
                });
                match twin {
                    Some((fields, _)) if fields.contains(field) => {}
                    Some((fields, _)) => fields.push(field),
                    None => joined.push((vec![field], cell.clone())),
                }
            }
            for (fields, mut cell) in joined {
                if fields != [""] {
                    cell.fault = format!("{}: {}", cell.fault, fields.join(", "));
                }
                let mut cell = row(cell);
                cell.remove(2);
                shared.add(report.subject.within_provider(), cell);
            }
        }
        let mut of_this = shared.rows(|names| named(names, &of_provider));
        of_this.sort_by_key(|cells| cells[1].parse::<u8>().unwrap());
        rows.extend(of_this.into_iter().map(|cells| {
            let provider = std::iter::once(provider.title().to_owned());
            provider.chain(cells).collect()
        }));
    }
    let heading = [
        &["provider", "operations", "row", "what it says"][..],
        &OUTCOME,
    ];
    table::markdown(&heading.concat(), &rows)
}

/// All operations of a provider, or all that read or change something, by one word.
fn named(names: &[String], reports: &[&Report]) -> String {
    let those = |wanted: &dyn Fn(Idempotency) -> bool| -> Vec<String> {
        let wanted = reports.iter().filter(|it| wanted(it.subject.class));
        wanted.map(|it| it.subject.within_provider()).collect()
    };
    let is_read = |class| class == Idempotency::ReadOnly;
    let once = |class| class == Idempotency::NonIdempotent;
    if names == those(&|_| true) {
        "all".to_owned()
    } else if names == those(&is_read) {
        "all that read".to_owned()
    } else if names == those(&once) {
        "all that must happen once".to_owned()
    } else if names == those(&|class| !is_read(class)) {
        "all that change something".to_owned()
    } else {
        names.join(", ")
    }
}

/// Every operation with its ways, and how much of the matrix is its own.
fn operations(reports: &[Report]) -> String {
    let rows = reports.iter().map(|report| {
        let subject = &report.subject;
        let star = if report.is_first { " *" } else { "" };
        vec![
            subject.provider.to_owned(),
            subject.name.clone(),
            subject.sample.protocol.as_str().to_owned(),
            words(subject.class).to_owned(),
            if report.kind.keeps { "kept" } else { "new" }.to_owned(),
            report.cells.len().to_string(),
            report.told.len().to_string(),
            format!("{}{star}", report.on_kept),
            off_base(report, reports).len().to_string(),
        ]
    });
    let heading = [
        "provider",
        "operation",
        "protocol",
        "may happen",
        "connection",
        "cells",
        "own words",
        "second calls",
        "differing rows",
    ];
    table::markdown(&heading, &rows.collect::<Vec<_>>())
}

/// The rows that have nothing to strike at an operation.
fn untold(reports: &[Report]) -> String {
    let mut text = String::new();
    let reasons = [
        (25, "whose answer names nothing that was asked for"),
        (28, "that its provider cannot refuse in its own envelope"),
        (34, "of which no failure of the provider's own is known"),
        (35, "of which no provider says that it was done before"),
        (41, "whose refusal has nothing to contradict"),
        (43, "of which nothing decides"),
    ];
    for (number, reason) in reasons {
        let lacks = |report: &&Report| report.told.iter().all(|(_, cell)| cell.row != number);
        let lacking: Vec<String> = reports.iter().filter(lacks).map(in_provider).collect();
        if !lacking.is_empty() {
            text.push_str(&format!(
                "* Row {number}, {reason}: {}.\n",
                lacking.join(", ")
            ));
        }
    }
    text
}

/// How many calls that is.
fn count(reports: &[Report]) -> String {
    let of = |cells: fn(&Report) -> usize| reports.iter().map(cells).sum::<usize>();
    let (alone, told, second) = (
        of(|it| it.cells.len()),
        of(|it| it.told.len()),
        of(|it| it.on_kept),
    );
    let in_ci = reports.iter().filter(|it| it.kept.is_some());
    let in_ci = in_ci.map(|it| it.on_kept).sum::<usize>();
    let faults = of_catalogue(reports);
    let longest = reports.iter().map(|it| it.longest).max().unwrap();
    println!(
        "{} operations × {faults} faults and their callers' own, plain and TLS: {alone} calls; {told} with the provider's own \
         words; {in_ci} of {second} second calls: {} calls, the longest of {} ms",
        reports.len(),
        alone + told + in_ci,
        longest.as_millis()
    );
    format!(
        "{} operations, counted once for each protocol, under {faults} faults of a server and what their callers do, plain and \
         over TLS: {alone} calls. With {told} calls under the providers' own words and {second} second calls on a transport with a \
         kept connection, that is {} calls.",
        reports.len(),
        alone + told + second
    )
}

fn of_catalogue(reports: &[Report]) -> usize {
    let names = |answer: Answer| -> Vec<&'static str> {
        let faults = catalogue(&answer, ELSEWHERE);
        faults.iter().map(NamedFault::name).collect()
    };
    let mut all: Vec<&str> = reports
        .iter()
        .flat_map(|it| names(it.subject.sample.answer()))
        .collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}
