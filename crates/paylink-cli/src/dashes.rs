//! Values that begin with a dash: `--amount -5`, `--order -7`.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// Joins such a value to its option, as in `--amount=-5`, so that it is not taken for an option of its own.
///
/// What is an option, or looks like one, is none: a value was forgotten there. `--order=--x` gives such a value all the same.
pub(crate) fn joined(
    command: &Command,
    words: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let mut words = words.into_iter().peekable();
    let mut joined: Vec<OsString> = words.next().into_iter().collect();
    // The command that was typed so far, and those above it, whose global options it knows.
    let mut path = vec![command];
    while let Some(mut word) = words.next() {
        if word == "--" {
            joined.push(word);
            break;
        }
        let text = word.to_str().unwrap_or_default();
        if let Some(name) = text.strip_prefix("--") {
            if takes_value(&path, name)
                && let Some(value) = words.next_if(|next| next != "--" && !is_option(&path, next))
            {
                if value.to_string_lossy().starts_with('-') {
                    word.push("=");
                    word.push(value);
                } else {
                    joined.push(word);
                    word = value;
                }
            }
        } else if let Some(inner) = path.last().and_then(|last| last.find_subcommand(text)) {
            path.push(inner);
        }
        joined.push(word);
    }
    joined.extend(words);
    joined
}

fn options<'a>(path: &[&'a Command]) -> impl Iterator<Item = &'a Arg> {
    path.iter()
        .rev()
        .flat_map(|command| command.get_arguments())
}

fn takes_value(path: &[&Command], name: &str) -> bool {
    options(path)
        .find(|arg| arg.get_long() == Some(name))
        .is_some_and(|arg| arg.get_action().takes_values())
}

/// Whether a word is an option, right or misspelt, and no value.
fn is_option(path: &[&Command], word: &OsStr) -> bool {
    let Some(text) = word.to_str() else {
        return false;
    };
    if let Some(long) = text.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or_default();
        return name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    }
    let shorts = || options(path).filter_map(Arg::get_short).chain(['h', 'V']);
    text.strip_prefix('-')
        .is_some_and(|short| shorts().any(|known| short == known.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(typed: &str) -> String {
        let words = typed.split(' ').map(OsString::from);
        let joined = joined(&crate::cli::command(), words);
        let words: Vec<&str> = joined.iter().filter_map(|word| word.to_str()).collect();
        words.join(" ")
    }

    #[test]
    fn a_value_that_begins_with_a_dash_belongs_to_its_option() {
        for (typed, expected) in [
            (
                "paylink link create --amount -5",
                "paylink link create --amount=-5",
            ),
            (
                "paylink link create --order -- -5",
                "paylink link create --order -- -5",
            ),
            (
                "paylink link create --order -",
                "paylink link create --order=-",
            ),
            (
                "paylink --config -x.toml link --account -y list",
                "paylink --config=-x.toml link --account=-y list",
            ),
            (
                "paylink zipay refund --yes -5",
                "paylink zipay refund --yes -5",
            ),
            (
                "paylink link create --order=1 -5",
                "paylink link create --order=1 -5",
            ),
            (
                "paylink link create --order link --amount -5",
                "paylink link create --order link --amount=-5",
            ),
            (
                "paylink link create --order ---5 --",
                "paylink link create --order=---5 --",
            ),
        ] {
            assert_eq!(line(typed), expected);
        }
    }

    #[test]
    fn a_forgotten_value_is_not_found_in_the_next_option() {
        for typed in [
            "paylink link create --order --amount 5",
            "paylink link create --order --amuont 5",
            "paylink link create --order --amount=5",
            "paylink link create --order -h",
            "paylink link create --order",
            "paylink",
        ] {
            assert_eq!(line(typed), typed);
        }
    }
}
