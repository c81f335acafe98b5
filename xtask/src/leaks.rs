//! Whether the search for leaks finds them: redaction is taken out of a copy of the sources in several places at once, and
//! the tests have to tell of each.

use std::fs;

use crate::say;
use crate::scratch::{Edit, Tree};
use crate::step::{Outcome, Step};

/// A place in which redaction is taken out.
struct Flaw {
    what: &'static str,
    edit: Edit,
    /// What the tests print of it.
    told: &'static str,
}

const FLAWS: [Flaw; 8] = [
    Flaw {
        what: "the body of a request is in the log",
        edit: Edit {
            file: "crates/paylink-core/src/transport.rs",
            find: r#"tracing::debug!(provider, operation = O::NAME, attempts, "answered");"#,
            put: r#"tracing::debug!(provider, operation = O::NAME, attempts, sent = ?request.body(), "answered");"#,
        },
        told: "\n- event of paylink_core::transport: secret",
    },
    Flaw {
        what: "an error quotes the answer",
        edit: Edit {
            file: "crates/paylink-core/src/transport/verdict.rs",
            find: r#"format!("the answer says success under HTTP {status}, where only 200 does").into(),"#,
            put: r#"format!("HTTP {status} says {}", String::from_utf8_lossy(&fetched.body)).into(),"#,
        },
        told: "\n- 201 in place of 200: secret",
    },
    Flaw {
        what: "Debug of a payment shows the payer",
        edit: Edit {
            file: "crates/paylink-core/src/provider/payment.rs",
            find: r#"            .field("price", &self.price)
            .finish_non_exhaustive()"#,
            put: r#"            .field("payer_name", &self.payer_name)
            .finish_non_exhaustive()"#,
        },
        told: "\n- payment: secret",
    },
    Flaw {
        what: "Debug of a token shows it",
        edit: Edit {
            file: "crates/pod-invoice-client/src/token.rs",
            find: r#"f.write_str("OneTimeToken(…)")"#,
            put: "f.write_str(self.0.expose_secret())",
        },
        told: "canary-one-time-token-c2aa08",
    },
    Flaw {
        what: "the books keep the payer's card when the goods are out",
        edit: Edit {
            file: "crates/paylink-books/src/store.rs",
            find: "private = NULL, ",
            put: "",
        },
        told: "shop.db",
    },
    Flaw {
        what: "the sandbox's journal shows every header",
        edit: Edit {
            file: "crates/paylink-sandbox/src/journal/message.rs",
            find: "Ok(value) if is_shown(name) => secrets.redacted(value),",
            put: "Ok(value) => value.to_owned(),",
        },
        told: "\n- request: secret",
    },
    Flaw {
        what: "the archive of requests shows every header",
        edit: Edit {
            file: "crates/paylink-sandbox/src/journal/export.rs",
            find: "let value = if known { marked.as_str() } else { REDACTED };",
            put: "let value = value.to_str().unwrap_or_default();",
        },
        told: "\n- curl: secret",
    },
    Flaw {
        what: "the command shows secrets of its configuration",
        edit: Edit {
            file: "crates/paylink/src/config/in_force.rs",
            find: "Some(Content::Here(text)) if !self.setting.is_secret() =>",
            put: "Some(Content::Here(text)) =>",
        },
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
    let tree = Tree::copied("leaks")?;
    for Flaw { what, edit, .. } in &FLAWS {
        tree.put(what, std::slice::from_ref(edit))?;
    }
    let mut told = String::new();
    for (package, tests) in TESTS {
        let step = tree.at(Step::cargo([
            "test",
            "--no-fail-fast",
            "--package",
            package,
        ]));
        told.push_str(&step.arguments(tests).printed()?);
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
    let place = tree.build.join("told");
    fs::write(&place, told).map_err(|error| error.to_string())?;
    Err(format!(
        "{} of {} flaws were not found; what the tests printed is in {}",
        hidden.len(),
        FLAWS.len(),
        place.display()
    ))
}
