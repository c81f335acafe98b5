//! Everything that has to pass before a change lands.

use crate::step::{Outcome, Step};
use crate::{project, tidy, tools};

pub(crate) fn run() -> Outcome {
    // Looked for first: nobody should wait for the whole build to hear of it.
    let mut filters = vec!["--"];
    filters.extend(tools::left_out()?);
    Step::cargo(["fmt", "--all", "--check"]).run()?;
    tidy::run()?;
    lint()?;
    Step::cargo(["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    Step::cargo(["test", "--workspace", "--doc"]).run()?;
    Step::cargo([
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--examples",
        "--tests",
        "--no-fail-fast",
    ])
    .arguments(&filters)
    .run_last()
}

/// Clippy over everything at once, and over each provider alone, so that no crate leans on another's features.
fn lint() -> Outcome {
    let deny = ["--", "--deny", "warnings"];
    Step::cargo(["clippy", "--workspace", "--all-targets", "--all-features"])
        .arguments(&deny)
        .run()?;
    for provider in project::providers()? {
        Step::cargo(["clippy", "--package", &provider])
            .arguments(&deny)
            .run()?;
        Step::cargo(["clippy", "--package", &provider, "--no-default-features"])
            .arguments(&deny)
            .run()?;
        let feature = provider.trim_end_matches("-client");
        let umbrella = [
            "clippy",
            "--package",
            "paylink",
            "--no-default-features",
            "--features",
            feature,
        ];
        Step::cargo(umbrella).arguments(&deny).run()?;
    }
    Ok(())
}
