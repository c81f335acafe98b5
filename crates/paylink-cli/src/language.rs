//! The language that people are spoken to in. Programs are not: JSON is the same in each.

use std::ffi::{OsStr, OsString};

use clap::ValueEnum;

/// A language that the command speaks: English or Persian.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Language {
    #[default]
    En,
    Fa,
}

impl Language {
    /// The one that was typed with `--lang`, else that of the environment.
    ///
    /// A command line that cannot be understood is told so in its own language, hence the look at bare arguments.
    pub(crate) fn wanted(
        arguments: impl Iterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Language {
        typed(arguments).unwrap_or_else(|| {
            // POSIX has this order: the first that is set to anything decides.
            let set = ["PAYLINK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()));
            set.map_or(Language::En, |value| Language::of_locale(&value))
        })
    }

    /// `fa`, `fa_IR.UTF-8` and their like are Persian, anything else is English.
    fn of_locale(locale: &OsStr) -> Language {
        let is_persian = locale
            .to_str()
            .and_then(|locale| locale.strip_prefix("fa"))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
        if is_persian {
            Language::Fa
        } else {
            Language::En
        }
    }
}

fn typed(arguments: impl Iterator<Item = OsString>) -> Option<Language> {
    let mut arguments = arguments.take_while(|argument| argument != "--");
    let mut last = None;
    while let Some(argument) = arguments.next() {
        let value = match argument.to_str() {
            Some("--lang") => arguments.next(),
            Some(argument) => argument.strip_prefix("--lang=").map(OsString::from),
            None => None,
        };
        let language = value.as_deref().and_then(OsStr::to_str);
        last = language
            .and_then(|value| Language::from_str(value, false).ok())
            .or(last);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(line: &str, variables: &[(&str, &str)]) -> Language {
        Language::wanted(line.split(' ').map(OsString::from), |name| {
            let found = variables.iter().find(|(of, _)| *of == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_flag_wins_and_then_the_first_variable_that_is_set() {
        for (line, variables, language) in [
            ("demo", &[][..], Language::En),
            ("demo", &[("LANG", "fa_IR.UTF-8")], Language::Fa),
            ("demo", &[("LANG", "fa")], Language::Fa),
            ("demo", &[("LANG", "fat")], Language::En),
            ("demo", &[("LANG", "fa_IR"), ("LC_ALL", "C")], Language::En),
            ("demo", &[("LANG", "fa_IR"), ("LC_ALL", "")], Language::Fa),
            (
                "demo",
                &[("LC_MESSAGES", "fa_IR"), ("LANG", "C")],
                Language::Fa,
            ),
            (
                "demo",
                &[("PAYLINK_LANG", "fa"), ("LC_ALL", "C")],
                Language::Fa,
            ),
            ("demo --lang en", &[("PAYLINK_LANG", "fa")], Language::En),
            ("--lang=fa demo", &[], Language::Fa),
            ("--lang fa --lang en demo", &[], Language::En),
            ("--lang xx demo", &[], Language::En),
            ("demo -- --lang fa", &[], Language::En),
        ] {
            assert_eq!(wanted(line, variables), language, "{line} {variables:?}");
        }
    }
}
