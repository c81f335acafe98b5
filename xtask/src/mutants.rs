//! Changes the code in small ways, one at a time, and sees whether a test notices: cargo-mutants, over what changed or over all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::step::{Outcome, Step};
use crate::{project, say, tools};

/// Where each mutant stands that no test is expected to notice, with the reason.
const SURVIVORS: &str = "docs/survivors.md";

/// How many mutants a sample has at most.
const SAMPLE: usize = 8;

/// Tries a sample of the mutants of what changed since a revision, or of everything if that changed nothing.
pub(crate) fn sample(since: &str) -> Outcome {
    tools::mutants()?;
    let place = project::top().join("target/mutants");
    fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let diff = place.join("changes.diff").display().to_string();
    let changes = Step::program("git", &["diff", "--no-ext-diff", since, "--", "crates"]).output();
    // A checkout without that revision is judged by a sample of everything.
    let changes = changes.unwrap_or_default();
    fs::write(&diff, &changes).map_err(|error| error.to_string())?;
    let of_changes = ["--in-diff", diff.as_str()];
    let mut chosen: &[&str] = if changes.is_empty() { &[] } else { &of_changes };
    let mut there = listed(chosen)?;
    if there == 0 {
        chosen = &[];
        there = listed(chosen)?;
    }
    let shards = there.div_ceil(SAMPLE).max(1);
    // Another sample for other changes, and the same one for the same.
    let seed = changes.bytes().fold(there, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let shard = format!("{}/{shards}", seed % shards);
    say::line(&format!(
        "\n    {there} mutants of {}, of which shard {shard} is tried",
        if chosen.is_empty() {
            "everything"
        } else {
            "what changed"
        }
    ));
    let mut arguments = chosen.to_vec();
    arguments.extend(["--sharding", "round-robin", "--shard", &shard]);
    try_them(&arguments)
}

/// Tries every mutant of these crates, or of all that are tried at all: hours.
pub(crate) fn all(packages: &[String]) -> Outcome {
    tools::mutants()?;
    let arguments: Vec<&str> = packages
        .iter()
        .flat_map(|package| ["--package", package.as_str()])
        .collect();
    try_them(&arguments)
}

/// How many mutants these arguments choose.
fn listed(chosen: &[&str]) -> Result<usize, String> {
    let list = Step::cargo(["mutants", "--list"])
        .arguments(chosen)
        .output()?;
    Ok(list.lines().count())
}

/// Tries the mutants that these arguments choose. Those that survive have to stand in the list, with their reason.
fn try_them(chosen: &[&str]) -> Outcome {
    let place = project::top().join("target/mutants");
    let output = place.display().to_string();
    let mut step = Step::cargo(["mutants", "--no-shuffle", "--output", &output]);
    if std::env::var_os("CI").is_some() {
        // Nobody works in this checkout, and what is built there is used.
        step = step.arguments(&["--in-place"]);
    }
    let outcome = step.arguments(chosen).run();
    let told = place.join("mutants.out");
    let (missed, caught) = (names(&told, "missed.txt")?, names(&told, "caught.txt")?);
    let timed_out = names(&told, "timeout.txt")?;
    if missed.is_empty() && caught.is_empty() && timed_out.is_empty() {
        return outcome;
    }
    let known = survivors()?;
    let new: Vec<&String> = missed
        .iter()
        .filter(|it| !known.contains(&placeless(it)))
        .collect();
    say::line(&format!(
        "\n    {} caught, {} out of time, {} missed, of which {SURVIVORS} lists {}",
        caught.len(),
        timed_out.len(),
        missed.len(),
        missed.len() - new.len()
    ));
    if new.is_empty() {
        return Ok(());
    }
    for missed in &new {
        say::line(&format!("    no test notices: {missed}"));
    }
    Err(format!(
        "no test notices {} of the changes: write one that does, or list the change in {SURVIVORS} with the reason",
        new.len()
    ))
}

fn names(told: &Path, file: &str) -> Result<Vec<String>, String> {
    let path = told.join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// A mutant's file and what it changes, without the line and the column, which other changes move.
fn placeless(mutant: &str) -> String {
    let (place, what) = mutant.split_once(": ").unwrap_or((mutant, ""));
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {what}")
}

/// What the list says, each as `file: what`.
fn survivors() -> Result<BTreeSet<String>, String> {
    let path = project::top().join(SURVIVORS);
    let text = fs::read_to_string(path).map_err(|error| format!("{SURVIVORS}: {error}"))?;
    let lines = text.lines().map(str::trim_start);
    let listed = lines.filter_map(|line| line.strip_prefix("- `"));
    Ok(listed
        .filter_map(|line| line.split_once('`'))
        .map(|(mutant, _)| mutant.to_owned())
        .collect())
}
