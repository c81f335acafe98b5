mod from_file;
mod from_variables;

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::draft::Draft;
use super::schema::{Known, Schema};
use super::source::{Source, Value};
use super::{Problem, ProblemKind, Problems, accounts, name};
use crate::{Invalid, Provider, Transport};

/// What is set for one account, and where.
///
/// `Debug` shows names and places, and no value.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    name: String,
    schema: &'static Schema,
    /// What stands between the brackets in a file.
    pub(super) section: String,
    /// How its variables begin.
    prefix: String,
    /// Where a setting that is missing could be written.
    pub(super) place: String,
    sources: BTreeMap<&'static str, Source>,
    /// What is wrong beside the settings themselves.
    problems: Vec<Problem>,
    keeps_secrets_in_file: bool,
}

impl AccountConfig {
    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its provider.
    #[must_use]
    pub fn provider_name(&self) -> &'static str {
        self.schema.provider
    }

    /// Whether something stands under this setting, right or wrong.
    #[must_use]
    pub fn is_set(&self, key: &str) -> bool {
        self.sources.contains_key(key)
    }

    /// Where the provider is that this account's client calls: what is set, else the provider's own address.
    ///
    /// It is as it was written, and not checked. `None` if there is none, or if the setting cannot be read.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        (self.schema.address)(self)
    }

    /// Puts what was typed under a flag in place of what is configured, if anything was typed. A setting that the
    /// provider does not know stays away.
    #[must_use]
    pub fn typed(mut self, key: &str, flag: &str, value: Option<&str>) -> AccountConfig {
        if let (Some(value), Some((known, false))) = (value, self.schema.find(key)) {
            let source = Source::Here(Value::new(value, flag));
            self.sources.insert(known.key, source);
        }
        self
    }

    /// Sets the account up to take payments. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn provider(&self, transport: &Transport) -> Result<Provider, Problems> {
        match self.schema.open {
            Some(open) => open(self, transport),
            None => Err(Problems::of(
                Draft::of(self).problems_and(self.not_built_in()),
            )),
        }
    }

    /// The account of a provider's own section.
    pub(super) fn of_section(schema: &'static Schema, place: &str) -> AccountConfig {
        let name = schema.provider;
        let prefix = name::prefix_of_section(name);
        AccountConfig::new(name, schema, name.to_owned(), prefix, place)
    }

    /// An account with a name of its own.
    pub(super) fn named(name: &str, schema: &'static Schema, place: &str) -> AccountConfig {
        let section = format!("{}.{name}", accounts::TABLE);
        AccountConfig::new(name, schema, section, name::prefix_of_account(name), place)
    }

    fn new(
        name: &str,
        schema: &'static Schema,
        section: String,
        prefix: String,
        place: &str,
    ) -> AccountConfig {
        AccountConfig {
            name: name.to_owned(),
            schema,
            section,
            prefix,
            place: place.to_owned(),
            sources: BTreeMap::new(),
            problems: Vec::new(),
            keeps_secrets_in_file: false,
        }
    }

    /// What is set, in the order in which the provider's settings are listed.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&'static Known, &Source)> {
        let settings = self.schema.settings.iter();
        settings.filter_map(|known| Some((known, self.sources.get(known.key)?)))
    }

    /// What is wrong beside the settings.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A setting that is no secret, or what stands in for it where nothing is set.
    pub(super) fn text_or(&self, key: &str, otherwise: &str) -> Option<String> {
        match self.sources.get(key) {
            None => Some(otherwise.to_owned()),
            Some(Source::Here(value)) => Some(value.text.expose_secret().to_owned()),
            Some(Source::InFile { .. } | Source::Refused(_)) => None,
        }
    }

    /// Whether anything at all is set.
    pub(super) fn has_any(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Whether a secret stands in the configuration file itself.
    pub(super) fn keeps_secrets_in_file(&self) -> bool {
        self.keeps_secrets_in_file
    }

    /// Whether its name is not that of its provider's section, so that it has to say which provider it is with.
    fn chooses(&self) -> bool {
        self.section != self.name
    }

    /// The names of all settings that its provider knows.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.schema.settings.iter().map(|known| known.key)
    }

    /// The variable of a setting.
    pub(super) fn variable(&self, key: &str) -> String {
        format!("{}{}", self.prefix, key.to_uppercase())
    }

    fn put(&mut self, key: &'static str, source: Source) {
        let source = match source {
            Source::Refused(problem) => Source::Refused(problem.of_account(&self.name).at(key)),
            Source::Here(_) | Source::InFile { .. } => source,
        };
        self.sources.insert(key, source);
    }

    fn not_built_in(&self) -> Problem {
        let AccountConfig {
            schema,
            section,
            prefix,
            place,
            ..
        } = self;
        let (provider, feature) = (schema.provider, schema.feature);
        let problem = format!("needs {provider}, which this program was built without");
        let remedy = format!(
            "build paylink with the feature {feature}, or take [{section}] out of {place} and unset {prefix}…"
        );
        let invalid = Invalid::new(crate::config::SETTING, problem)
            .at(format!("[{section}]"))
            .remedy(remedy);
        Problem::new(ProblemKind::NotBuiltIn, invalid).of_account(&self.name)
    }
}

/// A setting that is said in two ways at one place.
fn said_twice(origin: String, key: &str) -> Source {
    let conflict = Invalid::new(
        crate::config::SETTING,
        "is said both directly and by a file of its own",
    )
    .at(origin)
    .remedy(format!("leave out {key} or {key}_file"));
    Source::Refused(Problem::new(ProblemKind::Conflict, conflict))
}
