//! Which version of the command this is, and which commit it was built from.

use std::io::{self, Write};

use serde::Serialize;

use crate::report::Report;

/// The version, as packages carry it.
pub(crate) const NUMBER: &str = env!("CARGO_PKG_VERSION");

/// The version for people: `0.1.0 (abc1234 2026-12-01)`, with as much of the commit as was known when it was built.
pub(crate) const LONG: &str = env!("PAYLINK_LONG_VERSION");

/// What `--version --json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'static str>,
}

impl Version {
    /// Of this command.
    pub(crate) const THIS: Version = Version {
        version: NUMBER,
        commit: known(env!("PAYLINK_COMMIT_HASH")),
        date: known(env!("PAYLINK_COMMIT_DATE")),
    };

    /// The day of the commit, empty if it is not known.
    pub(crate) fn date(&self) -> &'static str {
        self.date.unwrap_or_default()
    }
}

const fn known(text: &'static str) -> Option<&'static str> {
    if text.is_empty() { None } else { Some(text) }
}

impl Report for Version {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "paylink {LONG}")
    }
}
