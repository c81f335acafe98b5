//! What there is to do, and who does it.

use crate::step::{Outcome, Step};
use crate::{
    bench, container, figures, fuzz, leaks, mutants, project, release, say, soak, test, tidy, tools,
};

const HELP: &str = "\
Usage: cargo xtask CHORE

  test            everything that has to pass: format, tidy, clippy, docs, doc tests, tests
  tidy            the house rules that no compiler checks
  bless           writes the generated parts of the pages again: codes, conformance, settings, outcomes of faults; and
                  what the compiler says of code that must not compile
  release-check   what has to hold before crates are published: dependencies, licences, signatures, packages, versions;
                  needs three tools
  install-tools   installs those three tools, and cargo-mutants
  mutants [SINCE | all [CRATE…]]
                  changes the code in small ways and sees whether a test notices: a sample of what changed since a revision, the
                  last one if nobody says which, or all of it, which takes hours
  crash [KILLS]   kills a selling process so often, 2000 times, on SQLite and as far as it is there on PostgreSQL, and holds
                  the sandbox's books against the merchant's; PAYLINK_SEED chooses other moments
  schedules [COUNT]
                  plays so many schedules of a whole shop on a simulated clock, a million, with whatever can befall it, and
                  measures how soon 10,000 payments are noticed; PAYLINK_SEED chooses the first one
  nodes [SECONDS] has two and four processes sell over one PostgreSQL, for 600 seconds, while they are killed and paused and
                  the database is restarted, and holds the books against each other; PAYLINK_SEED chooses other moments
  service-crash [KILLS]
                  kills the service so often on SQLite, 1000 times, and three tenths as often on PostgreSQL with two nodes,
                  while the shop that hears of its orders dies and fails as well and the database is restarted; PAYLINK_SEED
                  chooses other moments
  faults          every operation under every fault, also as a second call beside a kept connection, and how long each took; CI
                  plays second calls for one operation of each kind
  soak [--payments N] [--seed S] [--seeds K] [--postgres]
                  sells N payments, 100000, over all four providers for each of K seeds from S on, with faults of every kind on
                  both sides of execution, hints that are forged and late, processes that die and clocks that jump, and holds
                  both sides' books against each other; on the PostgreSQL that PAYLINK_POSTGRES names instead of SQLite
  soak --flaws [NAME...]
                  puts each of some flaws into a copy of the sources, and sees that soaking finds it
  demo            the main job against the embedded sandbox, as `cargo run -p paylink-cli -- demo`
  books [ORDERS]  payments settled a second on SQLite, and on PostgreSQL if PAYLINK_POSTGRES names one, in empty tables and
                  beside so many orders, 1000000; then how soon a payment is noticed though no callback comes
  service [ORDERS] orders sold a second over HTTP, 100000 of them, on SQLite, and on PostgreSQL if PAYLINK_POSTGRES names one; then beside a flood of connections and forged returns
  hints [SECONDS] floods of forged hints, for one order and for many, through the routes and to the desk, for 90 seconds each:
                  hints a second, what the provider sees of them, and how soon a paid order is settled meanwhile
  sandbox [PAYMENTS]
                  payments a minute that the sandbox takes through create, pay and settle, 40000 of them, of which it keeps a
                  thousand with each provider, and its memory on the way
  leaks --flaws   takes redaction out of a copy of the sources in several places, and has the tests find each; some minutes
  fuzz [SECONDS] [TARGET] [--sanitizer address]
                  tries mutated answers, returns, values, stored forms, configurations and requests for so many seconds a target,
                  60, and says how many there were; needs cargo-fuzz and a nightly toolchain
  static          the command without dynamic libraries, in target/static, as examples/sandbox/Dockerfile takes it; as root it is
                  tried in an empty folder
  bench           instructions and allocations of a call; needs valgrind
  figures         crates, build times and lines, as they stand in the notes
";

pub(crate) fn run(chore: &str, rest: &[String]) -> Outcome {
    match (chore, rest) {
        ("test", []) => test::run(),
        ("tidy", []) => tidy::run(),
        ("bless", []) => bless(),
        ("release-check", []) => release::check(),
        ("install-tools", []) => tools::install(),
        ("demo", _) => Step::cargo(["run", "--package", "paylink-cli", "--", "demo"])
            .arguments(rest)
            .run(),
        ("crash", []) => crash("2000"),
        ("crash", [kills]) => crash(kills),
        ("books", []) => books("1000000"),
        ("books", [orders]) => books(orders),
        ("schedules", []) => schedules("1000000"),
        ("schedules", [count]) => schedules(count),
        ("faults", []) => faults(),
        ("nodes", []) => nodes("600"),
        ("nodes", [seconds]) => nodes(seconds),
        ("service", []) => service("100000"),
        ("service", [orders]) => service(orders),
        ("service-crash", []) => service_crash("1000"),
        ("service-crash", [kills]) => service_crash(kills),
        ("hints", []) => hints("90"),
        ("hints", [seconds]) => hints(seconds),
        ("sandbox", []) => sandbox("40000"),
        ("sandbox", [payments]) => sandbox(payments),
        ("leaks", [flaws]) if flaws == "--flaws" => leaks::find_flaws(),
        ("fuzz", arguments) => fuzz::run(arguments),
        ("soak", arguments) => soak::run(arguments),
        ("mutants", []) => mutants::sample("HEAD~1"),
        ("mutants", [all, crates @ ..]) if all == "all" => mutants::all(crates),
        ("mutants", [since]) => mutants::sample(since),
        ("static", []) => container::build(),
        ("bench", []) => bench::run(),
        ("figures", []) => figures::run(),
        ("" | "help" | "--help", []) => {
            say::line(HELP);
            Ok(())
        }
        _ => Err(format!(
            "there is no chore \"{chore}\" with these arguments\n\n{HELP}"
        )),
    }
}

