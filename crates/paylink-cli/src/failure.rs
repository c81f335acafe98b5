use std::io::{self, Write};

use paylink::Effect;
use serde::Serialize;

use crate::report::{AnyReport, Report};
use crate::status::Status;

/// Why a command did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell, and the status that goes with it.
    Told(Status, Box<dyn AnyReport>),
    /// All is told, and this is the status that goes with it.
    Ended(Status),
    /// Standard output does not take what there is to tell.
    Output(io::Error),
    /// Nor does it take what is kept nowhere else.
    Lost(io::Error),
}

impl Failure {
    /// A failure with its report.
    pub(crate) fn new(status: Status, report: impl Report + 'static) -> Failure {
        Failure::Told(status, Box::new(report))
    }

    /// A failure of this machine, before anything was sent.
    pub(crate) fn local(what: &'static str, problem: &str) -> Failure {
        let message = format!("the {what} {problem}");
        Failure::new(
            Status::Refused,
            Local {
                kind: what,
                effect: Effect::NotExecuted,
                message,
            },
        )
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

#[derive(Debug, Serialize)]
struct Local {
    kind: &'static str,
    effect: Effect,
    message: String,
}

impl Report for Local {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
