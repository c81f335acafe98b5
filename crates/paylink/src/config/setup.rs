use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::draft::Draft;
use super::schema::number_in;
use super::source::Value;
use super::{AccountConfig, Problem, ProblemKind, Problems};
use crate::{Error, FieldKey, Invalid};

/// The names under which a client refuses settings, where those are not their own.
pub(super) type Fields = &'static [(&'static str, &'static str)];

/// How a client is built from an account, so that everything that is wrong with it shows.
///
/// A value that is missing or refused is noted, and a harmless one takes its place, so that the next problem shows as
/// well. A client that was built from such a value is thrown away.
pub(super) struct Setup<'a> {
    draft: Draft<'a>,
    /// Any values that the client would take, for the settings that it cannot do without.
    stand_ins: BTreeMap<&'static str, &'static str>,
}

impl<'a> Setup<'a> {
    /// Reads what is set for an account.
    pub(super) fn of(account: &'a AccountConfig) -> Setup<'a> {
        Setup {
            draft: Draft::of(account),
            stand_ins: BTreeMap::new(),
        }
    }

    /// The same, for an account that has to be with this provider.
    pub(super) fn with(account: &'a AccountConfig, provider: &str) -> Result<Setup<'a>, Problem> {
        if account.provider_name() == provider {
            return Ok(Setup::of(account));
        }
        let problem = format!("is with {}, not with {provider}", account.provider_name());
        let invalid =
            Invalid::new(FieldKey::unkeyed("the account"), problem).remedy("name another one");
        Err(Problem::new(ProblemKind::Conflict, invalid).of_account(account.name()))
    }

    /// Notes a setting that is not there; `stand_in` is any value that the client would take.
    pub(super) fn require(&mut self, key: &'static str, stand_in: &'static str) {
        self.stand_ins.insert(key, stand_in);
        if !self.draft.values.contains_key(key) {
            if !self.draft.noted.contains(key) {
                self.draft.note(key, self.missing(key));
            }
            self.mend(key);
        }
    }

    /// A setting, if it is there.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.draft
            .values
            .get(key)
            .map(|value| value.text.expose_secret())
    }

    /// A required setting that is secret.
    pub(super) fn secret(&self, key: &str) -> SecretString {
        self.text(key).unwrap_or_default().into()
    }

    /// A setting that is a number.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        number_in(self.text(key)?)
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// Builds the client, until nothing more is refused.
    pub(super) fn build<T>(
        mut self,
        fields: Fields,
        build: impl Fn(&Setup<'_>) -> Result<T, Error>,
    ) -> Result<T, Problems> {
        loop {
            let error = match build(&self) {
                Ok(client) => return Problems::none_in(self.draft.problems).map(|()| client),
                Err(error) => error,
            };
            match self.refused(&error, fields) {
                (Some(key), problem) if !self.draft.noted.contains(key) => {
                    self.draft.note(key, problem);
                    self.mend(key);
                }
                // Nothing can stand in for it: the rest shows when this is solved.
                (_, problem) => return Err(Problems::of(self.draft.problems_and(problem))),
            }
        }
    }

    /// The setting that the client refused, and what is wrong with it.
    fn refused(&self, error: &Error, fields: Fields) -> (Option<&'static str>, Problem) {
        let Some(invalid) = error.invalid() else {
            let failed = Invalid::new(FieldKey::unkeyed("the client"), "cannot be set up")
                .remedy(error.to_string());
            return (None, Problem::new(ProblemKind::Malformed, failed));
        };
        let mut known = fields.iter();
        let key = known
            .find(|(field, _)| *field == invalid.label())
            .map(|(_, key)| *key)
            .or_else(|| self.setting(invalid.label()));
        let origin = key.and_then(|key| self.draft.values.get(key));
        let named = match origin {
            Some(value) => invalid.clone().at(value.origin.clone()),
            None => invalid.clone(),
        };
        (key, Problem::new(ProblemKind::Malformed, named))
    }

    /// The setting of this name.
    fn setting(&self, key: &str) -> Option<&'static str> {
        let mut keys = self.draft.account.keys();
        keys.find(|known| *known == key)
    }

    fn missing(&self, key: &str) -> Problem {
        let AccountConfig { section, place, .. } = self.draft.account;
        let missing = Invalid::new(crate::config::SETTING, "is missing")
            .at(self.draft.account.variable(key))
            .remedy(format!(
                "set it, or write {key} under [{section}] in {place}"
            ));
        Problem::new(ProblemKind::Missing, missing)
    }

    fn mend(&mut self, key: &'static str) {
        match self.stand_ins.get(key) {
            Some(stand_in) => drop(self.draft.values.insert(key, Value::new(stand_in, key))),
            None => drop(self.draft.values.remove(key)),
        }
    }
}
