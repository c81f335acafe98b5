use std::path::{Path, PathBuf};

use clap::Args;
use paylink::{Invalid, PaymentRecord};

use crate::stored_file::StoredFile;
use crate::usage_error::UsageError;

/// Where the record of a payment goes.
#[derive(Debug, Args)]
pub(super) struct RecordToArgs {
    /// Write the payment's record here, which every other operation takes
    ///
    /// The place is taken before anything is sent, and given back if there is no payment.
    #[arg(long, value_name = "FILE")]
    record_to: Option<PathBuf>,
}

impl RecordToArgs {
    /// Takes the place before anything is sent: a payment whose record cannot be kept is better not created.
    pub(super) fn reserve(&self) -> Result<RecordFile, UsageError> {
        let file = self.record_to.as_deref().map(reserve).transpose()?;
        Ok(RecordFile(file))
    }
}

/// The file that is to hold the record of a payment, if one was asked for.
#[derive(Debug)]
pub(super) struct RecordFile(Option<StoredFile>);

impl RecordFile {
    /// Writes the record, and says how the next command takes it.
    pub(super) fn store(&self, record: &PaymentRecord) -> Stored {
        let Some(file) = &self.0 else {
            return Stored::Nowhere;
        };
        let path = file.path().display();
        match file.replace(record) {
            Ok(()) => Stored::At(path.to_string()),
            // The payment is there, and its record is told in the result.
            Err(error) => {
                file.remove_if_empty();
                Stored::Failed(format!("the record cannot be written to {path}: {error}"))
            }
        }
    }

    /// Gives the place back: there is no payment.
    pub(super) fn give_back(self) {
        // An empty file that stays is no record and is taken for none.
        let _ = self.0.map(StoredFile::remove);
    }
}

/// Where a record is.
#[derive(Debug)]
pub(super) enum Stored {
    /// In this file.
    At(String),
    /// In what is told alone.
    Nowhere,
    /// In what is told alone, although it was meant for a file. This says which one, and why.
    Failed(String),
}

fn reserve(path: &Path) -> Result<StoredFile, UsageError> {
    let refused = |problem: String, remedy: &'static str| {
        let named = Invalid::new(crate::usage_error::ARGUMENT, problem)
            .at(format!("--record-to {}", path.display()));
        UsageError::from(named.with_remedy(remedy))
    };
    StoredFile::reserve(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => refused(
            "is there already".to_owned(),
            "name another file: this one may hold the only record of another payment",
        ),
        _ => refused(
            format!("cannot be written: {error}"),
            "name a file that can be",
        ),
    })
}
