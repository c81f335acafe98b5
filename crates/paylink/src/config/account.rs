use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use toml::Table;

use super::file::{CONFIG, ConfigFile};
use super::registry::{Known, PROVIDER};
use super::{Problem, ProblemKind, Problems, Variables, accounts, file, spelling};
use crate::core::provider::{Descriptor, FromSettings, Setting, SettingKind, Settings};
use crate::core::text::excerpt;
use crate::{Account, Error, FieldKey, Invalid, Transport};

/// The account itself and its client, where no setting is what is wrong.
const ACCOUNT: FieldKey = FieldKey::new("account", "the account");
const CLIENT: FieldKey = FieldKey::new("client", "the client");

/// What is set for one account, and where.
///
/// `Debug` shows names and places, and no value.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    name: String,
    provider: Known,
    /// What stands between the brackets in a file.
    section: String,
    /// How its variables begin.
    prefix: String,
    /// Where a setting that is missing could be written.
    place: String,
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
        self.provider.name()
    }

    /// The descriptor of its provider; `None` if the program was built without that.
    #[must_use]
    pub fn descriptor(&self) -> Option<&'static Descriptor> {
        match self.provider {
            Known::Described(descriptor) => Some(descriptor),
            Known::SwitchedOff { .. } | Known::Section { .. } => None,
        }
    }

    /// Whether something stands under this setting, right or wrong.
    #[must_use]
    pub fn is_set(&self, key: &str) -> bool {
        self.sources.contains_key(key)
    }

    /// Where the provider is that this account's client calls: what is set, else the provider's own address.
    ///
    /// It is as it was written, and not checked. `None` if there is none, or if an address or a choice of this account cannot
    /// be read.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let mut settings = Vec::new();
        for (setting, source) in self.sources() {
            match (source, setting.kind()) {
                // A secret is no part of an address, and the file that it may stand in is not read for this.
                (_, SettingKind::Secret) => {}
                (Source::Here(value), _) => {
                    settings.push((setting.key(), value.text.expose_secret()));
                }
                (_, SettingKind::Address | SettingKind::Choice(_)) => return None,
                (Source::InFile { .. } | Source::Refused(_), _) => {}
            }
        }
        self.descriptor()?.address(&settings.into_iter().collect())
    }

    /// Puts what was typed under a flag in place of what is configured, if anything was typed. A setting that the
    /// provider does not know is left out.
    #[must_use]
    pub fn typed(mut self, key: &str, flag: &str, value: Option<&str>) -> AccountConfig {
        if let (Some(value), Some((setting, false))) = (value, self.provider.find(key)) {
            let source = Source::Here(Value::new(value, flag));
            self.sources.insert(setting.key(), source);
        }
        self
    }

    /// Opens the account to take payments. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn open(&self, transport: &Transport) -> Result<Account, Problems> {
        let descriptor = self.described()?;
        let client = self.read(|settings| descriptor.open(settings, transport))?;
        Ok(Account::from_arc(self.name(), client))
    }

    /// Builds the client of the account's own provider, for what is not neutral. Nothing is sent.
    ///
    /// What taking payments alone needs is not required: see [`FromSettings::from_settings`].
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, at once; so is another provider than the client's.
    pub fn client<C: FromSettings>(&self, transport: &Transport) -> Result<C, Problems> {
        let (own, asked) = (self.provider_name(), C::DESCRIPTOR.name());
        if own != asked {
            let invalid = Invalid::new(ACCOUNT, format!("is with {own}, not with {asked}"))
                .with_remedy("name another one");
            return Err(self.problem(ProblemKind::Conflict, invalid).into());
        }
        self.read(|settings| C::from_settings(settings, transport))
    }

    /// Reads what is set, with the files that secrets are in, and lends it for the length of one call: for what a client
    /// needs beside its account, such as the token of a user.
    ///
    /// What the call refuses under the key of a setting is told as a problem with that setting.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what is set, and what the call refuses.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&Settings<'_>) -> Result<T, Error>,
    ) -> Result<T, Problems> {
        self.known()?;
        let gathered = self.gather();
        let values = gathered.values.iter();
        let settings = values
            .map(|(key, value)| (*key, value.text.expose_secret()))
            .collect();
        match read(&settings) {
            Ok(client) => Problems::none_in(gathered.problems).map(|()| client),
            Err(error) => Err(self.refused(&error, gathered)),
        }
    }

    /// Every value that can be read, and why the others cannot.
    fn gather(&self) -> Gathered<'_> {
        let mut gathered = Gathered {
            values: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            problems: self.problems.clone(),
        };
        for (setting, source) in self.sources() {
            match source.read(setting) {
                Ok(value) => drop(gathered.values.insert(setting.key(), value)),
                Err(problem) => {
                    gathered.unreadable.insert(setting.key());
                    gathered.problems.push(self.own(problem));
                }
            }
        }
        gathered
    }

    /// Everything that is wrong, with what the client refused.
    fn refused(&self, error: &Error, gathered: Gathered<'_>) -> Problems {
        let Gathered {
            values,
            unreadable,
            mut problems,
        } = gathered;
        if error.invalids().is_empty() {
            let failed = Invalid::new(CLIENT, "cannot be set up").with_remedy(error.to_string());
            problems.push(self.problem(ProblemKind::Malformed, failed));
        }
        for invalid in error.invalids() {
            let key = invalid.key();
            let setting = self.provider.find(key).map(|(setting, _)| setting);
            problems.push(match (setting, values.get(key)) {
                // The client missed it. Why it cannot be read is told already.
                (Some(_), None) if unreadable.contains(key) => continue,
                (Some(setting), None) => self.missing(setting),
                (Some(_), Some(value)) => {
                    let placed = invalid.clone().at(value.origin.clone());
                    self.problem(ProblemKind::Malformed, placed)
                }
                (None, _) => self.problem(ProblemKind::Malformed, invalid.clone()),
            });
        }
        Problems::of(problems)
    }

    fn missing(&self, setting: &Setting) -> Problem {
        let AccountConfig { section, place, .. } = self;
        let key = setting.key();
        let missing = Invalid::new(setting.field(), "is missing")
            .at(self.variable(key))
            .with_remedy(format!(
                "set it, or write {key} under [{section}] in {place}"
            ));
        self.problem(ProblemKind::Missing, missing)
    }

    /// The account of a provider's own section.
    pub(super) fn of_section(provider: Known, place: &str) -> AccountConfig {
        let name = provider.name();
        let prefix = accounts::prefix_of_section(name);
        AccountConfig::new(name, provider, name.to_owned(), prefix, place)
    }

    /// An account with a name of its own.
    pub(super) fn named(name: &str, provider: Known, place: &str) -> AccountConfig {
        let section = format!("{}.{name}", accounts::TABLE);
        let prefix = accounts::prefix_of_account(name);
        AccountConfig::new(name, provider, section, prefix, place)
    }

    fn new(
        name: &str,
        provider: Known,
        section: String,
        prefix: String,
        place: &str,
    ) -> AccountConfig {
        AccountConfig {
            name: name.to_owned(),
            provider,
            section,
            prefix,
            place: place.to_owned(),
            sources: BTreeMap::new(),
            problems: Vec::new(),
            keeps_secrets_in_file: false,
        }
    }

    /// Takes what is set; the environment comes last and wins.
    pub(super) fn fill(&mut self, in_file: Option<(&ConfigFile, &Table)>, variables: &Variables) {
        // What could be set for a provider that is switched off is not known.
        if self.known().is_err() {
            return;
        }
        if let Some((file, table)) = in_file {
            self.fill_from_file(file, table);
        }
        self.fill_from_variables(variables);
    }

    fn fill_from_file(&mut self, file: &ConfigFile, table: &Table) {
        for (written, value) in table {
            if written == PROVIDER.as_str() && self.chooses() {
                continue;
            }
            let Some((setting, is_path)) = self.provider.find(written) else {
                let problem = self.unknown_in_file(file, written);
                self.problems.push(problem);
                continue;
            };
            let origin = file.name_of(&self.section, written);
            let source = match (text(setting, written, &self.section, value), is_path) {
                _ if self.is_set(setting.key()) => said_twice(setting, origin),
                (Ok(text), false) => {
                    self.keeps_secrets_in_file |= setting.is_secret();
                    Source::Here(Value::new(&text, origin))
                }
                (Ok(path), true) => Source::InFile {
                    path: file.resolve(&path),
                    origin,
                },
                (Err((problem, remedy)), _) => {
                    let kind = ProblemKind::Malformed;
                    Source::Refused(file.refused(setting.field(), kind, problem, remedy))
                }
            };
            self.sources.insert(setting.key(), source);
        }
    }

    fn unknown_in_file(&self, file: &ConfigFile, written: &str) -> Problem {
        let question = spelling::question(written, self.provider.keys());
        let problem = format!(
            "has the unknown key {} under [{}]",
            excerpt(written, 60),
            self.section
        );
        let remedy = format!("{question}the keys are {}", self.provider.choice_of_keys());
        self.own(file.refused(CONFIG, ProblemKind::Unknown, problem, remedy))
    }

    fn fill_from_variables(&mut self, variables: &Variables) {
        let malformed = |invalid| Source::Refused(Problem::new(ProblemKind::Malformed, invalid));
        for setting in self.provider.settings() {
            let variable = self.variable(setting.key());
            let of_path = format!("{variable}_FILE");
            let path = match setting.is_secret() {
                true => variables.text(&of_path, setting.field()),
                false => None,
            };
            let source = match (variables.text(&variable, setting.field()), path) {
                (Some(_), Some(_)) => said_twice(setting, variable),
                (Some(text), None) => {
                    text.map_or_else(malformed, |text| Source::Here(Value::new(text, variable)))
                }
                (None, Some(path)) => path.map_or_else(malformed, |path| Source::InFile {
                    path: path.into(),
                    origin: of_path,
                }),
                (None, None) => continue,
            };
            self.sources.insert(setting.key(), source);
        }
    }

    /// Whether a variable of this name is one of this account's.
    pub(super) fn takes(&self, variable: &str) -> bool {
        let Some(rest) = variable.strip_prefix(&self.prefix) else {
            return false;
        };
        let written = rest.to_lowercase();
        let says_provider = self.chooses() && written == PROVIDER.as_str();
        says_provider || self.provider.find(&written).is_some()
    }

    /// Whether the environment sets up this account. Of a provider that is switched off no setting is known, so that any
    /// variable that begins as the account's do counts.
    pub(super) fn is_told_of_by(&self, variables: &Variables) -> bool {
        let switched_off = self.known().is_err();
        self.has_any() || (switched_off && variables.names().any(|name| self.may_own(name)))
    }

    /// Whether a variable of this name begins as this account's do.
    pub(super) fn may_own(&self, variable: &str) -> bool {
        variable.starts_with(&self.prefix)
    }

    /// The setting that a misspelt variable of this account means.
    pub(super) fn nearest_to(&self, variable: &str) -> Option<&'static str> {
        let written = variable.strip_prefix(&self.prefix)?;
        spelling::nearest(written, self.provider.keys())
    }

    /// Notes that a variable of this account means nothing to it, if what could be set is known.
    pub(super) fn refuse_variable(&mut self, variable: &str) {
        if self.known().is_err() {
            return;
        }
        let meant = self.nearest_to(variable).map(|key| self.variable(key));
        let question = meant.map_or_else(String::new, |name| format!("did you mean {name}? "));
        let problem = match self.provider {
            Known::Section { name, .. } => format!("is no setting of [{name}]"),
            provider => format!("is no setting of an account with {}", provider.name()),
        };
        let remedy = format!(
            "{question}the settings are {}",
            self.provider.choice_of_keys()
        );
        let invalid = Invalid::new(CONFIG, problem)
            .at(variable.to_owned())
            .with_remedy(remedy);
        let problem = self.problem(ProblemKind::Unknown, invalid);
        self.problems.push(problem);
    }

    /// Whether anything at all is set.
    pub(super) fn has_any(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Whether a secret stands in the configuration file itself.
    pub(super) fn keeps_secrets_in_file(&self) -> bool {
        self.keeps_secrets_in_file
    }

    /// What is set, in the order in which the provider's settings are listed.
    fn sources(&self) -> impl Iterator<Item = (&'static Setting, &Source)> {
        let settings = self.provider.settings().iter();
        settings.filter_map(|setting| Some((setting, self.sources.get(setting.key())?)))
    }

    /// Whether its name is not that of its provider's section, so that it has to say which provider it is with.
    fn chooses(&self) -> bool {
        self.section != self.name
    }

    /// The variable of a setting.
    fn variable(&self, key: &str) -> String {
        format!("{}{}", self.prefix, key.to_uppercase())
    }

    fn problem(&self, kind: ProblemKind, invalid: Invalid) -> Problem {
        self.own(Problem::new(kind, invalid))
    }

    /// Says whose problem it is, where that is an account.
    fn own(&self, problem: Problem) -> Problem {
        match self.provider {
            Known::Section { .. } => problem,
            Known::Described(_) | Known::SwitchedOff { .. } => problem.of_account(&self.name),
        }
    }

    /// The provider's descriptor, without which no account can be opened.
    fn described(&self) -> Result<&'static Descriptor, Problem> {
        self.known()?;
        self.descriptor().ok_or_else(|| {
            let invalid = Invalid::new(PROVIDER, "is missing: this is no account");
            self.problem(ProblemKind::Conflict, invalid)
        })
    }

    /// Checks that what can be set is known, without which nothing can be read.
    fn known(&self) -> Result<(), Problem> {
        let Known::SwitchedOff {
            name: provider,
            feature,
        } = self.provider
        else {
            return Ok(());
        };
        let AccountConfig {
            section,
            prefix,
            place,
            ..
        } = self;
        let problem = format!("needs {provider}, which this program was built without");
        let remedy = format!(
            "build paylink with the feature {feature}, or take [{section}] out of {place} and unset {prefix}…"
        );
        let invalid = Invalid::new(PROVIDER, problem)
            .at(format!("[{section}]"))
            .with_remedy(remedy);
        Err(self.problem(ProblemKind::NotBuiltIn, invalid))
    }
}

