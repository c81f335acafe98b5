//! Whether the search for leaks finds them: redaction is taken out of a copy of the sources in several places at once, and
//! the tests have to tell of each.

use std::path::Path;
use std::{fs, io};

use crate::project;
use crate::say;
use crate::step::{Outcome, Step};

/// A place in which redaction is taken out.
struct Flaw {
    what: &'static str,
    file: &'static str,
    find: &'static str,
    put: &'static str,
    /// What the tests print of it.
    told: &'static str,
}

const FLAWS: [Flaw; 8] = [
    Flaw {
        what: "the body of a request is in the log",
        file: "crates/paylink-core/src/transport.rs",
        find: r#"tracing::debug!(provider, operation = O::NAME, attempts, "answered");"#,
        put: r#"tracing::debug!(provider, operation = O::NAME, attempts, sent = ?request.body(), "answered");"#,
        told: "\n- event of paylink_core::transport: secret",
    },
    Flaw {
        what: "an error quotes the answer",
        file: "crates/paylink-core/src/transport/verdict.rs",
        find: r#"format!("the answer says success under HTTP {status}, where only 200 does").into(),"#,
        put: r#"format!("HTTP {status} says {}", String::from_utf8_lossy(&fetched.body)).into(),"#,
        told: "HTTP 201 says ",
    },
    Flaw {
        what: "Debug of a payment shows the payer",
        file: "crates/paylink-core/src/provider/payment.rs",
        find: r#"            .field("price", &self.price)
            .finish_non_exhaustive()"#,
        put: r#"            .field("payer_name", &self.payer_name)
            .finish_non_exhaustive()"#,
        told: "\n- payment: secret",
    },
    Flaw {
        what: "Debug of a token shows it",
        file: "crates/pod-invoice-client/src/token.rs",
        find: r#"f.write_str("OneTimeToken(…)")"#,
        put: "f.write_str(self.0.expose_secret())",
        told: "canary-one-time-token-c2aa08",
    },
    Flaw {
        what: "the books keep the payer's card when the goods are out",
        file: "crates/paylink-books/src/store.rs",
        find: "private = NULL, ",
        put: "",
        told: "shop.db",
    },
    Flaw {
        what: "the sandbox's journal shows every header",
        file: "crates/paylink-sandbox/src/journal/message.rs",
        find: "Ok(value) if is_shown(name) => secrets.redacted(value),",
        put: "Ok(value) => value.to_owned(),",
        told: "\n- request: secret",
    },
    Flaw {
        what: "the archive of requests shows every header",
        file: "crates/paylink-sandbox/src/journal/export.rs",
        find: "let value = if known { marked.as_str() } else { REDACTED };",
        put: "let value = value.to_str().unwrap_or_default();",
        told: "\n- curl: secret",
    },
    Flaw {
        what: "the command shows secrets of its configuration",
        file: "crates/paylink/src/config/in_force.rs",
        find: "Some(Content::Here(text)) if !self.setting.is_secret() =>",
        put: "Some(Content::Here(text)) =>",
        told: "a secret is told",
    },
];

/// The tests that have to fail.
const TESTS: [(&str, &[&str]); 2] = [
    (
        "paylink-tests",
        &["--test", "crosswise", "--", "leaks::", "--skip", "postgres"],
    ),
    (
        "paylink-cli",
        &["--test", "command", "--", "configuration::"],
    ),
];

/// Runs the tests of leaks with all flaws in the sources.
pub(crate) fn find_flaws() -> Outcome {
    let folder = project::top().join("target/flaws/leaks");
    let tree = folder.join("tree");
    copy(&tree).map_err(|error| format!("the sources cannot be copied: {error}"))?;
    for flaw in &FLAWS {
        let path = tree.join(flaw.file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", flaw.file))?;
        if text.matches(flaw.find).count() != 1 {
            return Err(format!(
                "{} does not have this once: {}: bring the flaw \"{}\" up to date",
                flaw.file, flaw.find, flaw.what
            ));
        }
        fs::write(&path, text.replace(flaw.find, flaw.put)).map_err(|error| error.to_string())?;
    }
    let build = folder.join("build").display().to_string();
    let manifest = tree.join("Cargo.toml").display().to_string();
    let mut told = String::new();
    for (package, tests) in TESTS {
        let step = Step::cargo(["test", "--no-fail-fast", "--manifest-path", &manifest])
            .arguments(&["--package", package])
            .arguments(tests)
            .env("CARGO_TARGET_DIR", &build);
        told.push_str(&step.printed()?);
    }
    let mut hidden = Vec::new();
    for flaw in &FLAWS {
        let is_found = told.contains(flaw.told);
        let verdict = if is_found { "found" } else { "NOT FOUND" };
        say::line(&format!("    {verdict:9}  {}", flaw.what));
        hidden.extend((!is_found).then_some(flaw.what));
    }
    if hidden.is_empty() {
        return Ok(());
    }
    fs::write(folder.join("told"), told).map_err(|error| error.to_string())?;
    Err(format!(
        "{} of {} flaws were not found; what the tests printed is in {}",
        hidden.len(),
        FLAWS.len(),
        folder.join("told").display()
    ))
}

/// Copies the files that are tracked; what is the same already stays, so that it is not built again.
fn copy(tree: &Path) -> io::Result<()> {
    let tracked = Step::program("git", &["ls-files"])
        .output()
        .map_err(io::Error::other)?;
    for file in tracked.lines() {
        let (from, to) = (project::top().join(file), tree.join(file));
        let Ok(text) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|there| there == text) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(to, text)?;
    }
    Ok(())
}
