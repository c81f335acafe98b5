//! What the command was built without.

use std::ffi::OsString;

use clap::Args;
use paylink::{FieldKey, Invalid};

use crate::failure::{Failure, UsageError};

/// The group `paylink books` of a build that has no books.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct BooksArgs {
    /// What would be done with them
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl BooksArgs {
    /// Whether JSON was asked for among the words that nobody reads.
    pub(crate) fn asks_for_json(&self) -> bool {
        crate::cli::asks_for_json(self.words.iter().cloned())
    }
}

/// Says so, and how to get a build that has them.
pub(crate) fn no_books() -> Failure {
    UsageError::from(
        Invalid::new(FieldKey::new("command", "paylink books"), "is not in this build")
            .with_remedy(
                "install one that has it, from the top of the project: \
                 `cargo install --path crates/paylink-cli --features books`, or books-postgres for PostgreSQL",
            ),
    )
    .into()
}
