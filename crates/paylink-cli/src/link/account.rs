use std::path::Path;

use paylink::Account;

use crate::account::{chosen, load, transport};
use crate::console::Console;
use crate::failure::Failure;
use crate::next_step::Invocation;
use crate::usage_error::UsageError;

/// How an account was named on the command line, whoever its provider is.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkAccount<'a> {
    pub(super) console: &'a Console,
    pub(super) config: Option<&'a Path>,
    pub(super) name: Option<&'a str>,
}

impl LinkAccount<'_> {
    /// The flags that a suggested command has to repeat.
    pub(super) fn invocation(&self) -> Invocation {
        Invocation::of_group("link")
            .with("--account", self.name)
            .with_path("--config", self.config)
    }

    /// Sets the account up.
    pub(super) fn provider(&self) -> Result<Account, Failure> {
        let config = load(self.config, self.console)?;
        let account = chosen(&config, self.name)?;
        Ok(account.open(&transport()?).map_err(UsageError::from)?)
    }
}
