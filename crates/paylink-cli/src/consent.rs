//! A yes to what cannot be taken back.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;
use paylink::{FieldKey, Invalid};

use crate::console::Console;
use crate::failure::{Failure, UsageError};

/// A yes that is typed with the command; without it a terminal is asked for one.
#[derive(Debug, Args)]
pub(crate) struct YesArgs {
    /// Do it without asking at the terminal
    #[arg(long)]
    yes: bool,
}

impl YesArgs {
    /// Asks for it, if it was not said already. `question` is a whole sentence, and `remedy` what to give in a script.
    pub(crate) fn or_ask(
        &self,
        question: &str,
        remedy: &'static str,
        console: &Console,
    ) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            let missing = Invalid::new(
                FieldKey::new("yes", "confirmation"),
                "is missing, and nobody is there to be asked",
            )
            .at("--yes");
            return Err(UsageError::from(missing.with_remedy(remedy)).into());
        }
        console.note(format_args!("{question} Type yes to go on:"));
        if is_yes(&mut io::stdin().lock()) {
            Ok(())
        } else {
            Err(Failure::local("answer", "was not yes: nothing was sent"))
        }
    }
}

/// The longest line that is read for an answer.
const LONGEST: u64 = 64;

/// Whether the next line says yes, in whole.
fn is_yes(input: &mut dyn BufRead) -> bool {
    let mut line = String::new();
    let mut input = io::Read::take(input, LONGEST);
    input.read_line(&mut line).is_ok() && line.trim().eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_whole_yes_counts() {
        for (typed, is_one) in [
            ("yes\n", true),
            (" YES \n", true),
            ("yes", true),
            ("y\n", false),
            ("\n", false),
            ("", false),
            ("yes please\n", false),
            ("no\nyes\n", false),
        ] {
            assert_eq!(is_yes(&mut typed.as_bytes()), is_one, "{typed:?}");
        }
        let long = format!("{}yes\n", " ".repeat(100));
        assert!(!is_yes(&mut long.as_bytes()));
        assert!(!is_yes(&mut &b"\xff\xfe\n"[..]));
    }
}
