use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use paylink::config::{AccountConfig, InForce, Origin};
use paylink::core::provider::Descriptor;
use serde::Serialize;

use super::needed;
use crate::account::{self, HOW_TO_CONFIGURE, Setup, service_section};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::report::Report;
use crate::table::{Column, said, table};
use crate::text::shown;

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Which account; all of them, and the service, if it is not given
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

pub(super) fn show(args: &ShowArgs, setup: Setup<'_>, console: &Console) -> Result<(), Failure> {
    let config = account::read(setup).map_err(UsageError::from)?;
    let named = args.account.as_deref();
    let refused = match named {
        Some(name) => config.check_for(name),
        None => config.check(),
    };
    let accounts: Vec<AccountConfig> = match named {
        Some(name) => {
            let account = config.account(name);
            vec![account.map_err(|invalid| UsageError::from(invalid.at("--account")))?]
        }
        None => config.accounts().cloned().collect(),
    };
    let service = config
        .section(service_section().0)
        .filter(|_| named.is_none());
    let service = service.filter(|it| it.in_force().any(|it| it.origin().is_some()));
    console.done(&Shown {
        file: config.file().map(Path::to_owned),
        accounts: accounts.iter().map(Account::of).collect(),
        service: service.map(settings_of),
        problems: refused
            .err()
            .into_iter()
            .flatten()
            .map(|it| it.to_string())
            .collect(),
    })
}

#[derive(Debug, Serialize)]
struct Shown {
    /// The configuration file, if one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<std::path::PathBuf>,
    accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Vec<Line>>,
    /// What is wrong beside the settings themselves.
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Account {
    account: String,
    provider: &'static str,
    #[serde(skip)]
    title: &'static str,
    settings: Vec<Line>,
}

/// A setting, without the value of a secret.
#[derive(Debug, Serialize)]
struct Line {
    setting: &'static str,
    secret: bool,
    needed: bool,
    /// The value in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The file that a secret stands in, where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    from: From,
    /// The flag, the variable, or the file that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// The line of that file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What says the value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum From {
    Flag,
    Variable,
    File,
    Default,
    NotSet,
}

impl Account {
    fn of(account: &AccountConfig) -> Account {
        Account {
            account: account.name().to_owned(),
            provider: account.provider_name(),
            title: account
                .descriptor()
                .map_or(account.provider_name(), Descriptor::title),
            settings: settings_of(account),
        }
    }
}

fn settings_of(account: &AccountConfig) -> Vec<Line> {
    let needed = account.descriptor().map_or_else(Vec::new, needed);
    let line = |it: InForce<'_>| Line::of(&it, needed.contains(&it.setting().key()));
    account.in_force().map(line).collect()
}

impl Line {
    fn of(it: &InForce<'_>, needed: bool) -> Line {
        let (from, place, line) = match it.origin() {
            Some(Origin::Flag(name)) => (From::Flag, Some(name), None),
            Some(Origin::Variable(name)) => (From::Variable, Some(name), None),
            Some(Origin::File { name, line }) => (From::File, Some(name), Some(*line)),
            None if it.value().is_some() => (From::Default, None, None),
            None => (From::NotSet, None, None),
        };
        Line {
            setting: it.setting().key(),
            secret: it.setting().is_secret(),
            needed,
            value: it.value().map(without_credentials),
            file: it.file().map(|path| path.display().to_string()),
            from,
            place: place.cloned(),
            line,
            problem: it.problem().map(ToString::to_string),
        }
    }

    fn is_set(&self) -> bool {
        !matches!(self.from, From::Default | From::NotSet)
    }

