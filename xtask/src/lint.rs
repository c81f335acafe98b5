//! Clippy over everything at once, and over every feature alone, so that none leans on what another brings.

use crate::project::{self, Published};
use crate::step::{Outcome, Step};

const DENY: [&str; 3] = ["--", "--deny", "warnings"];

pub(crate) fn run() -> Outcome {
    Step::cargo(["clippy", "--workspace", "--all-targets", "--all-features"])
        .arguments(&DENY)
        .run()?;
    let published = project::published()?;
    for library in published.iter().filter(|it| !it.features.is_empty()) {
        if library.builds_bare {
            alone(library, &["--no-default-features"])?;
        }
        for feature in &library.features {
            alone(library, &["--no-default-features", "--features", feature])?;
        }
    }
    Ok(())
}

fn alone(library: &Published, features: &[&str]) -> Outcome {
    Step::cargo(["clippy", "--package", &library.name])
        .arguments(features)
        .arguments(&DENY)
        .run()
}
