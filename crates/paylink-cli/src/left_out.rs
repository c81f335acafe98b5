//! What the command was built without.

use std::ffi::OsString;

use clap::Args;
use paylink::{FieldKey, Invalid};

use crate::failure::{Failure, UsageError};

/// A group of commands that this build does not have.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct LeftOut {
    /// What would be done with them
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl LeftOut {
    /// Whether JSON was asked for among the words that nobody reads.
    pub(crate) fn asks_for_json(&self) -> bool {
        crate::cli::asks_for_json(self.words.iter().cloned())
    }
}

/// Says that a group is not in this build, and how to get one that has it.
pub(crate) fn not_built_in(group: &'static str, feature: &str) -> Failure {
    UsageError::from(
        Invalid::new(FieldKey::new("command", group), "is not in this build").with_remedy(format!(
            "install one that has it, from the top of the project: \
             `cargo install --path crates/paylink-cli --features {feature}`, with books-postgres too for PostgreSQL",
        )),
    )
    .into()
}
