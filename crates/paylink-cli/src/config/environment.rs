use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use paylink::Invalid;

use crate::usage_error::UsageError;

/// The environment variables, or what a test puts in their place.
pub(crate) struct Environment(Box<Read>);

type Read = dyn Fn(&str) -> Option<OsString>;

impl Environment {
    /// The variables of this process.
    pub(crate) fn of_process() -> Environment {
        Environment::new(|name| std::env::var_os(name))
    }

    pub(super) fn new(read: impl Fn(&str) -> Option<OsString> + 'static) -> Environment {
        Environment(Box::new(read))
    }

    /// The variable's text. The value may be a secret: no error shows it.
    ///
    /// One that is set to nothing is refused rather than passed over: a secret store that failed must not lead to
    /// another account's keys.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, UsageError> {
        let Some(value) = (self.0)(name) else {
            return Ok(None);
        };
        if value.is_empty() {
            let empty = Invalid::new(name.to_owned(), "is set to nothing");
            return Err(empty.remedy("give it a value, or unset it").into());
        }
        match value.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Invalid::new(name.to_owned(), "is not UTF-8")
                .remedy("set it again")
                .into()),
        }
    }

    /// A path that a variable names; empty means that it is not set, as the base directory specification says.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(…)")
    }
}
