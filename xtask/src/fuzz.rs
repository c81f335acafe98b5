//! Fuzzing: each target of `fuzz` for some time, on a nightly toolchain.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::step::Outcome;
use crate::{project, say, tools};

/// How many seconds one input may take on a loaded machine before it counts as one that never ends.
const PATIENCE: u32 = 20;

/// How the variables begin in which cargo tells a program of its package.
const OF_A_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// What is fuzzed, and how.
struct Fuzzing<'a> {
    seconds: &'a str,
    /// One target, or all of them.
    only: Option<&'a str>,
    sanitizer: &'a str,
}

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let fuzzing = Fuzzing::read(arguments)?;
    tools::fuzzer()?;
    let targets = targets()?;
    if let Some(only) = fuzzing.only
        && !targets.iter().any(|target| target == only)
    {
        return Err(format!(
            "there is no target \"{only}\": choose one of {}",
            targets.join(", ")
        ));
    }
    let mut told = Vec::new();
    let mut total = 0;
    for target in &targets {
        if fuzzing.only.is_some_and(|only| only != target) {
            continue;
        }
        let inputs = fuzzing.fuzz(target)?;
        total += inputs;
        told.push(format!("{target}: {inputs} inputs"));
    }
    for line in told {
        say::line(&format!("    {line}"));
    }
    say::line(&format!("    {total} inputs together, and no finding"));
    Ok(())
}

/// The names of the targets, in their order.
fn targets() -> Result<Vec<String>, String> {
    let folder = project::top().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        names.extend(name.map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

impl<'a> Fuzzing<'a> {
    fn read(arguments: &'a [String]) -> Result<Fuzzing<'a>, String> {
        let mut fuzzing = Fuzzing {
            seconds: "60",
            only: None,
            sanitizer: "none",
        };
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            match argument {
                "--sanitizer" => {
                    let given = rest.next();
                    fuzzing.sanitizer = given.ok_or("--sanitizer needs a name, such as address")?;
                }
                seconds if seconds.bytes().all(|it| it.is_ascii_digit()) => {
                    fuzzing.seconds = seconds;
                }
                target if !target.starts_with('-') && fuzzing.only.is_none() => {
                    fuzzing.only = Some(target);
                }
                other => {
                    return Err(format!(
                        "\"{other}\" is not understood: cargo xtask fuzz [SECONDS] [TARGET] [--sanitizer address]"
                    ));
                }
            }
        }
        Ok(fuzzing)
    }

    /// Fuzzes one target, and returns how many inputs it was given.
    fn fuzz(&self, target: &str) -> Result<u64, String> {
        let fuzz = project::top().join("fuzz");
        let corpus = fuzz.join("corpus").join(target);
        fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        say::line(&format!("\n==> fuzz {target} for {} s", self.seconds));
        let mut command = Command::new("rustup");
        for (name, _) in std::env::vars_os() {
            // What cargo says of this very program would have dependencies built anew that look at it.
            let told = name.to_str().unwrap_or_default();
            if OF_A_PACKAGE.iter().any(|begin| told.starts_with(begin)) {
                command.env_remove(name);
            }
        }
        let mut fuzzer = command
            .args([
                "run",
                "nightly",
                "cargo",
                "fuzz",
                "run",
                "--sanitizer",
                self.sanitizer,
            ])
            .arg("--target-dir")
            .arg(fuzz.join("target"))
            .args([target, "--"])
            .args([
                format!("-max_total_time={}", self.seconds),
                format!("-timeout={PATIENCE}"),
                "-print_final_stats=1".to_owned(),
            ])
            .current_dir(&fuzz)
            .env("PAYLINK_FUZZ_SEEDS", &corpus)
            // The targets are the nightly toolchain's, whichever cargo runs this.
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO_TARGET_DIR")
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("rustup could not be started: {error}"))?;
        let mut inputs = None;
        if let Some(heard) = fuzzer.stderr.take() {
            // What it says need not be text: findings are shown as they are.
            for line in BufReader::new(heard).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                if let Some(count) = executed(&line) {
                    inputs = Some(count);
                }
                if is_worth_showing(&line) {
                    say::line(&line);
                }
            }
        }
        let status = fuzzer.wait().map_err(|error| error.to_string())?;
        match (status.success(), inputs) {
            (true, Some(inputs)) => Ok(inputs),
            (true, None) => Err(format!(
                "the fuzzer did not say how many inputs {target} was given"
            )),
            (false, _) => Err(format!(
                "{target} has a finding, or was not built; findings lie in fuzz/artifacts/{target}"
            )),
        }
    }
}

/// How many inputs libFuzzer says that it has tried.
fn executed(line: &str) -> Option<u64> {
    let count = line.strip_prefix("stat::number_of_executed_units:")?;
    count.trim().parse().ok()
}

/// Leaves out that there is something new, which libFuzzer says thousands of times.
fn is_worth_showing(line: &str) -> bool {
    let is_progress = line.starts_with('#') && !line.contains("DONE");
    !is_progress && !line.starts_with("\tNEW_FUNC") && !line.starts_with("INFO:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_understood_in_any_order() {
        let read = |given: &[&str]| {
            let given: Vec<String> = given.iter().map(|it| (*it).to_owned()).collect();
            Fuzzing::read(&given).map(|it| {
                (
                    it.seconds.to_owned(),
                    it.only.map(str::to_owned),
                    it.sanitizer.to_owned(),
                )
            })
        };
        let whole = |seconds: &str, only: Option<&str>, sanitizer: &str| {
            Ok((
                seconds.to_owned(),
                only.map(str::to_owned),
                sanitizer.to_owned(),
            ))
        };
        assert_eq!(read(&[]), whole("60", None, "none"));
        assert_eq!(read(&["5", "soap"]), whole("5", Some("soap"), "none"));
        assert_eq!(
            read(&["soap", "--sanitizer", "address"]),
            whole("60", Some("soap"), "address")
        );
        for wrong in [&["soap", "values"][..], &["--fast"], &["--sanitizer"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_count_is_read_off_the_last_words() {
        assert_eq!(executed("stat::number_of_executed_units: 1234"), Some(1234));
        assert_eq!(executed("stat::average_exec_per_sec: 12"), None);
        assert!(is_worth_showing("panicked at") && !is_worth_showing("#12 NEW cov: 1"));
    }
}
