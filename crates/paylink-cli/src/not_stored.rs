use std::io::{self, Write};

use serde::Serialize;

use crate::report::Report;

/// Something that was done, whose result could not be written to the file it was meant for.
#[derive(Debug, Serialize)]
pub(crate) struct NotStored<'a, R> {
    kind: &'static str,
    effect: &'static str,
    message: String,
    #[serde(flatten)]
    result: &'a R,
}

impl<'a, R: Report> NotStored<'a, R> {
    /// `problem` says which file, and why.
    pub(crate) fn new(result: &'a R, problem: &str) -> NotStored<'a, R> {
        NotStored {
            kind: "not_stored",
            effect: "executed",
            message: format!("{problem}; it is done: store what was printed, and do not repeat it"),
            result,
        }
    }
}

impl<R: Report> Report for NotStored<'_, R> {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
