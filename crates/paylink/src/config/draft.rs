use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;

use super::account::AccountConfig;
use super::schema::Form;
use super::secret_file;
use super::source::{Source, Value};
use super::{Problem, ProblemKind};

/// What is set for an account, as far as it can be read, and everything that is wrong with it so far.
pub(super) struct Draft<'a> {
    pub(super) account: &'a AccountConfig,
    pub(super) values: BTreeMap<&'static str, Value>,
    /// The settings whose problem is noted.
    pub(super) noted: BTreeSet<&'static str>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Draft<'a> {
    /// Reads it, with the files that its secrets are in.
    pub(super) fn of(account: &'a AccountConfig) -> Draft<'a> {
        let mut draft = Draft {
            account,
            values: BTreeMap::new(),
            noted: BTreeSet::new(),
            problems: account.problems().to_vec(),
        };
        for (known, source) in account.sources() {
            match read(known.form, source) {
                Ok(value) => drop(draft.values.insert(known.key, value)),
                Err(problem) => draft.note(known.key, problem),
            }
        }
        draft
    }

    /// Everything that is wrong so far, and one thing more.
    pub(super) fn problems_and(mut self, last: Problem) -> Vec<Problem> {
        self.problems.push(last.of_account(self.account.name()));
        self.problems
    }

    /// Adds what is wrong with a setting.
    pub(super) fn note(&mut self, key: &'static str, problem: Problem) {
        let problem = problem.of_account(self.account.name()).at(key);
        self.problems.push(problem);
        self.noted.insert(key);
    }
}

fn read(form: Form, source: &Source) -> Result<Value, Problem> {
    let value = match source {
        Source::Here(value) => value.clone(),
        Source::InFile { path, origin } => secret_file::read(path, origin)?,
        Source::Refused(problem) => return Err(problem.clone()),
    };
    form.check(value.text.expose_secret(), &value.origin)
        .map_err(|invalid| Problem::new(ProblemKind::Malformed, invalid))?;
    Ok(value)
}
