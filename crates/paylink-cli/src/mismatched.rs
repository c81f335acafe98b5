use std::io::{self, Write};

use paylink::{Effect, Mismatch};
use serde::Serialize;

use crate::report::Report;
use crate::text::shown;

/// The payment is not the one of the merchant's own record.
#[derive(Debug, Serialize)]
pub(crate) struct Mismatched {
    kind: &'static str,
    effect: Effect,
    message: String,
    mismatch: Mismatch,
}

impl Mismatched {
    pub(crate) fn new(mismatch: Mismatch) -> Mismatched {
        let message = format!("the payment is not the one of your record: {mismatch}");
        Mismatched {
            kind: "mismatch",
            effect: Effect::NotExecuted,
            message,
            mismatch,
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
        writeln!(
            out,
            "\nNothing was confirmed. Do not deliver, and find out who sent this."
        )
    }
}
