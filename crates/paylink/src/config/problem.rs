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
    invalid: Invalid,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Something that is needed is not there.
    Missing,
    /// A section, setting, variable or provider that is not known.
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
            invalid,
        }))
    }

    pub(super) fn of_account(mut self, name: &str) -> Problem {
        self.0.account = Some(name.to_owned());
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

    /// What is wrong: its key is that of the setting, where it is about one, and its place is where that came from: a
    /// variable, a line of a file, a flag.
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

/// Everything that is wrong with a configuration, at least one thing.
///
/// It prints one line for each. So does `Debug`, which is what a `main` prints that ends with it; `{:#?}` shows every part.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// These, of which there is at least one.
    pub(super) fn of(problems: Vec<Problem>) -> Problems {
        debug_assert!(!problems.is_empty(), "no problem is no reason to fail");
        Problems(problems)
    }

    pub(super) fn none_in(problems: Vec<Problem>) -> Result<(), Problems> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems::of(problems))
        }
    }

    /// The problems, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            problems if f.alternate() => f.debug_list().entries(problems).finish(),
            [problem] => write!(f, "{problem}"),
            problems => {
                write!(f, "{} problems with the configuration:", problems.len())?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
