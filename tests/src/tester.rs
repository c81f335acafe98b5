//! A tester of APIs that was made elsewhere, held against a service and its document.

use std::error::Error;
use std::path::PathBuf;

use tokio::process::Command;

/// Seeds, separated by blanks, in place of the one that is usual.
const SEEDS: &str = "PAYLINK_SCHEMATHESIS_SEEDS";

/// Seconds that each seed may take, in place of a number of examples.
const SECONDS: &str = "PAYLINK_SCHEMATHESIS_SECONDS";

/// The program beside the Python that `PAYLINK_PYTHON` names.
fn program() -> Command {
    let python = std::env::var_os("PAYLINK_PYTHON").map(PathBuf::from);
    let beside = python.map(|python| python.with_file_name("schemathesis"));
    Command::new(beside.unwrap_or_else(|| "schemathesis".into()))
}

/// Whether all operations of the document were tested but so many.
fn is_whole(told: &str, left_out: usize) -> bool {
    let said = |what: &str| {
        let mut lines = told.lines();
        lines.find_map(|line| line.trim().strip_prefix(what))
    };
    let count = |text: &str| text.parse::<usize>().ok();
    let selected = said("Selected: ").and_then(|said| said.split_once('/'));
    let selected = selected.and_then(|(selected, all)| count(selected).zip(count(all)));
    let tested = said("Tested: ").and_then(count);
    selected.is_some_and(|(selected, all)| tested == Some(selected) && selected + left_out == all)
}

/// Holds what the document at `url` says against what is answered: no 5xx, no answer that it does not have, none of another form
/// than it says. `config` is the tester's own, in TOML. Every operation has to be tested but
/// those that are `left_out`, each named by its method and its path.
///
/// # Errors
///
/// What the tester tells of each seed under which it found something, or why it did not run.
pub async fn hold(
    url: &str,
    arguments: &[&str],
    config: &str,
    left_out: &[&str],
) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("schemathesis.toml");
    std::fs::write(&settings, config)?;
    let seeds = std::env::var(SEEDS).unwrap_or_else(|_| "1".to_owned());
    let seconds = std::env::var(SECONDS).ok();
    let extent = match &seconds {
        Some(seconds) => ["--max-time", seconds],
        None => ["--max-examples", "25"],
    };
    for seed in seeds.split_whitespace() {
        let output = program()
            .arg("--config-file")
            .arg(&settings)
            .args(["run", url, "--seed", seed, "--no-color"])
            .args(extent)
            .args(arguments)
            .args(left_out.iter().flat_map(|name| ["--exclude-name", name]))
            .current_dir(folder.path())
            .output()
            .await
            .map_err(|error| {
                format!("schemathesis, beside the Python of PAYLINK_PYTHON: {error}")
            })?;
        let told = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || !is_whole(&told, left_out.len()) {
            return Err(format!("seed {seed}: {told}").into());
        }
    }
    Ok(())
}