/// What is set for an account, as far as it can be read.
struct Gathered<'a> {
    values: BTreeMap<&'static str, Cow<'a, Value>>,
    /// The settings that cannot be read; their problems are among the others.
    unreadable: BTreeSet<&'static str>,
    problems: Vec<Problem>,
}

/// Where a setting's value comes from. Nothing of it prints the value.
#[derive(Clone, Debug)]
enum Source {
    /// It stands here.
    Here(Value),
    /// It stands in a file of its own.
    InFile { path: PathBuf, origin: String },
    /// Something stands here that cannot be it.
    Refused(Problem),
}

/// A value with the name of the place it came from, as the person knows that place.
#[derive(Clone, Debug)]
struct Value {
    text: SecretString,
    origin: String,
}

impl Value {
    fn new(text: &str, origin: impl Into<String>) -> Value {
        Value {
            text: text.into(),
            origin: origin.into(),
        }
    }
}

impl Source {
    /// The value, read from its file if it is in one, and of the form that the setting has.
    fn read(&self, setting: &Setting) -> Result<Cow<'_, Value>, Problem> {
        let value = match self {
            Source::Here(value) => Cow::Borrowed(value),
            Source::InFile { path, origin } => Cow::Owned(Value {
                text: file::secret(setting.field(), path, origin)?,
                origin: origin.clone(),
            }),
            Source::Refused(problem) => return Err(problem.clone()),
        };
        match setting.check(value.text.expose_secret()) {
            Ok(()) => Ok(value),
            Err(invalid) => {
                let placed = invalid.at(value.origin.clone());
                Err(Problem::new(ProblemKind::Malformed, placed))
            }
        }
    }
}

