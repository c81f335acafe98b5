use std::fmt;

use crate::Invalid;

/// One thing that is wrong with a configuration, and what to do about it.
///
/// It prints as one line: the account, the place as a person would point at it, what is wrong, what to do. A secret is
/// never part of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    kind: ProblemKind,
    account: Option<String>,
    setting: Option<String>,
    invalid: Invalid,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Something that is needed is not there.
    Missing,
    /// A section, setting, variable or provider that nobody knows.
    Unknown,
    /// A value that cannot be what it is to be.
    Malformed,
    /// Two things that exclude one another.
    Conflict,
    /// A file that cannot be read.
    Unreadable,
    /// A provider that this program was built without.
    NotBuiltIn,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, invalid: Invalid) -> Problem {
        Problem(Box::new(Inner {
            kind,
            account: None,
            setting: None,
            invalid,
        }))
    }

    pub(super) fn of_account(mut self, name: &str) -> Problem {
        self.0.account = Some(name.to_owned());
        self
    }

    pub(super) fn at(mut self, setting: &str) -> Problem {
        self.0.setting = Some(setting.to_owned());
        self
    }

    /// What kind of thing is wrong.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// The account, where it is about one.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// The setting, `api_key` say, where it is about one.
    #[must_use]
    pub fn setting(&self) -> Option<&str> {
        self.0.setting.as_deref()
    }

    /// What is wrong, named by the place it came from: a variable, a setting in a file, a flag.
    #[must_use]
    pub fn invalid(&self) -> &Invalid {
        &self.0.invalid
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(account) = &self.0.account {
            write!(f, "account {account}: ")?;
        }
        write!(f, "{}", self.0.invalid)
    }
}
