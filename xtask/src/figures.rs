//! The figures that stand in notes: crates, build times, lines.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::step::{Outcome, Step};
use crate::{project, say};

pub(crate) fn run() -> Outcome {
    lines()?;
    weight()
}

/// Lines per Rust file, by crate.
fn lines() -> Outcome {
    let files = project::files(&["rs"])?;
    let mut counts: Vec<(usize, &str)> = files
        .iter()
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .collect();
    counts.sort_unstable();
    let at = |percent: usize| {
        counts
            .get(counts.len() * percent / 100)
            .map_or(0, |(lines, _)| *lines)
    };
    say::line(&format!(
        "Rust files: {}; lines: median {}, 90th percentile {}",
        counts.len(),
        at(50),
        at(90)
    ));
    for (lines, path) in counts.iter().rev().take(5) {
        say::line(&format!("  {lines:>5}  {path}"));
    }
    Ok(())
}

/// Crates and clean release build of each provider's client, beside reqwest alone with the same TLS.
fn weight() -> Outcome {
    let scratch = project::top().join("target/figures");
    let reqwest = scratch.join("reqwest-alone");
    fs::create_dir_all(reqwest.join("src")).map_err(|error| error.to_string())?;
    let manifest = "[package]\nname = \"reqwest-alone\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
        [dependencies]\nreqwest = { version = \"0.13\", default-features = false, features = [\"rustls-no-provider\"] }\n\
        rustls = { version = \"0.23\", default-features = false, features = [\"std\", \"tls12\", \"ring\"] }\n\
        serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n\
        tokio = { version = \"1\", features = [\"rt\", \"net\", \"time\"] }\n";
    fs::write(reqwest.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    fs::write(reqwest.join("src/lib.rs"), "").map_err(|error| error.to_string())?;
    report(
        "reqwest alone, same TLS, serde_json",
        &reqwest.join("Cargo.toml"),
        "reqwest-alone",
        &scratch,
    )?;
    for provider in project::providers()? {
        report(
            &provider,
            &project::top().join("Cargo.toml"),
            &provider,
            &scratch,
        )?;
    }
    Ok(())
}

fn report(name: &str, manifest: &Path, package: &str, scratch: &Path) -> Outcome {
    let manifest = manifest.display().to_string();
    let of = ["--manifest-path", &manifest, "--package", package];
    let tree = Step::cargo(["tree"])
        .arguments(&of)
        .arguments(&["-e", "normal", "--prefix", "none"])
        .output()?;
    let mut names: Vec<&str> = tree.lines().collect();
    names.sort_unstable();
    names.dedup();
    let target = scratch.join("build");
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|error| error.to_string())?;
    }
    let began = Instant::now();
    Step::cargo(["build", "--release", "--quiet"])
        .arguments(&of)
        .env("CARGO_TARGET_DIR", &target.display().to_string())
        .run()?;
    say::line(&format!(
        "{name}: {} lines of cargo tree, clean release build {} s",
        names.len(),
        began.elapsed().as_secs()
    ));
    Ok(())
}
