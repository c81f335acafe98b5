use toml::Table;

use super::{AccountConfig, said_twice};
use crate::config::file::ConfigFile;
use crate::config::schema::{Form, Known};
use crate::config::source::{Source, Value};
use crate::config::{Problem, ProblemKind, spelling};
use crate::core::text::excerpt;

impl AccountConfig {
    /// Takes what a file says in this account's section.
    pub(in crate::config) fn read_file(&mut self, file: &ConfigFile, table: &Table) {
        for (written, value) in table {
            if written == "provider" && self.chooses() {
                continue;
            }
            let Some((known, is_path)) = self.schema.find(written) else {
                let problem = self.unknown_in_file(file, written);
                self.problems.push(problem);
                continue;
            };
            let origin = file.name_of(&self.section, written);
            let source = match (text(known, value), is_path) {
                _ if self.sources.contains_key(known.key) => said_twice(origin, known.key),
                (Ok(text), false) => {
                    self.keeps_secrets_in_file |= known.form == Form::Secret;
                    Source::Here(Value::new(&text, origin))
                }
                (Ok(path), true) => Source::InFile {
                    path: file.resolve(&path),
                    origin,
                },
                (Err(found), _) => {
                    let (problem, remedy) = found.told(written, &self.section);
                    Source::Refused(file.refused(ProblemKind::Malformed, problem, remedy))
                }
            };
            self.put(known.key, source);
        }
    }

    fn unknown_in_file(&self, file: &ConfigFile, written: &str) -> Problem {
        let question = spelling::question(written, self.keys());
        let problem = format!(
            "has the unknown key {} under [{}]",
            excerpt(written, 60),
            self.section
        );
        let remedy = format!("{question}the keys are {}", self.schema.keys());
        file.refused(ProblemKind::Unknown, problem, remedy)
            .of_account(&self.name)
    }
}

/// Why a value is not the text of a setting. The value may be a secret without its quotes: only its kind is told.
enum NoText {
    Empty,
    Other(&'static str),
}

impl NoText {
    /// The problem and its remedy.
    fn told(self, key: &str, section: &str) -> (String, String) {
        match self {
            NoText::Empty => (
                format!("has nothing as {key} under [{section}]"),
                "give it a value, or leave the line out".to_owned(),
            ),
            NoText::Other(kind) => (
                format!("has {key} under [{section}] as {kind}"),
                format!("write it as text, {key} = \"…\""),
            ),
        }
    }
}

fn text(known: &Known, value: &toml::Value) -> Result<String, NoText> {
    match (value, known.form) {
        (toml::Value::String(text), _) if text.is_empty() => Err(NoText::Empty),
        (toml::Value::String(text), _) => Ok(text.clone()),
        (toml::Value::Integer(number), Form::Number) => Ok(number.to_string()),
        (toml::Value::Boolean(switch), Form::Switch) => Ok(switch.to_string()),
        (other, _) => Err(NoText::Other(other.type_str())),
    }
}
