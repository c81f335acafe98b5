//! `paylink schema`: the form of the documents that `--json` prints.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use paylink::Invalid;
use serde::Serialize;
use serde_json::Value;

use crate::cli::Cli;
use crate::console::Console;
use crate::failure::{ARGUMENT, Failure, UsageError};
use crate::providers;
use crate::report::Report;

/// Print the JSON Schema of what a command prints with --json
///
/// Without a command, list those that have one. `paylink schema error` prints that of the error alone.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The command, such as `link create`
    command: Vec<String>,
}

/// Schemas, by their commands' words with dashes between them.
macro_rules! schemas {
    ($($name:literal)*) => {
        &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/", $name, ".json")),
        )),*]
    };
}
pub(crate) use schemas;

/// Those that no provider brings.
const SCHEMAS: &[(&str, &str)] = schemas! {
    "completions" "demo" "doctor" "sandbox" "schema"
    "books-check" "books-due" "books-export" "books-init" "books-order" "books-orders"
    "books-outbox" "books-reconcile" "books-retry"
    "link-create" "link-disable" "link-list" "link-refund" "link-resend" "link-resolve"
    "link-settle" "link-status"
    "serve" "serve-keys-create" "serve-keys-list" "serve-keys-revoke" "serve-migrate" "serve-secret"
};

/// What several of them refer to.
const DEFINITIONS: &str = include_str!("../schema/definitions.json");

/// The error of every command; it is printed by this name.
const ERROR: (&str, &str) = ("error", include_str!("../schema/error.json"));

/// Carries out what was typed.
pub(crate) fn run(args: &SchemaArgs, console: &Console) -> Result<(), Failure> {
    if args.command.is_empty() {
        let here = commands(&Cli::command()).into_iter();
        return console.done(&Listed {
            commands: here.filter(|words| text_of(words).is_some()).collect(),
        });
    }
    let command = args.command.join(" ");
    let Some(text) = text_of(&command) else {
        return Err(UsageError::from(
            Invalid::new(ARGUMENT, "is no command that has a schema")
                .with_value(&command)
                .at("COMMAND")
                .with_remedy("`paylink schema` lists those that have one"),
        )
        .into());
    };
    let text = whole(text);
    let schema = serde_json::from_str(&text)
        .map_err(|error| Failure::local("schema", &format!("cannot be read: {error}")))?;
    console.done(&Schema {
        command,
        schema,
        text,
    })
}

/// The commands that carry something out, by their words.
fn commands(group: &clap::Command) -> Vec<String> {
    let below = group
        .get_subcommands()
        .filter(|it| it.get_name() != "help" && !it.is_hide_set());
    let mut all = Vec::new();
    for command in below {
        let name = command.get_name();
        let deeper = commands(command).into_iter();
        if deeper.len() == 0 || !command.is_subcommand_required_set() {
            all.push(name.to_owned());
        }
        all.extend(deeper.map(|words| format!("{name} {words}")));
    }
    all
}

/// The schema of each command, and that of the error.
fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_providers = providers::schemas().into_iter().flatten();
    SCHEMAS.iter().chain(of_providers).copied().chain([ERROR])
}

fn text_of(command: &str) -> Option<&'static str> {
    let name = command.replace(' ', "-");
    let mut all = all();
    all.find_map(|(one, text)| (one == name).then_some(text))
}

/// A schema with those that it refers to, so that nothing has to be fetched.
fn whole(schema: &str) -> String {
    let open = schema.trim_end().strip_suffix('}').unwrap_or(schema);
    let inner = |text: &str| text.trim_end().replace('\n', "\n    ");
    let (open, error, definitions) = (open.trim_end(), inner(ERROR.1), inner(DEFINITIONS));
    let error = match schema == ERROR.1 {
        true => String::new(),
        false => format!("\n    \"error\": {error},"),
    };
    format!("{open},\n  \"$defs\": {{{error}\n    \"definitions\": {definitions}\n  }}\n}}\n")
}

/// The commands whose documents are described.
#[derive(Debug, Serialize)]
struct Listed {
    commands: Vec<String>,
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for command in &self.commands {
            writeln!(out, "{command}")?;
        }
        Ok(())
    }
}

/// The schema of one.
#[derive(Debug, Serialize)]
struct Schema {
    command: String,
    schema: Value,
    #[serde(skip)]
    text: String,
}

impl Report for Schema {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }
}
