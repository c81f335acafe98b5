//! `paylink config`: what is configured, and how to begin.

mod example;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use paylink::config::{Config, ProblemKind, Variables};
use paylink::core::provider::Descriptor;
use paylink::{FieldKey, Invalid};
use serde::Serialize;

use crate::account::{Setup, config_builder, transport};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::report::Report;

const AFTER_HELP: &str = "\
Begin with `paylink config example zipay > paylink.toml`: fill in what stands between the quotes, and name the file by --config or \
PAYLINK_CONFIG, or put it where `paylink config path` says. `paylink doctor` then checks it.

No secret is printed. docs/configuration.md has every setting.";

/// Show what is configured and where it comes from, and write an example
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Print a configuration file with an explanation of each setting, to be filled in
    Example(example::ExampleArgs),
    /// Print the settings in force and where each comes from, secrets as set or not set
    Show(show::ShowArgs),
    /// Print which file is read, or would be if it were there
    Path,
}

/// Carries out what was typed.
pub(crate) fn run(args: &ConfigArgs, setup: Setup<'_>, console: &Console) -> Result<(), Failure> {
    match &args.operation {
        Operation::Example(args) => example::example(args, console),
        Operation::Show(args) => show::show(args, setup, console),
        Operation::Path => path(setup, console),
    }
}

fn path(setup: Setup<'_>, console: &Console) -> Result<(), Failure> {
    let path = Config::path(setup.file, &Variables::of_process());
    let path = path.ok_or_else(|| {
        let nowhere = Invalid::new(
            CONFIG,
            "has no usual place: neither HOME nor XDG_CONFIG_HOME is set",
        );
        UsageError::from(nowhere.with_remedy("name a file by --config or PAYLINK_CONFIG"))
    })?;
    console.done(&Place {
        exists: path.exists(),
        path,
    })
}

const CONFIG: FieldKey = FieldKey::new("config", "configuration");

#[derive(Debug, Serialize)]
struct Place {
    path: PathBuf,
    exists: bool,
}

impl Report for Place {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.path.display())
    }
}

/// The settings that are missing where nothing is set: a client knows that better than its list of settings does.
fn needed(provider: &Descriptor) -> Vec<&'static str> {
    let bare = config_builder().parse_toml("", &Variables::default()).ok();
    let bare = bare.and_then(|config| config.account(provider.name()).ok());
    let opened = bare.zip(transport().ok());
    let refused = opened.and_then(|(bare, transport)| bare.open(&transport).err());
    let missing = refused.into_iter().flatten();
    let missing = missing.filter(|it| it.kind() == ProblemKind::Missing);
    missing.map(|it| it.invalid().key()).collect()
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};
    use paylink::config::PROXY_SETTINGS;
    use paylink::core::provider::Setting;

    use crate::account::service_section;
    use crate::cli::Cli;

    fn has_flag(command: &Command, flag: &str) -> bool {
        let mut own = command.get_arguments();
        own.any(|it| it.get_long() == Some(flag))
            || command.get_subcommands().any(|it| has_flag(it, flag))
    }

    /// Asserts that the rows of these settings name a flag where there is one.
    fn check(table: &str, settings: &[Setting], command: &Command) {
        for setting in settings {
            let flag = setting.key().replace('_', "-");
            let begin = format!("| `{}` ", setting.key());
            // Settings that differ in a number share a row, and none of them is typed.
            let row = table.lines().find(|line| line.starts_with(&begin));
            let is_named = row.is_some_and(|row| row.contains(&format!(" `--{flag}` ")));
            assert_eq!(
                is_named,
                has_flag(command, &flag),
                "{} {flag}",
                command.get_name()
            );
        }
    }

    #[test]
    fn the_pages_name_each_flag_that_stands_for_a_setting() {
        let page = include_str!("../../../docs/configuration.md");
        let cli = Cli::command();
        let table = |title: &str| {
            let (_, rest) = page.split_once(&format!("### {title}\n")).unwrap();
            rest.split("\n### ").next().unwrap()
        };
        check(table("The way to the providers"), PROXY_SETTINGS, &cli);
        for provider in paylink::providers() {
            let (title, name) = (provider.title(), provider.name());
            let group = cli.find_subcommand(name).unwrap();
            check(
                table(&format!("{title} (`{name}`)")),
                provider.settings(),
                group,
            );
        }
        let (section, settings) = service_section();
        if !settings.is_empty() {
            let page = include_str!("../../../docs/serve.md");
            check(page, settings, cli.find_subcommand(section).unwrap());
        }
    }
}