/// A setting that is said in two ways at one place.
fn said_twice(setting: &Setting, origin: String) -> Source {
    let key = setting.key();
    let conflict = Invalid::new(
        setting.field(),
        "is said both directly and by a file of its own",
    )
    .at(origin)
    .with_remedy(format!("leave out {key} or {key}_file"));
    Source::Refused(Problem::new(ProblemKind::Conflict, conflict))
}

/// The text of a setting, or what is wrong with it and what to do. The value may be a secret without its quotes: only its
/// kind is told.
fn text(
    setting: &Setting,
    written: &str,
    section: &str,
    value: &toml::Value,
) -> Result<String, (String, String)> {
    match (value, setting.kind()) {
        (toml::Value::String(text), _) if text.is_empty() => Err((
            format!("has nothing as {written} under [{section}]"),
            "give it a value, or leave the line out".to_owned(),
        )),
        (toml::Value::String(text), _) => Ok(text.clone()),
        (toml::Value::Integer(number), SettingKind::Number) => Ok(number.to_string()),
        (toml::Value::Boolean(switch), SettingKind::Switch) => Ok(switch.to_string()),
        (other, _) => Err((
            format!("has {written} under [{section}] as {}", other.type_str()),
            format!("write it as text, {written} = \"…\""),
        )),
    }
}
