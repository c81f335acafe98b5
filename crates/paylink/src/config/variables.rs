use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::kubernetes;
use crate::{FieldKey, Invalid};

/// How the names of the variables begin that configure accounts.
pub(super) const PREFIX: &str = "PAYLINK_";

/// Where the usual configuration file is looked for.
const PLACES: [&str; 2] = ["HOME", "XDG_CONFIG_HOME"];

/// The environment variables that are read, or what stands in for them. Others are not kept.
///
/// `Debug` shows their names alone.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, OsString>);

impl Variables {
    /// The variables of this process, as they are now.
    #[must_use]
    pub fn of_process() -> Variables {
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        std::env::vars_os().filter_map(named).collect()
    }

    /// The names, in their order, without those that Kubernetes sets.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.0.iter().filter(|(name, value)| {
            !value
                .to_str()
                .is_some_and(|value| kubernetes::sets(name, value))
        });
        own.map(|(name, _)| name.as_str())
    }

    /// The text of a variable that says this setting. The value may be a secret: no error shows it.
    ///
    /// One that is set to nothing is refused rather than passed over: a secret store that failed must not lead to
    /// another account's keys.
    pub(super) fn text(&self, name: &str, setting: FieldKey) -> Option<Result<&str, Invalid>> {
        let wrong = |problem: &'static str| Invalid::new(setting, problem).at(name.to_owned());
        let value = self.0.get(name)?;
        Some(match value.to_str() {
            Some("") => Err(wrong("is set to nothing").with_remedy("give it a value, or unset it")),
            Some(text) => Ok(text),
            None => Err(wrong("is not UTF-8").with_remedy("set it again")),
        })
    }

    /// A path that a variable names; empty means that it is not set, as the base directory specification says.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.0
            .get(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Variables {
        let is_read = |name: &str| name.starts_with(PREFIX) || PLACES.contains(&name);
        let all = variables.into_iter();
        Variables(
            all.map(|(name, value)| (name.into(), value.into()))
                .filter(|(name, _)| is_read(name))
                .collect(),
        )
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
