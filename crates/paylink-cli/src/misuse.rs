//! What clap refuses, in the command's own words: one line says what is wrong, one what to do.

use std::error::Error;
use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;
use crate::text::{shown, without_private};

/// A command line that could not be understood.
#[derive(Debug)]
pub(crate) struct Misuse {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) remedy: String,
    /// The argument that it is about, if it is about one.
    pub(crate) place: Option<String>,
}

impl Misuse {
    /// Goes by the kind of the error and what belongs to it. clap's own text is not read.
    pub(crate) fn of(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Misuse {
        let found = Found(error);
        let command = command(arguments);
        let place = found.first(ContextKind::InvalidArg);
        Misuse {
            message: found.message(&command, place.as_deref()),
            remedy: found.remedy(&command, place.as_deref()),
            place,
        }
    }
}

/// What clap found out.
struct Found<'a>(&'a clap::Error);

impl Found<'_> {
    fn message(&self, command: &str, place: Option<&str>) -> String {
        let argument = place.unwrap_or("an argument");
        let value = self.first(ContextKind::InvalidValue);
        let value = value.as_deref().unwrap_or_default();
        match self.0.kind() {
            ErrorKind::InvalidValue if value.is_empty() => format!("{argument} has no value"),
            ErrorKind::InvalidValue => format!("{argument} \"{value}\" is not known"),
            ErrorKind::ValueValidation => {
                let why = self.0.source().map(ToString::to_string);
                let why = without_private(&why.unwrap_or_default());
                format!("{argument} \"{value}\" is wrong: {}", shown(&why))
            }
            ErrorKind::UnknownArgument if argument.starts_with('-') => {
                format!("{argument} is no option of `{command}`")
            }
            ErrorKind::UnknownArgument => {
                format!("\"{argument}\" is one word too many for `{command}`")
            }
            ErrorKind::InvalidSubcommand => {
                let word = self.first(ContextKind::InvalidSubcommand);
                let word = word.unwrap_or_default();
                format!("\"{word}\" is no command of `{command}`")
            }
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                format!("a command is missing after `{command}`")
            }
            ErrorKind::MissingRequiredArgument => {
                match self.all(ContextKind::InvalidArg).as_slice() {
                    [] => "an argument is missing".to_owned(),
                    [one] => format!("{one} is missing"),
                    several => format!("these are missing: {}", several.join(", ")),
                }
            }
            ErrorKind::ArgumentConflict => match self.all(ContextKind::PriorArg).as_slice() {
                [prior] if prior == argument => format!("{argument} is given twice"),
                [] => format!("{argument} does not go with what else is given"),
                others => format!("{argument} does not go with {}", others.join(", ")),
            },
            ErrorKind::TooManyValues => format!("{argument} has one value too many, \"{value}\""),
            ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
                format!("{argument} has not as many values as it needs")
            }
            ErrorKind::NoEquals => format!("{argument} needs = before its value"),
            ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
            _ => "the command line cannot be understood".to_owned(),
        }
    }

    fn remedy(&self, command: &str, place: Option<&str>) -> String {
        if let Some(secret) = place.and_then(|argument| remedy_for_a_secret(argument, command)) {
            return secret;
        }
        let suggested = [
            ContextKind::SuggestedValue,
            ContextKind::SuggestedArg,
            ContextKind::SuggestedSubcommand,
        ];
        let suggested = suggested.into_iter().find_map(|kind| self.first(kind));
        let help = format!("See `{command} --help`.");
        match (suggested, self.all(ContextKind::ValidValue).as_slice()) {
            (Some(word), []) => format!("Did you mean `{word}`? {help}"),
            (Some(word), known) => {
                format!("Did you mean `{word}`? Use one of {}.", known.join(", "))
            }
            (None, []) => help,
            (None, known) => format!("Use one of {}.", known.join(", ")),
        }
    }

    fn first(&self, kind: ContextKind) -> Option<String> {
        self.all(kind).into_iter().next()
    }

    fn all(&self, kind: ContextKind) -> Vec<String> {
        let private = |text: &String| shown(&without_private(text));
        match self.0.get(kind) {
            Some(ContextValue::String(one)) => vec![private(one)],
            Some(ContextValue::Strings(several)) => several.iter().map(private).collect(),
            _ => Vec::new(),
        }
    }
}

/// The words of the command that was meant, such as `paylink zipay list`.
fn command(arguments: impl Iterator<Item = OsString>) -> String {
    let mut command = &Cli::command();
    let mut words = command.get_name().to_owned();
    for argument in arguments.skip(1) {
        if let Some(next) = command.find_subcommand(argument) {
            command = next;
            words = format!("{words} {}", next.get_name());
        }
    }
    words
}

/// A secret among the arguments can be read by everybody on the machine, so there is no flag for one.
fn remedy_for_a_secret(argument: &str, command: &str) -> Option<String> {
    let typed = argument.trim_start_matches('-').replace('-', "_");
    let settings = paylink::providers().iter().flat_map(|it| it.settings());
    let secret = settings
        .filter(|setting| setting.is_secret() && typed.starts_with(setting.key()))
        .max_by_key(|setting| setting.key().len())?;
    let group = command.split(' ').nth(1)?;
    let name = secret.key().to_uppercase();
    // Where the account is named by another flag, its variables are not known here.
    let account = match group {
        "link" | "doctor" => "ACCOUNT_<NAME>".to_owned(),
        provider => provider.to_uppercase(),
    };
    Some(format!(
        "Secrets are never taken from flags: set PAYLINK_{account}_{name} or use the configuration file."
    ))
}
