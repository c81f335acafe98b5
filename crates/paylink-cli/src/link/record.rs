use std::path::PathBuf;

use clap::Args;
use paylink::{Error, PaymentRecord};

use crate::console::Console;
use crate::document::Document;
use crate::failure::Failure;
use crate::typed;
use crate::usage_error::{self, UsageError};

/// The payment that an operation is about.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The payment's record, as `create` printed or wrote it; standard input if it is -
    #[arg(long, value_name = "FILE")]
    pub(super) record: PathBuf,
}

impl RecordArgs {
    /// Reads the record.
    pub(super) fn read(&self, console: &Console) -> Result<PaymentRecord, UsageError> {
        self.document().read(console)
    }

    /// What was refused before anything was sent, the record under the name of where it came from.
    pub(super) fn refused(&self, error: Error) -> Failure {
        match usage_error::refused_value(&error) {
            Some(invalid) if invalid.key() == PaymentRecord::KEY.as_str() => {
                UsageError::from(invalid.at(self.document().name())).into()
            }
            _ => typed::unsent(error),
        }
    }

    fn document(&self) -> Document<'_> {
        Document {
            path: Some(&self.record),
            what: "record",
            remedy: "give the JSON document that `paylink link create` printed as the payment's record",
        }
    }
}
