//! Holds what the command prints for programs to its schema, as `paylink schema` prints it.
//!
//! The schemas are open, so that a later release can add members. Here they are closed: a member that none of them
//! describes is a fault.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

/// What was called, for [`check`]: the words of a command line, or each such line of a shell's script.
#[derive(Debug, Default)]
pub(crate) struct Called(Vec<Vec<String>>);

impl Called {
    pub(crate) fn of(command: &Command) -> Called {
        let words = command.get_args().map(OsStr::to_string_lossy);
        if command.get_program() == env!("CARGO_BIN_EXE_paylink") {
            return Called(vec![words.map(String::from).collect()]);
        }
        let script: Vec<_> = words.collect();
        let lines = script.iter().flat_map(|it| it.lines());
        let lines = lines.filter_map(|line| line.split_once("paylink").map(|(_, words)| words));
        let words = |line: &str| {
            let words = line.split([' ', '\'']).filter(|it| !it.is_empty());
            words.map(str::to_owned).collect()
        };
        let lines = lines.map(words);
        Called(
            lines
                .filter(|words: &Vec<String>| name_of(words).is_some())
                .collect(),
        )
    }

    pub(crate) fn line(line: &str) -> Called {
        Called(vec![line.split(' ').map(str::to_owned).collect()])
    }
}

/// Holds each document on standard output to the schema of its command.
pub(crate) fn check(called: &Called, stdout: &str) {
    // The version of a record or of a handle is text.
    let is_document = |line: &&str| {
        let version = line.strip_prefix(r#"{"version":"#);
        version.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    for line in stdout.lines().filter(is_document) {
        let document: Value = serde_json::from_str(line).unwrap();
        // Of a member that stands there twice one is lost when it is read.
        let again = document.to_string();
        assert_eq!(again.len(), line.len(), "a member twice: {line}");
        let found = called.0.iter().map(|words| {
            // What is no command has the error that every command has.
            let name = name_of(words).unwrap_or_else(|| {
                assert!(
                    document.get("error").is_some(),
                    "{words:?} has no schema: {document}"
                );
                "schema".to_owned()
            });
            let schema = closed_schema(&name);
            let problems = schema.iter_errors(&document);
            let problems: Vec<String> = problems
                .map(|problem| format!("{name}.json: {}: {problem}", problem.instance_path()))
                .collect();
            problems
        });
        let found: Vec<Vec<String>> = found.collect();
        assert!(
            found.iter().any(Vec::is_empty),
            "{called:?} {line}: {found:#?}"
        );
    }
}

/// The command among these words, as its schema is called.
///
/// What stands between its words are flags.
pub(crate) fn name_of(words: &[String]) -> Option<String> {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
        let files = folder.read_dir().unwrap();
        let names = files.map(|file| file.unwrap().path());
        let names = names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
        names
            .filter(|name| !["definitions", "error"].contains(&&**name))
            .collect()
    });
    let is_flag = |word: &String| word.starts_with('-');
    let asks_version = |word: &String| word == "--version" || word == "-V";
    if words.iter().all(is_flag) && words.iter().any(asks_version) {
        return Some("version".to_owned());
    }
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .take_while(|word| *word != "--" && !word.starts_with('<'))
        .filter(|word| !word.starts_with('-'))
        .collect();
    if words.first() == Some(&"schema") {
        return Some("schema".to_owned());
    }
    let is_one = |name: &str| NAMES.iter().any(|it| it == name);
    let side_by_side = [3, 2].into_iter().flat_map(|count| words.windows(count));
    let side_by_side = side_by_side.map(|words| words.join("-"));
    let apart = words.iter().enumerate().flat_map(|(at, group)| {
        let later = words.iter().skip(at + 1);
        later.map(move |operation| format!("{group}-{operation}"))
    });
    let alone = words.iter().map(|word| (*word).to_owned());
    side_by_side.chain(apart).chain(alone).find(|it| is_one(it))
}

/// The schema that `paylink schema` prints, without room for a member that it does not describe.
fn closed_schema(name: &str) -> Arc<Validator> {
    static KNOWN: Mutex<Option<HashMap<String, Arc<Validator>>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    let validator = known.entry(name.to_owned()).or_insert_with(|| {
        let words = name.replacen('-', " ", if name.starts_with("serve-keys") { 2 } else { 1 });
        let mut command = Command::new(env!("CARGO_BIN_EXE_paylink"));
        let printed = command
            .arg("schema")
            .args(words.split(' '))
            .output()
            .unwrap();
        let schema = serde_json::from_slice(&printed.stdout);
        let mut schema = schema.unwrap_or_else(|error| panic!("{name}: {error}: {printed:?}"));
        close(&mut schema, true);
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    });
    Arc::clone(validator)
}

/// Closes each schema that is all there is to say of a value, and none that is a part of such a one.
fn close(schema: &mut Value, is_whole: bool) {
    let Value::Object(members) = schema else {
        return;
    };
    for (keyword, below) in members.iter_mut() {
        match (keyword.as_str(), below) {
            ("properties", Value::Object(below)) => {
                below.values_mut().for_each(|it| close(it, true));
            }
            ("items" | "additionalProperties", below) => close(below, true),
            ("then", below) => close(below, false),
            ("$defs", Value::Object(below)) => below.values_mut().for_each(|it| close(it, false)),
            ("allOf" | "anyOf" | "oneOf", Value::Array(below)) => {
                below.iter_mut().for_each(|it| close(it, false));
            }
            _ => {}
        }
    }
    if is_whole {
        members.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

#[test]
fn a_member_that_no_schema_describes_is_found() {
    let called = Called::line("--json zipay --base-url http://127.0.0.1:1 create-invoice");
    let ok = |more: &str| {
        format!(r#"{{"version":1,"ok":{{"track_id":"1","redirect":"u","message":null{more}}}}}"#)
    };
    check(&called, &ok(""));
    let wrong = [
        ok(r#","other":1"#),
        ok("").replace("null", "7"),
        ok("").replace(r#""redirect":"u","#, ""),
        ok("").replace(r#""version":1"#, r#""version":2"#),
        r#"{"version":1,"error":{"kind":"new","effect":"unknown","message":"m"}}"#.to_owned(),
        r#"{"version":1,"error":{"kind":"tls","effect":"unknown","message":"m","problems":[]}}"#
            .to_owned(),
        ok(r#","message":null"#),
    ];
    for wrong in wrong {
        let checked = std::panic::catch_unwind(|| check(&called, &wrong));
        assert!(checked.is_err(), "{wrong}");
    }
}
