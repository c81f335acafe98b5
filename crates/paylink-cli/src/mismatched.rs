use std::io::{self, Write};

use paylink::{Effect, Error, ErrorKind, Mismatch};
use serde::Serialize;

use crate::call_error::CallError;
use crate::report::Report;
use crate::status::Status;
use crate::text::shown;

/// Settling that came to no answer. One that confirmed what is not of the merchant's record is an alarm like any other.
pub(crate) fn unsettled(error: Error) -> CallError {
    let (status, advice) = match (error.kind(), error.effect()) {
        (ErrorKind::Mismatch, Effect::Unknown) => (
            Some(Status::Mismatch),
            "What was confirmed is not the payment of your record. Do not deliver, and find out why.",
        ),
        (_, Effect::Unknown) => (
            None,
            "Settle again, with the same words: it reads the state and goes on from there.",
        ),
        (_, Effect::NotExecuted) => (None, "Nothing was confirmed by this. Settle again later."),
    };
    CallError::of(error)
        .advice(advice.to_owned())
        .status(status)
}

/// The payment is not the one of the merchant's own record.
#[derive(Debug, Serialize)]
pub(crate) struct Mismatched {
    kind: &'static str,
    effect: Effect,
    message: String,
    mismatch: Mismatch,
    #[serde(skip)]
    so: &'static str,
}

impl Mismatched {
    /// What was to be settled.
    pub(crate) fn new(mismatch: Mismatch) -> Mismatched {
        let so = "Nothing was confirmed. Do not deliver, and find out who sent this.";
        Mismatched::so(mismatch, so)
    }

    /// What was to be given back or withdrawn.
    pub(crate) fn untouched(mismatch: Mismatch) -> Mismatched {
        let so = "Nothing was changed. Take the record or the id that was stored with this order.";
        Mismatched::so(mismatch, so)
    }

    fn so(mismatch: Mismatch, so: &'static str) -> Mismatched {
        let message = format!("the payment is not the one of your record: {mismatch}");
        Mismatched {
            kind: "mismatch",
            effect: Effect::NotExecuted,
            message,
            mismatch,
            so,
        }
    }
}

impl Report for Mismatched {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "Mismatch: the payment is not the one of your record.\n"
        )?;
        for difference in self.mismatch.differences() {
            let (field, expected) = (difference.field().as_str(), shown(difference.expected()));
            writeln!(
                out,
                "  {field}: expected {expected}, found {}",
                shown(difference.found())
            )?;
        }
        writeln!(out, "\n{}", self.so)
    }
}