/// Runs the tests of crashes with that many kills on each database.
fn crash(kills: &str) -> Outcome {
    let mut filters = vec!["--", "crashes::", "--nocapture"];
    filters.extend(tools::left_out()?);
    Step::cargo(["test", "--package", "paylink-tests", "--test", "crosswise"])
        .arguments(&filters)
        .env("PAYLINK_KILLS", kills)
        .run()
}

/// How long it is measured how soon payments are noticed.
const NOTICED_FOR: &str = "300";

/// Measures the books on whichever databases there are.
fn books(orders: &str) -> Outcome {
    measured(
        "books",
        &[("throughput", &[orders]), ("noticed", &[NOTICED_FOR])],
    )
}

/// Measures the service on whichever databases there are.
fn service(orders: &str) -> Outcome {
    measured("market", &[("sell", &[orders]), ("flood", &[])])
}

/// Measures what floods of forged hints do.
fn hints(seconds: &str) -> Outcome {
    Step::cargo(["run", "--release", "--package", "paylink-tests"])
        .arguments(&["--bin", "hints", "--", seconds])
        .run()
}

/// Measures the sandbox, run by the command as people have it.
fn sandbox(payments: &str) -> Outcome {
    Step::cargo(["build", "--release", "--package", "paylink-cli"]).run()?;
    let paylink = project::top().join("target/release/paylink");
    Step::cargo(["run", "--release", "--package", "paylink-tests"])
        .arguments(&["--bin", "sandbox", "--"])
        .arguments(&[&paylink.display().to_string(), payments, "1000"])
        .run()
}

/// Has a program measure each of these on a new SQLite file, and on the PostgreSQL that is named.
fn measured(program: &str, figures: &[(&str, &[&str])]) -> Outcome {
    let folder = project::top().join("target/figures");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let postgres = std::env::var("PAYLINK_POSTGRES").ok();
    for (what, more) in figures {
        let file = folder.join(format!("{what}.db")).display().to_string();
        for place in [Some(file), postgres.clone()].into_iter().flatten() {
            Step::cargo(["run", "--release", "--package", "paylink-tests"])
                .arguments(&["--bin", program, "--", what, &place])
                .arguments(more)
                .run()?;
        }
    }
    Ok(())
}

/// Plays that many schedules, optimised but for what takes longest to build.
fn schedules(count: &str) -> Outcome {
    Step::cargo([
        "test",
        "--release",
        "--package",
        "paylink-tests",
        "--test",
        "crosswise",
    ])
    .arguments(&["--", "schedules::", "--nocapture", "--test-threads=1"])
    .env("CARGO_PROFILE_RELEASE_LTO", "off")
    .env("PAYLINK_SCHEDULES", count)
    .env("PAYLINK_FIGURES", "10000")
    .run()
}

/// Runs the tests of several nodes under fire for so many seconds.
fn nodes(seconds: &str) -> Outcome {
    Step::cargo(["test", "--package", "paylink-tests", "--test", "crosswise"])
        .arguments(&["--", "nodes::", "--nocapture"])
        .env("PAYLINK_NODES", seconds)
        .run()
}

/// Runs the tests of faults, with second calls of every operation.
fn faults() -> Outcome {
    Step::cargo(["test", "--package", "paylink-tests", "--test", "crosswise"])
        .arguments(&["--", "faults::", "--nocapture"])
        .env("PAYLINK_FAULTS", "all")
        .run()
}

/// Runs the tests in which the service is killed, so often.
fn service_crash(kills: &str) -> Outcome {
    Step::cargo(["test", "--package", "paylink-tests", "--test", "crosswise"])
        .arguments(&["--", "service::", "--nocapture"])
        .env("PAYLINK_KILLS", kills)
        .run()
}

/// Runs the tests that hold the generated parts, one at a time since several write the same page.
fn bless() -> Outcome {
    Step::cargo(["test", "--package", "paylink-tests", "--test", "crosswise"])
        .arguments(&["--", "--test-threads=1"])
        .arguments(&["pages", "conformance", "faults"])
        .env("PAYLINK_BLESS", "1")
        .run()?;
    Step::cargo(["test", "--package", "paylink-promises"])
        .env("PAYLINK_BLESS", "1")
        .run()
}
