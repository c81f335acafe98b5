//! Everything that has to pass before a change lands.

use crate::step::{Outcome, Step};
use crate::{lint, tidy, tools};

pub(crate) fn run() -> Outcome {
    // Looked for first: nobody should wait for the whole build to hear of it.
    let mut filters = vec!["--"];
    filters.extend(tools::left_out()?);
    Step::cargo(["fmt", "--all", "--check"]).run()?;
    tidy::run()?;
    lint::run()?;
    Step::cargo(["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    Step::cargo(["test", "--workspace", "--doc"]).run()?;
    // What it says of what it was built without.
    Step::cargo(["test", "--package", "paylink-cli", "--no-default-features"])
        .arguments(&["--test", "command", "left_out::"])
        .run()?;
    Step::cargo([
        "test",
        "--workspace",
        // What the command does not have by default.
        "--features",
        "paylink-cli/books-postgres",
        "--lib",
        "--bins",
        "--examples",
        "--tests",
        "--no-fail-fast",
    ])
    .arguments(&filters)
    .run_last()
}
