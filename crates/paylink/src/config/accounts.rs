//! Which accounts there are, and which variables look like settings and are none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::de::DeValue;

use super::account::AccountConfig;
use super::file::{CONFIG, ConfigFile, Table};
use super::proxy::{self, General};
use super::registry::{Known, PROVIDER, Registry};
use super::variables::PREFIX;
use super::{Problem, ProblemKind, Variables, spelling};
use crate::core::provider::Setting;
use crate::core::text::excerpt;
use crate::{Account, Invalid};

/// The table that holds the accounts with names of their own.
pub(super) const TABLE: &str = "accounts";

/// What separates the variables of accounts with a name of their own from those of the providers' sections.
const ACCOUNT: &str = "ACCOUNT_";

/// The most characters of a name.
const LONGEST: usize = 40;

/// What was found.
pub(super) struct Read {
    pub(super) general: Arc<General>,
    pub(super) accounts: Vec<AccountConfig>,
    pub(super) sections: Vec<AccountConfig>,
    pub(super) problems: Vec<Problem>,
}

/// Finds every account that the file or the environment tells of.
pub(super) fn read(
    registry: &Registry,
    file: Option<&ConfigFile>,
    variables: &Variables,
    place: &str,
) -> Read {
    let mut general = AccountConfig::before_sections(place);
    let table = file.map(ConfigFile::table);
    let whole = file.zip(table.as_ref());
    general.fill(whole, variables);
    let general = Arc::new(General(general));
    let mut read = Read {
        general: Arc::clone(&general),
        accounts: Vec::new(),
        sections: Vec::new(),
        problems: Vec::new(),
    };
    let (sections, named) = match whole {
        Some((file, table)) => tables(registry, file, table, &mut read.problems),
        None => Default::default(),
    };
    let in_file = |table| file.zip(table);
    for provider in registry.iter() {
        let section = sections.get(provider.name()).copied();
        let mut account = AccountConfig::of_section(provider, place).going(&general);
        account.fill(in_file(section), variables);
        if section.is_some() || account.is_told_of_by(variables) {
            read.accounts.push(account);
        }
    }
    let by_variable = variables.names().filter_map(of_provider_variable);
    let in_table = named.keys().map(|name| (*name).to_owned());
    for section in registry.sections() {
        let table = sections.get(section.name()).copied();
        let mut own = AccountConfig::of_section(section, place);
        own.fill(in_file(table), variables);
        read.sections.push(own);
    }
    let names: BTreeSet<String> = in_table.chain(by_variable).collect();
    for name in &names {
        let table = in_file(named.get(name.as_str()).copied());
        match provider_of(registry, name, table, variables) {
            Ok(provider) => {
                let mut account = AccountConfig::named(name, provider, place).going(&general);
                account.fill(table, variables);
                read.accounts.push(account);
            }
            Err(problem) => read.problems.push(problem.of_account(&excerpt(name, 40))),
        }
    }
    read.accounts
        .sort_by(|one, other| one.name().cmp(other.name()));
    find_strays(variables, &names, &mut read);
    read
}

type Tables<'a> = (
    BTreeMap<&'a str, &'a Table<'a>>,
    BTreeMap<&'a str, &'a Table<'a>>,
);

/// The sections of the file, and its accounts with names of their own.
fn tables<'a>(
    registry: &Registry,
    file: &ConfigFile,
    table: &'a Table<'a>,
    problems: &mut Vec<Problem>,
) -> Tables<'a> {
    let (mut sections, mut named) = Tables::default();
    for (key, content) in table {
        let key: &str = key.get_ref();
        let mut own = registry.sections();
        let is_section = registry.get(key).is_some() || own.any(|it| it.name() == key);
        match content.get_ref() {
            DeValue::Table(table) if is_section => {
                sections.insert(key, table);
            }
            DeValue::Table(accounts) if key == TABLE => {
                for (name, content) in accounts {
                    match content.get_ref() {
                        DeValue::Table(table) => {
                            named.insert(name.get_ref(), table);
                        }
                        _ => problems.push(as_value(file, &format!("{TABLE}.{}", name.get_ref()))),
                    }
                }
            }
            _ if key == TABLE => problems.push(as_value(file, "accounts.NAME")),
            _ if is_section => problems.push(as_value(file, key)),
            // Its value is looked at where all settings are.
            _ if Known::General.find(key).is_some() => {}
            _ => problems.push(unknown_section(registry, file, key)),
        }
    }
    (sections, named)
}

