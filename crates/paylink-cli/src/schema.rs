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
    "completions" "config-example" "config-path" "config-show" "demo" "doctor" "explain" "man"
    "sandbox" "schema"
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

/// What `--version` prints; it is printed by this name.
const VERSION_ALONE: (&str, &str) = ("version", include_str!("../schema/version.json"));

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
    // What this build was made without says so, and no more.
    let is_here = |name: &str| match name {
        "books" => cfg!(feature = "books"),
        "serve" => cfg!(feature = "serve"),
        name => name != "help",
    };
    let mut all = Vec::new();
    for command in group.get_subcommands() {
        let name = command.get_name();
        if !is_here(name) || command.is_hide_set() {
            continue;
        }
        if !command.is_subcommand_required_set() {
            all.push(name.to_owned());
        }
        let below = commands(command).into_iter();
        all.extend(below.map(|words| format!("{name} {words}")));
    }
    all
}

/// The schema of each command, and that of the error.
fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_providers = providers::schemas().into_iter().flatten();
    let own = SCHEMAS.iter().chain(of_providers).copied();
    own.chain([VERSION_ALONE, ERROR])
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use paylink::desk::Stage;
    use paylink::{
        Advice, Capability, ComparedField, Currency, ErrorKind, Input, PaymentState, Reason,
    };

    use super::*;
    use crate::report::VERSION;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).expect("a schema is JSON")
    }

    fn names() -> BTreeSet<String> {
        all().map(|(name, _)| name.to_owned()).collect()
    }

    /// The words of a list in the code, as they are printed.
    fn words<T: Serialize>(list: &[T]) -> Vec<Value> {
        let printed = list.iter().map(serde_json::to_value);
        printed.map(|word| word.expect("a word is JSON")).collect()
    }

    #[test]
    #[cfg(feature = "serve")]
    fn each_command_has_a_schema_and_each_schema_a_command() {
        let commands = commands(&Cli::command()).into_iter();
        let commands = commands.map(|words| words.replace(' ', "-"));
        let described: BTreeSet<String> = commands
            .chain([VERSION_ALONE.0, ERROR.0].map(str::to_owned))
            .collect();
        assert_eq!(names(), described);
    }

    #[test]
    fn each_file_is_printed_and_has_its_own_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
        let files = fs::read_dir(folder).expect("there is a folder");
        let files = files.map(|file| file.expect("it can be read").file_name());
        let files: BTreeSet<String> = files
            .map(|name| name.to_string_lossy().replace(".json", ""))
            .filter(|name| name != "definitions")
            .collect();
        assert_eq!(files, names());
        for (name, text) in all().chain([("definitions", DEFINITIONS)]) {
            let schema = parsed(text);
            let id = schema["$id"].as_str().unwrap_or_default();
            assert!(
                id.ends_with(&format!("/json/{VERSION}/{name}.json")),
                "{id}"
            );
            let title = schema["title"].as_str().unwrap_or_default();
            if let Some(command) = title.strip_prefix("paylink ") {
                assert_eq!(command.trim_start_matches('-').replace(' ', "-"), name);
            }
            assert!(
                schema.get("$defs").is_none() || name == "definitions",
                "{name}"
            );
        }
        let document = &parsed(DEFINITIONS)["$defs"]["document"];
        assert_eq!(document["properties"]["version"]["const"], VERSION);
    }

    /// A member is described where it stands, or by what it refers to.
    #[test]
    fn each_member_is_described() {
        fn look(schema: &Value, place: &str, definitions: &Value) {
            for (key, below) in schema.as_object().into_iter().flatten() {
                let place = format!("{place}/{key}");
                if key == "properties" {
                    for (member, schema) in below.as_object().into_iter().flatten() {
                        let place = format!("{place}/{member}");
                        let is_outcome = ["ok", "error"].contains(&&**member);
                        let is_condition =
                            schema.get("const").is_some() || schema.get("enum").is_some();
                        let refers = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
                        let described = schema.get("description").is_some()
                            || refers
                                .is_some_and(|it| definitions[it].get("description").is_some());
                        let in_if = place.contains("/if/") && is_condition;
                        assert!(described || is_outcome || in_if, "{place}");
                        look(schema, &place, definitions);
                    }
                } else {
                    look(below, &place, definitions);
                    for (at, below) in below.as_array().into_iter().flatten().enumerate() {
                        look(below, &format!("{place}/{at}"), definitions);
                    }
                }
            }
        }
        let definitions = parsed(DEFINITIONS);
        look(&definitions, "definitions", &definitions["$defs"]);
        for (name, text) in all() {
            look(&parsed(text), name, &definitions["$defs"]);
        }
    }

    #[test]
    fn what_is_listed_are_the_words_of_the_code() {
        let definitions = parsed(DEFINITIONS);
        let listed = |place: &str| {
            let found = definitions.pointer(&format!("/$defs/{place}"));
            found.unwrap_or_else(|| panic!("no {place}")).clone()
        };
        let members = |place: &str| {
            let found = listed(place);
            let names = found.as_object().into_iter().flatten();
            names
                .map(|(name, _)| name.as_str().into())
                .collect::<BTreeSet<String>>()
        };
        let fields = [&ComparedField::ALL[..], &[ComparedField::Payer]].concat();
        for (place, code) in [
            ("reason/enum", words(Reason::ALL)),
            ("advice/properties/action/enum", words(Advice::ALL)),
            ("payment_state/anyOf/0/enum", words(PaymentState::NAMED)),
            ("currency/enum", words(&Currency::ALL)),
            ("compared_field/enum", words(&fields)),
            (
                "zipay_invoice/properties/status/examples",
                words(&paylink::zipay::Status::DOCUMENTED),
            ),
            ("stage/examples", words(Stage::ALL)),
            #[cfg(feature = "books")]
            (
                "reconciled/properties/discrepancies/items/properties/kind/enum",
                words(paylink_books::DiscrepancyKind::ALL),
            ),
        ] {
            assert_eq!(listed(place), Value::Array(code), "{place}");
        }
        for (place, code) in [
            (
                "capabilities/properties/capabilities/properties",
                words(Capability::ALL),
            ),
            (
                "capabilities/properties/inputs/properties",
                words(Input::ALL),
            ),
        ] {
            let code = code
                .iter()
                .map(|word| word.as_str().unwrap_or_default().to_owned());
            assert_eq!(members(place), code.collect(), "{place}");
        }
    }

    /// The sources of the command.
    fn sources(folder: &Path) -> String {
        let inside = fs::read_dir(folder).expect("there is a folder");
        let paths = inside.map(|entry| entry.expect("it can be read").path());
        let text = paths.map(|path| match path.is_dir() {
            true => sources(&path),
            false => fs::read_to_string(&path).expect("it is text"),
        });
        text.collect()
    }

    /// The kinds that a report chooses between when it is made.
    const CHOSEN_BETWEEN: [&str; 4] = ["differs", "incomplete", "too_many", "too_soon"];

    #[test]
    fn each_kind_of_error_is_listed_and_on_the_page() {
        let error = parsed(ERROR.1);
        let kinds = error["properties"]["kind"]["oneOf"].as_array();
        let kinds: BTreeSet<&str> = kinds
            .into_iter()
            .flatten()
            .filter_map(|kind| kind["const"].as_str())
            .collect();
        let of_calls = error["allOf"][1]["if"]["properties"]["kind"]["enum"].as_array();
        let of_calls = of_calls.into_iter().flatten().filter_map(Value::as_str);
        let of_clients: BTreeSet<&str> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(of_calls.collect::<BTreeSet<_>>(), of_clients);
        let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        let quoted = |text: &str| -> BTreeSet<String> {
            let after = sources.split(text).skip(1);
            let words =
                after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            let is_kind =
                |word: &&str| word.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
            words.filter(is_kind).map(str::to_owned).collect()
        };
        let of_clients = of_clients.into_iter().map(str::to_owned);
        let told = quoted("kind: ")
            .into_iter()
            .chain(quoted("local("))
            .chain(of_clients);
        let told: BTreeSet<String> = told.collect();
        for kind in &told {
            assert!(kinds.contains(kind.as_str()), "{kind} is not listed");
        }
        let page = include_str!("../../../docs/json.md");
        for kind in kinds {
            let is_told = told.contains(kind) || CHOSEN_BETWEEN.contains(&kind);
            assert!(is_told, "nobody says {kind}");
            assert!(
                page.contains(&format!("`{kind}`")),
                "{kind} is not on the page"
            );
        }
    }
}