    /// Setting, value and place, for people.
    fn row(&self, file: Option<&Path>) -> Vec<String> {
        let value = match (&self.problem, &self.value, &self.file) {
            (Some(_), _, _) => said("cannot be read"),
            // A word that is typed stays as it is typed.
            (None, Some(value), _) => shown(value),
            (None, None, Some(file)) => said(&format!("set, in {}", shown(file))),
            (None, None, None) if self.is_set() => said("set"),
            (None, None, None) => said("not set, and needed"),
        };
        let from = match (self.from, &self.place, self.line) {
            (From::Default, _, _) => "default".to_owned(),
            // The file stands above the tables.
            (_, Some(place), Some(line)) if file.is_some_and(|it| it == Path::new(place)) => {
                format!("line {line}")
            }
            (_, Some(place), Some(line)) => format!("{place}, line {line}"),
            (_, Some(place), None) => place.clone(),
            (_, None, _) => String::new(),
        };
        vec![self.setting.to_owned(), value, shown(&from)]
    }
}

/// A URL without user, password and query, each of which may be a secret that was written in the wrong place; other text as
/// it is.
fn without_credentials(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        return value.to_owned();
    };
    if rest.contains('@') {
        return format!("{scheme}://…");
    }
    match rest.split_once(['?', '#']) {
        Some((rest, _)) => format!("{scheme}://{rest}?…"),
        None => value.to_owned(),
    }
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let file = self.file.as_deref();
        match file {
            Some(file) => writeln!(out, "The configuration is read from {}.", file.display())?,
            None => writeln!(
                out,
                "No configuration file is read: `paylink config path` says where it would be."
            )?,
        }
        if self.accounts.is_empty() {
            writeln!(out, "\nNo account is configured: {HOW_TO_CONFIGURE}.")?;
        }
        for it in &self.accounts {
            writeln!(out, "\nAccount {}, with {}:\n", it.account, it.title)?;
            write_settings(&it.settings, file, out)?;
        }
        if let Some(settings) = &self.service {
            writeln!(out, "\nThe service:\n")?;
            write_settings(settings, file, out)?;
        }
        let of_settings = self.accounts.iter().flat_map(|it| &it.settings);
        let of_settings = of_settings.chain(self.service.iter().flatten());
        let problems = of_settings.filter_map(|it| it.problem.as_ref());
        for (index, problem) in self.problems.iter().chain(problems).enumerate() {
            if index == 0 {
                writeln!(out)?;
            }
            writeln!(out, "problem: {problem}")?;
        }
        Ok(())
    }
}

/// Writes what is set, what counts by default and what is needed; the rest by name.
fn write_settings(settings: &[Line], file: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    let is_told = |it: &&Line| it.needed || it.from != From::NotSet;
    let rows = settings.iter().filter(is_told).map(|it| it.row(file));
    let columns = [
        Column::id("SETTING"),
        Column::name("VALUE"),
        Column::sentence("FROM"),
    ];
    table(columns, rows).write(out)?;
    let rest: Vec<&str> = settings
        .iter()
        .filter(|it| !is_told(it))
        .map(|it| it.setting)
        .collect();
    match rest.is_empty() {
        true => Ok(()),
        false => writeln!(out, "\nNot set: {}", joined(&rest)),
    }
}

/// The names one after the other; of those that differ in a number alone, the first and the last.
fn joined(names: &[&str]) -> String {
    let stem = |name: &str| {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        (stem.len() < name.len()).then(|| stem.to_owned())
    };
    let runs = names.chunk_by(|one, other| stem(one).is_some() && stem(one) == stem(other));
    let told = runs.filter_map(|run| match run {
        [first, .., last] => Some(format!("{first} to {last}")),
        run => run.first().map(ToString::to_string),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_url_is_shown_that_may_be_a_secret() {
        for (value, shown) in [
            ("https://pay.example/api/", "https://pay.example/api/"),
            ("https://user:s3cr3t@pay.example/", "https://…"),
            ("postgres://user:s3/cr?e@t@db/books", "postgres://…"),
            (
                "https://shop.example/hook?token=s3cr3t",
                "https://shop.example/hook?…",
            ),
            ("http://shop.example#s3cr3t", "http://shop.example?…"),
            ("a@b?c", "a@b?c"),
        ] {
            assert_eq!(without_credentials(value), shown);
        }
    }

    #[test]
    fn names_that_differ_in_a_number_are_one_run() {
        let names = [
            "user_token",
            "api_key_1",
            "api_key_22",
            "api_key_3",
            "guild",
        ];
        assert_eq!(joined(&names), "user_token, api_key_1 to api_key_3, guild");
        assert_eq!(joined(&["api_key_1"]), "api_key_1");
    }
}
