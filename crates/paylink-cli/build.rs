//! Tells the command which commit it is built from: `PAYLINK_COMMIT_HASH` and `PAYLINK_COMMIT_DATE`, empty where nobody
//! knows, and `PAYLINK_LONG_VERSION` with both.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PAYLINK_COMMIT");
    let (hash, date) = from_environment()
        .or_else(from_package)
        .or_else(from_git)
        .unwrap_or_default();
    let short: String = hash.chars().take(7).collect();
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let long = match format!("{short} {date}").trim() {
        "" => version,
        commit => format!("{version} ({commit})"),
    };
    println!("cargo::rustc-env=PAYLINK_LONG_VERSION={long}");
    println!("cargo::rustc-env=PAYLINK_COMMIT_HASH={short}");
    println!("cargo::rustc-env=PAYLINK_COMMIT_DATE={date}");
}

/// The commit for a build without a repository, such as in a container, as `HASH` or `HASH YYYY-MM-DD`.
fn from_environment() -> Option<(String, String)> {
    let commit = env::var("PAYLINK_COMMIT").ok()?;
    let mut words = commit.split_whitespace();
    let hash = words.next()?.to_owned();
    Some((hash, words.next().unwrap_or_default().to_owned()))
}

/// What cargo writes into a package.
fn from_package() -> Option<(String, String)> {
    const FILE: &str = ".cargo_vcs_info.json";
    // A file that is watched and not there would have everything built again each time.
    if !Path::new(FILE).exists() {
        return None;
    }
    println!("cargo::rerun-if-changed={FILE}");
    let text = fs::read_to_string(FILE).ok()?;
    let (_, after) = text.split_once("\"sha1\"")?;
    let hash = after.split('"').nth(1)?.to_owned();
    Some((hash, String::new()))
}

/// What the repository says, if this file is part of one: the sources may lie unpacked within another.
fn from_git() -> Option<(String, String)> {
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let said = git(&["log", "-1", "--no-show-signature", "--format=%H %cs"])?;
    let (hash, date) = said.split_once(' ')?;
    Some((hash.to_owned(), date.to_owned()))
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
