use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::file::{CONFIG, ConfigFile, Table, under};
use super::proxy::{General, Ways};
use super::registry::{Known, PROVIDER};
use super::source::{Content, Source, Value};
use super::variables::PREFIX;
use super::{Problem, ProblemKind, Problems, Variables, accounts, spelling};
use crate::core::provider::{Descriptor, FromSettings, Setting, SettingKind, Settings};
use crate::core::text::excerpt;
use crate::{Account, Error, FieldKey, Invalid, Transport};

/// The account itself and its client, where no setting is what is wrong.
const ACCOUNT: FieldKey = FieldKey::new("account", "the account");
pub(super) const CLIENT: FieldKey = FieldKey::new("client", "the client");

/// What is set for one account, and where.
///
/// `Debug` shows names and places, and no value.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    name: String,
    pub(super) provider: Known,
    /// What stands between the brackets in a file; nothing for what stands before the first section.
    section: String,
    /// How its variables begin.
    prefix: String,
    /// Where a setting that is missing could be written.
    place: String,
    pub(super) sources: BTreeMap<&'static str, Source>,
    /// The way to the provider where the account names none of its own.
    pub(super) general: Option<Arc<General>>,
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
            Known::General | Known::SwitchedOff { .. } | Known::Section { .. } => None,
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
            match (&source.content, setting.kind()) {
                // A secret is no part of an address, and the file that it may stand in is not read for this.
                (_, SettingKind::Secret) => {}
                (Content::Here(text), _) => settings.push((setting.key(), text.expose_secret())),
                (_, SettingKind::Address | SettingKind::Choice(_)) => return None,
                (Content::InFile(_) | Content::Refused(_), _) => {}
            }
        }
        self.descriptor()?.address(&settings.into_iter().collect())
    }

    /// Puts what was typed under a flag in place of what is configured, if anything was typed. A setting that the
    /// provider does not know is left out.
    #[must_use]
    pub fn typed(mut self, key: &str, flag: &str, value: Option<&str>) -> AccountConfig {
        if let (Some(value), Some((setting, false))) = (value, self.provider.find(key)) {
            let source = Source::of_flag(flag, value);
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
        self.open_by(&mut Ways::from(transport))
    }

    pub(super) fn open_by(&self, ways: &mut Ways<'_>) -> Result<Account, Problems> {
        let descriptor = self.described()?;
        let client = self.build_by(ways, |settings, transport| {
            descriptor.open(settings, transport)
        })?;
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
        self.build(transport, C::from_settings)
    }

    /// Reads what is set, as [`read`](AccountConfig::read) does, and lends it with a transport that goes the account's own
    /// way: over its [proxy](AccountConfig::proxy), or as the one that is given where none is named.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, and what the call refuses.
    pub fn build<T>(
        &self,
        transport: &Transport,
        build: impl FnOnce(&Settings<'_>, &Transport) -> Result<T, Error>,
    ) -> Result<T, Problems> {
        self.build_by(&mut Ways::from(transport), build)
    }

    fn build_by<T>(
        &self,
        ways: &mut Ways<'_>,
        build: impl FnOnce(&Settings<'_>, &Transport) -> Result<T, Error>,
    ) -> Result<T, Problems> {
        match ways.of(self) {
            Ok(transport) => self.read(|settings| build(settings, &transport)),
            Err(of_way) => {
                let all = self.read(|settings| build(settings, ways.given()));
                let others = all.err().into_iter().flatten();
                Err(Problems::of(others.chain(of_way).collect()))
            }
        }
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
                    let placed = invalid.clone().at(value.place.to_owned());
                    self.problem(ProblemKind::Malformed, placed)
                }
                (None, _) => self.problem(ProblemKind::Malformed, invalid.clone()),
            });
        }
        Problems::of(problems)
    }

    pub(super) fn missing(&self, setting: &Setting) -> Problem {
        let key = setting.key();
        let missing = Invalid::new(setting.field(), "is missing")
            .at(self.variable(key))
            .with_remedy(format!(
                "set it, or write {key}{} in {}",
                under(&self.section),
                self.place
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

    /// The same, with the way to its provider where it names none of its own.
    pub(super) fn going(mut self, general: &Arc<General>) -> AccountConfig {
        self.general = Some(Arc::clone(general));
        self
    }

    /// What stands before the first section, and holds for every account.
    pub(super) fn before_sections(place: &str) -> AccountConfig {
        let prefix = PREFIX.to_owned();
        AccountConfig::new("", Known::General, String::new(), prefix, place)
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
            general: None,
            problems: Vec::new(),
            keeps_secrets_in_file: false,
        }
    }

    /// Takes what is set; the environment comes last and wins.
    pub(super) fn fill(
        &mut self,
        in_file: Option<(&ConfigFile, &Table<'_>)>,
        variables: &Variables,
    ) {
        // What could be set for a provider that is switched off is not known.
        if self.known().is_err() {
            return;
        }
        if let Some((file, table)) = in_file {
            self.fill_from_file(file, table);
        }
        self.fill_from_variables(variables);
    }

    fn fill_from_file(&mut self, file: &ConfigFile, table: &Table<'_>) {
        for (written, value) in table {
            let written: &str = written.get_ref();
            if written == PROVIDER.as_str() && self.chooses() {
                continue;
            }
            let Some((setting, is_path)) = self.provider.find(written) else {
                // Beside what stands before the first section stand the sections.
                if !matches!(self.provider, Known::General) {
                    let problem = self.unknown_in_file(file, written);
                    self.problems.push(problem);
                }
                continue;
            };
            let mut source = Source::of_line(setting, file, &self.section, written, value, is_path);
            if self.is_set(setting.key()) {
                source = source.said_twice(setting);
            }
            self.keeps_secrets_in_file |= setting.is_secret() && !is_path;
            self.sources.insert(setting.key(), source);
        }
    }

    fn unknown_in_file(&self, file: &ConfigFile, written: &str) -> Problem {
        let problem = format!(
            "has the unknown key {} under [{}]",
            excerpt(written, 60),
            self.section
        );
        let remedy = match Known::General.find(written) {
            // A key behind the header of a section belongs to that section.
            Some(_) => "write it before the first section, or under that of an account".to_owned(),
            None => format!(
                "{}the keys are {}",
                spelling::question(written, self.provider.keys()),
                self.provider.choice_of_keys()
            ),
        };
        self.own(file.refused(CONFIG, ProblemKind::Unknown, problem, remedy))
    }

    fn fill_from_variables(&mut self, variables: &Variables) {
        for setting in self.provider.all() {
            let variable = self.variable(setting.key());
            let of_path = format!("{variable}_FILE");
            let path = match setting.is_secret() {
                true => variables.text(&of_path, setting.field()),
                false => None,
            };
            let source = match (variables.text(&variable, setting.field()), path) {
                (Some(text), path) => {
                    let source = Source::of_variable(setting, &variable, text, false);
                    match path {
                        Some(_) => source.said_twice(setting),
                        None => source,
                    }
                }
                (None, Some(path)) => Source::of_variable(setting, &of_path, path, true),
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

    /// Notes that a variable of this account means nothing to it.
    pub(super) fn refuse_variable(&mut self, variable: &str) {
        let problem = self.unknown_variable(variable);
        self.problems.extend(problem);
    }

    /// That a variable which begins as these do is no setting, if what could be set is known.
    pub(super) fn unknown_variable(&self, variable: &str) -> Option<Problem> {
        self.known().ok()?;
        let meant = self.nearest_to(variable).map(|key| self.variable(key));
        let question = meant.map_or_else(String::new, |name| format!("did you mean {name}? "));
        let problem = match self.provider {
            Known::General => "is no setting".to_owned(),
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
        Some(self.problem(ProblemKind::Unknown, invalid))
    }

    /// Whether anything at all is set.
    pub(super) fn has_any(&self) -> bool {
        !self.sources.is_empty()
    }

    /// The files that its secrets stand in, those of the way to its provider among them.
    pub(super) fn secret_files(&self) -> impl Iterator<Item = &Path> {
        self.in_force().filter_map(|it| it.file())
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
    pub(super) fn variable(&self, key: &str) -> String {
        format!("{}{}", self.prefix, key.to_uppercase())
    }

    pub(super) fn problem(&self, kind: ProblemKind, invalid: Invalid) -> Problem {
        self.own(Problem::new(kind, invalid))
    }

    /// Says whose problem it is, where that is an account.
    pub(super) fn own(&self, problem: Problem) -> Problem {
        match self.provider {
            Known::General | Known::Section { .. } => problem,
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
    values: BTreeMap<&'static str, Value<'a>>,
    /// The settings that cannot be read; their problems are among the others.
    unreadable: BTreeSet<&'static str>,
    problems: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No account that is set up may be passed over because nothing of it is known.
    #[test]
    fn an_account_whose_provider_is_switched_off_says_so() {
        let provider = Known::SwitchedOff {
            name: "kiosk",
            feature: "kiosk-client",
        };
        let variables = Variables::from_iter([("PAYLINK_KIOSK_TOKEN", "t")]);
        let mut account = AccountConfig::of_section(provider, "kiosk.toml");
        account.fill(None, &variables);
        assert!(account.is_told_of_by(&variables));
        assert!(!account.is_told_of_by(&Variables::default()));
        let transport = Transport::new().unwrap();
        let problems = [
            account.open(&transport).unwrap_err(),
            account.read(|_| Ok(())).unwrap_err(),
        ];
        for problems in problems {
            let kinds: Vec<_> = problems.iter().map(Problem::kind).collect();
            assert_eq!(kinds, [ProblemKind::NotBuiltIn]);
            assert_eq!(
                problems.to_string(),
                "account kiosk: [kiosk] needs kiosk, which this program was built without: build paylink with the feature \
                 kiosk-client, or take [kiosk] out of kiosk.toml and unset PAYLINK_KIOSK_…"
            );
        }
    }
}