fn as_value(file: &ConfigFile, section: &str) -> Problem {
    let section = excerpt(section, 60);
    file.refused(
        CONFIG,
        ProblemKind::Malformed,
        format!("has {section} as a value"),
        format!("write it as a section, [{section}]"),
    )
}

fn unknown_section(registry: &Registry, file: &ConfigFile, key: &str) -> Problem {
    let own = || registry.sections().map(Known::name);
    let sections = registry.names().chain(own());
    let sections: Vec<String> = sections.map(|name| format!("[{name}]")).collect();
    let keys = proxy::PROXY_SETTINGS.iter().map(Setting::key);
    let known = registry.names().chain(own()).chain([TABLE]).chain(keys);
    let question = spelling::question(key, known);
    file.refused(
        CONFIG,
        ProblemKind::Unknown,
        format!("has the unknown key {}", excerpt(key, 60)),
        format!(
            "{question}the sections are {} and [accounts.NAME]",
            sections.join(", ")
        ),
    )
}

/// Which provider an account with a name of its own is with.
fn provider_of(
    registry: &Registry,
    name: &str,
    in_file: Option<(&ConfigFile, &Table<'_>)>,
    variables: &Variables,
) -> Result<Known, Problem> {
    let section = format!("{TABLE}.{}", excerpt(name, 40));
    let variable = format!("{}PROVIDER", prefix_of_account(name));
    let place = in_file.map_or_else(
        || variable.clone(),
        |(file, _)| format!("[{section}] in {}", file.place()),
    );
    let malformed = |invalid| Problem::new(ProblemKind::Malformed, invalid);
    check_name(registry, name, &place).map_err(malformed)?;

    if let Some(said) = variables.text(&variable, PROVIDER) {
        return known(registry, said.map_err(malformed)?, variable);
    }
    let written = in_file.and_then(|(file, table)| Some((file, table.get(PROVIDER.as_str())?)));
    match written.map(|(file, value)| (file, value.get_ref())) {
        Some((file, DeValue::String(said))) => {
            known(registry, said, file.name_of(&section, PROVIDER.as_str()))
        }
        Some((file, _)) => Err(malformed(
            Invalid::new(PROVIDER, "is not text")
                .at(file.name_of(&section, PROVIDER.as_str()))
                .with_remedy("write it as provider = \"zipay\""),
        )),
        None => {
            let missing = Invalid::new(PROVIDER, "is missing")
                .at(variable)
                .with_remedy(format!(
                    "set it, or write {} under [{section}]; the providers are {}",
                    PROVIDER.as_str(),
                    registry.choice()
                ));
            Err(Problem::new(ProblemKind::Missing, missing))
        }
    }
}

fn known(registry: &Registry, said: &str, origin: String) -> Result<Known, Problem> {
    registry.get(said).ok_or_else(|| {
        let question = spelling::question(said, registry.names());
        let unknown = Invalid::new(PROVIDER, "is not a provider")
            .at(origin)
            .with_value(said)
            .with_remedy(format!("{question}the providers are {}", registry.choice()));
        Problem::new(ProblemKind::Unknown, unknown)
    })
}

/// Checks the name of an account that has one of its own.
///
/// No two names that pass have the same variables: those are the name in upper case, with `_` for `-`.
fn check_name(registry: &Registry, name: &str, origin: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| Invalid::new(Account::KEY, problem).at(origin.to_owned());
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if registry.get(name).is_some() {
        let remedy = format!("give it another name, or write its settings under [{name}]");
        return Err(
            wrong("has the name of a provider, which is that of its own section")
                .with_remedy(remedy),
        );
    }
    if name.is_empty() || name.len() > LONGEST || !name.bytes().all(plain) {
        return Err(wrong("is not a name for an account")
            .with_remedy("use lower-case letters, digits and -, at most 40 of them"));
    }
    Ok(())
}

/// How the variables of a provider's own section begin: `PAYLINK_ZIPAY_`.
pub(super) fn prefix_of_section(provider: &str) -> String {
    format!("{PREFIX}{}_", provider.to_uppercase().replace('-', "_"))
}

/// How the variables of an account with a name of its own begin: `PAYLINK_ACCOUNT_MAIN_SHOP_`.
pub(super) fn prefix_of_account(name: &str) -> String {
    let name = name.to_uppercase().replace('-', "_");
    format!("{PREFIX}{ACCOUNT}{name}_")
}

/// The account whose provider this variable says.
fn of_provider_variable(variable: &str) -> Option<String> {
    let name = variable
        .strip_prefix(PREFIX)?
        .strip_prefix(ACCOUNT)?
        .strip_suffix("_PROVIDER")?;
    Some(name.to_lowercase().replace('_', "-"))
}

/// Finds variables that look like settings and are none, or those of two accounts at once.
///
/// Every variable that begins as those of accounts do has to be one; of the others, which something else may have set,
/// only those count that are a known one misspelt.
fn find_strays(variables: &Variables, names: &BTreeSet<String>, read: &mut Read) {
    let of_accounts = format!("{PREFIX}{ACCOUNT}");
    for variable in variables.names() {
        let takers: Vec<&str> = read
            .accounts
            .iter()
            .chain(&read.sections)
            .chain([&read.general.0])
            .filter(|account| account.takes(variable))
            .map(AccountConfig::name)
            .collect();
        match takers.as_slice() {
            [] if variable.starts_with(&of_accounts) => unclaimed(variable, names, read),
            [] => misspelt(variable, read),
            [_] => {}
            [one, other, ..] => {
                let problem =
                    format!("is a setting of the account {one} and of the account {other}");
                let conflict = Invalid::new(CONFIG, problem)
                    .at(variable.to_owned())
                    .with_remedy("give one of them another name");
                read.problems
                    .push(Problem::new(ProblemKind::Conflict, conflict));
            }
        }
    }
}

fn unclaimed(variable: &str, names: &BTreeSet<String>, read: &mut Read) {
    let owner = read
        .accounts
        .iter_mut()
        .filter(|account| account.may_own(variable))
        .max_by_key(|account| account.name().len());
    if let Some(owner) = owner {
        owner.refuse_variable(variable);
        return;
    }
    // What is wrong with such an account is told already.
    if names
        .iter()
        .any(|name| variable.starts_with(&prefix_of_account(name)))
    {
        return;
    }
    let stray = Invalid::new(CONFIG, "belongs to no account")
        .at(variable.to_owned())
        .with_remedy(
            "correct the name, or say that account's provider in PAYLINK_ACCOUNT_<NAME>_PROVIDER",
        );
    read.problems
        .push(Problem::new(ProblemKind::Unknown, stray));
}

fn misspelt(variable: &str, read: &mut Read) {
    let mut owners = read.accounts.iter_mut().chain(&mut read.sections);
    let owner = owners.find(|account| account.nearest_to(variable).is_some());
    match owner {
        Some(owner) => owner.refuse_variable(variable),
        None if read.general.0.nearest_to(variable).is_some() => {
            let problem = read.general.0.unknown_variable(variable);
            read.problems.extend(problem);
        }
        None => {}
    }
}
