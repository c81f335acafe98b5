//! Where a setting's value comes from, and what is known of it before its client sees it. Nothing here prints a value.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use super::file::{self, ConfigFile, under};
use super::syntax::BACKSLASH;
use super::{Problem, ProblemKind};
use crate::Invalid;
use crate::core::provider::{Setting, SettingKind};

/// The place that the value in force of a setting comes from.
///
/// It prints as a person would point at it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A flag of the command line.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A line of the configuration file.
    File {
        /// The file.
        name: String,
        /// The line, counted from one.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Variable(name) => f.write_str(name),
            Origin::File { name, line } => write!(f, "{name}, line {line}"),
        }
    }
}

/// What is set, and how a problem with it names the place.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) origin: Origin,
    pub(super) place: String,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// It stands here.
    Here(SecretString),
    /// It stands in a file of its own.
    InFile(PathBuf),
    /// Something stands here that cannot be it.
    Refused(Problem),
}

/// A value with the name of the place it came from, as the person knows that place.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    pub(super) text: Cow<'a, SecretString>,
    pub(super) place: &'a str,
}

impl Source {
    /// What was typed under a flag.
    pub(super) fn of_flag(flag: &str, value: &str) -> Source {
        Source {
            origin: Origin::Flag(flag.to_owned()),
            place: flag.to_owned(),
            content: Content::Here(value.into()),
        }
    }

    /// What a variable says; `is_path` if it names the file that a secret is in.
    pub(super) fn of_variable(
        setting: &Setting,
        name: &str,
        text: Result<&str, Invalid>,
        is_path: bool,
    ) -> Source {
        let content = match text {
            Ok(path) if is_path => match path.chars().any(char::is_control) {
                true => Content::Refused(no_path(setting, name.to_owned())),
                false => Content::InFile(path.into()),
            },
            Ok(text) => Content::Here(text.into()),
            Err(invalid) => Content::Refused(Problem::new(ProblemKind::Malformed, invalid)),
        };
        Source {
            origin: Origin::Variable(name.to_owned()),
            place: name.to_owned(),
            content,
        }
    }

    /// What a line of the file says; `written` is its key, and `is_path` if that names the file that a secret is in.
    pub(super) fn of_line(
        setting: &Setting,
        file: &ConfigFile,
        section: &str,
        written: &str,
        value: &Spanned<DeValue<'_>>,
        is_path: bool,
    ) -> Source {
        let place = file.name_of(section, written);
        let content = match text(setting, written, section, value.get_ref()) {
            Ok(text) if is_path && text.chars().any(char::is_control) => {
                Content::Refused(no_path(setting, place.clone()))
            }
            Ok(path) if is_path => Content::InFile(file.resolve(&path)),
            Ok(text) if !setting.is_secret() && is_mangled(&text, file.has_escapes(value)) => {
                Content::Refused(no_path(setting, place.clone()))
            }
            Ok(text) => Content::Here(text.into()),
            Err((problem, remedy)) => {
                let kind = ProblemKind::Malformed;
                Content::Refused(file.refused(setting.field(), kind, problem, remedy))
            }
        };
        Source {
            origin: file.origin_of(value),
            place,
            content,
        }
    }

    /// The same place, where a setting is said in two ways.
    pub(super) fn said_twice(self, setting: &Setting) -> Source {
        let key = setting.key();
        let conflict = Invalid::new(
            setting.field(),
            "is said both directly and by a file of its own",
        )
        .at(self.place.clone())
        .with_remedy(format!("leave out {key} or {key}_file"));
        let content = Content::Refused(Problem::new(ProblemKind::Conflict, conflict));
        Source { content, ..self }
    }

    /// The value, read from its file if it is in one, and of the form that the setting has.
    pub(super) fn read(&self, setting: &Setting) -> Result<Value<'_>, Problem> {
        let text = match &self.content {
            Content::Here(text) => Cow::Borrowed(text),
            Content::InFile(path) => Cow::Owned(file::secret(setting.field(), path, &self.place)?),
            Content::Refused(problem) => return Err(problem.clone()),
        };
        match setting.check(text.expose_secret()) {
            Ok(()) => Ok(Value {
                text,
                place: &self.place,
            }),
            Err(invalid) => {
                let placed = invalid.at(self.place.clone());
                Err(Problem::new(ProblemKind::Malformed, placed))
            }
        }
    }
}

/// `"C:\temp\new"` holds a tab and a line break, which nobody meant who wrote it on one line.
fn is_mangled(text: &str, has_escapes: bool) -> bool {
    has_escapes && text.chars().any(char::is_control)
}

fn no_path(setting: &Setting, place: String) -> Problem {
    let invalid = Invalid::new(
        setting.field(),
        r"holds a control character, such as the tab that \t stands for in double quotes",
    );
    Problem::new(
        ProblemKind::Malformed,
        invalid.at(place).with_remedy(BACKSLASH),
    )
}

/// The text of a setting, or what is wrong with it and what to do. The value may be a secret without its quotes: only its
/// kind is told.
fn text(
    setting: &Setting,
    written: &str,
    section: &str,
    value: &DeValue<'_>,
) -> Result<String, (String, String)> {
    match (value, setting.kind()) {
        (DeValue::String(text), _) if text.is_empty() => Err((
            format!("has nothing as {written}{}", under(section)),
            "give it a value, or leave the line out".to_owned(),
        )),
        (DeValue::String(text), _) => Ok(text.clone().into_owned()),
        (DeValue::Integer(number), SettingKind::Number) => Ok(in_digits(number)),
        (DeValue::Boolean(switch), SettingKind::Switch) => Ok(switch.to_string()),
        (other, _) => Err((
            format!("has {written}{} as {}", under(section), other.type_str()),
            format!("write it as text, {written} = \"…\""),
        )),
    }
}

/// A whole number in decimal digits; as it is written where no number is so large.
fn in_digits(number: &DeInteger<'_>) -> String {
    let digits = number.as_str().trim_start_matches('+');
    match u64::from_str_radix(digits, number.radix()) {
        Ok(number) => number.to_string(),
        Err(_) if number.radix() == 10 => digits.to_owned(),
        Err(_) => number.to_string(),
    }
}
