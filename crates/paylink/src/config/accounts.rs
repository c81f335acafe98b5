//! Which accounts there are.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::account::AccountConfig;
use super::file::ConfigFile;
use super::{Problem, ProblemKind, Variables, choice, name, schema, spelling, strays};
use crate::core::text::excerpt;

/// The table that holds the accounts with names of their own.
pub(super) const TABLE: &str = "accounts";

/// What was found.
#[derive(Default)]
pub(super) struct Read {
    pub(super) accounts: Vec<AccountConfig>,
    pub(super) problems: Vec<Problem>,
}

/// Finds every account that the file or the environment tells of.
pub(super) fn read(file: Option<&ConfigFile>, variables: &Variables, place: &str) -> Read {
    let mut read = Read::default();
    let (sections, named) = match file {
        Some(file) => tables(file, &mut read.problems),
        None => Default::default(),
    };
    let in_file = |table| file.zip(table);
    for schema in schema::ALL {
        let section = sections.get(schema.provider).copied();
        let mut account = AccountConfig::of_section(schema, place);
        fill(&mut account, in_file(section), variables);
        if section.is_some() || account.has_any() {
            read.accounts.push(account);
        }
    }
    let by_variable = variables.names().filter_map(name::of_provider_variable);
    let in_table = named.keys().map(|name| (*name).to_owned());
    let names: BTreeSet<String> = in_table.chain(by_variable).collect();
    for name in &names {
        let table = named.get(name.as_str()).copied();
        match choice::of(name, in_file(table), variables) {
            Ok(schema) => {
                let mut account = AccountConfig::named(name, schema, place);
                fill(&mut account, in_file(table), variables);
                read.accounts.push(account);
            }
            Err(problem) => read.problems.push(problem.of_account(&excerpt(name, 40))),
        }
    }
    read.accounts
        .sort_by(|one, other| one.name().cmp(other.name()));
    strays::find(variables, &names, &mut read);
    read
}

/// Takes what is set for an account; the environment comes last and wins.
fn fill(
    account: &mut AccountConfig,
    in_file: Option<(&ConfigFile, &Table)>,
    variables: &Variables,
) {
    if let Some((file, table)) = in_file {
        account.read_file(file, table);
    }
    account.read_variables(variables);
}

type Tables<'a> = (BTreeMap<&'a str, &'a Table>, BTreeMap<&'a str, &'a Table>);

/// The sections of the file, and its accounts with names of their own.
fn tables<'a>(file: &'a ConfigFile, problems: &mut Vec<Problem>) -> Tables<'a> {
    let (mut sections, mut named) = Tables::default();
    for (key, content) in file.table() {
        match content {
            Value::Table(table) if schema::of(key).is_some() => {
                sections.insert(key.as_str(), table);
            }
            Value::Table(accounts) if key == TABLE => {
                for (name, content) in accounts {
                    match content {
                        Value::Table(table) => {
                            named.insert(name.as_str(), table);
                        }
                        _ => problems.push(as_value(file, &format!("{TABLE}.{name}"))),
                    }
                }
            }
            _ if key == TABLE => problems.push(as_value(file, "accounts.NAME")),
            _ if schema::of(key).is_some() => problems.push(as_value(file, key)),
            _ => problems.push(unknown_section(file, key)),
        }
    }
    (sections, named)
}

fn as_value(file: &ConfigFile, section: &str) -> Problem {
    let section = excerpt(section, 60);
    file.refused(
        ProblemKind::Malformed,
        format!("has {section} as a value"),
        format!("write it as a section, [{section}]"),
    )
}

fn unknown_section(file: &ConfigFile, key: &str) -> Problem {
    let sections = schema::ALL.map(|schema| format!("[{}]", schema.provider));
    let known = schema::ALL.map(|schema| schema.provider);
    let question = spelling::question(key, known.into_iter().chain([TABLE]));
    file.refused(
        ProblemKind::Unknown,
        format!("has the unknown key {}", excerpt(key, 60)),
        format!(
            "{question}the sections are {} and [accounts.NAME]",
            sections.join(", ")
        ),
    )
}
