use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue};
use paylink::config::{Problem, ProblemKind, Problems};
use paylink::{Effect, Error, FieldKey, Invalid};
use serde::Serialize;

use crate::failure::Failure;
use crate::report::Report;
use crate::status::Status;
use crate::text::without_cards;

/// Flags that people expect a secret to have.
const SECRETS: [&str; 5] = [
    "--api-key",
    "--secret-key",
    "--token",
    "--user-name",
    "--password",
];

/// Something was typed or configured wrongly. Nothing was sent.
#[derive(Debug, Serialize)]
pub(crate) struct UsageError {
    kind: &'static str,
    effect: Effect,
    message: String,
    /// The key of the field, which is stable; what clap refuses has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// Where the value was typed or set.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<Box<str>>,
    /// What else is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
}

impl UsageError {
    /// What to do instead, where it is known.
    pub(crate) fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }
}

/// What was typed, whichever argument it is: the place names it.
pub(crate) const ARGUMENT: FieldKey = FieldKey::new("argument", "argument");

/// The value that a client refused before sending, if that is what the error tells of.
pub(crate) fn refused_value(error: &Error) -> Option<Invalid> {
    error.invalid().cloned()
}

impl From<Invalid> for UsageError {
    fn from(invalid: Invalid) -> UsageError {
        UsageError {
            kind: "usage",
            effect: Effect::NotExecuted,
            // A card that was typed in the wrong place is repeated like anything else.
            message: without_cards(&invalid.to_string()),
            field: (invalid.key() != ARGUMENT.as_str()).then_some(invalid.key()),
            place: invalid.place().map(Box::from),
            remedy: invalid.remedy().map(Box::from),
            also: Vec::new(),
        }
    }
}

impl From<Problems> for UsageError {
    fn from(problems: Problems) -> UsageError {
        let mut all = problems.iter().map(told);
        let first = all.next().unwrap_or_else(|| {
            Invalid::new(FieldKey::new("configuration", "configuration"), "is wrong")
        });
        let also = all.map(|invalid| invalid.to_string()).collect();
        UsageError {
            also,
            ..UsageError::from(first)
        }
    }
}

/// The problem as the command tells it: what is missing can be had from a sandbox.
fn told(problem: &Problem) -> Invalid {
    let invalid = problem.invalid().clone();
    match (problem.kind(), invalid.remedy()) {
        (ProblemKind::Missing, Some(remedy)) => {
            let remedy = format!("{remedy}; `paylink sandbox` gives one to try with");
            invalid.with_remedy(remedy)
        }
        _ => invalid,
    }
}

impl From<&clap::Error> for UsageError {
    fn from(error: &clap::Error) -> UsageError {
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Invalid::new(FieldKey::new("command", "command"), "is missing")
                .with_remedy("see `paylink --help`")
                .into();
        }
        let rendered = without_cards(&error.render().to_string());
        // The first paragraph says what is wrong; usage and hints for people follow.
        let said = rendered.split("\n\n").next().unwrap_or_default();
        let message = said.strip_prefix("error: ").unwrap_or(said);
        let place = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(name)) => Some(without_cards(name)),
            _ => None,
        };
        let usage = match error.get(ContextKind::Usage) {
            Some(ContextValue::StyledStr(usage)) => usage.to_string(),
            _ => String::new(),
        };
        UsageError {
            kind: "usage",
            effect: Effect::NotExecuted,
            message: message.split_whitespace().collect::<Vec<_>>().join(" "),
            remedy: place
                .as_deref()
                .and_then(|argument| remedy_for_a_secret(argument, &usage))
                .map(Box::from),
            field: None,
            place: place.map(Box::from),
            also: Vec::new(),
        }
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Failure {
        Failure::new(Status::Usage, error)
    }
}

impl Report for UsageError {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)?;
        for problem in &self.also {
            writeln!(out, "error: {problem}")?;
        }
        Ok(())
    }
}

/// A secret among the arguments can be read by everybody on the machine, so there is no flag for one.
fn remedy_for_a_secret(argument: &str, usage: &str) -> Option<String> {
    let flag = SECRETS
        .into_iter()
        .find(|flag| argument.starts_with(flag))?;
    let mut words = usage
        .split_whitespace()
        .skip_while(|word| *word != "paylink");
    let group = words.nth(1)?;
    let name = flag
        .trim_start_matches('-')
        .replace('-', "_")
        .to_uppercase();
    // Where the account is named by another flag, its variables are not known here.
    let account = match group {
        "link" | "doctor" => "ACCOUNT_<NAME>".to_owned(),
        provider => provider.to_uppercase(),
    };
    Some(format!(
        "Secrets are never taken from flags: set PAYLINK_{account}_{name} or use the configuration file."
    ))
}
