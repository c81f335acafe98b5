//! Payments over all four providers, with faults of every kind.

use crate::step::{Outcome, Step};
use crate::{flaws, project};

/// Where the soak's own program is built: without what takes longest to build and gains little.
pub(crate) fn build() -> Step {
    Step::cargo([
        "build",
        "--release",
        "--package",
        "paylink-tests",
        "--bin",
        "soak",
    ])
    .env("CARGO_PROFILE_RELEASE_LTO", "off")
}

/// Soaks the desk and its books, or sees whether soaking finds flaws.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some((first, names)) = arguments.split_first()
        && first == "--flaws"
    {
        return flaws::find(names);
    }
    build().run()?;
    let program = project::top().join("target/release/soak");
    Step::built(&program).arguments(arguments).run_last()
}
