//! Where the command is read: how wide it is, whether it has colours, which language is spoken there.
//!
//! It is found out once, before anything is written. Reports write themselves without it, so it is one value of the process;
//! in tests it is a pipe without a width, and English.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use anstream::{AutoStream, ColorChoice};

use crate::language::Language;

/// Both streams, and what is spoken there.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Screen {
    pub(crate) language: Language,
    /// Columns that a line of standard output may have; none is no limit.
    pub(crate) width: Option<usize>,
    pub(crate) stdout: Stream,
    pub(crate) stderr: Stream,
}

/// One stream.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Stream {
    pub(crate) is_terminal: bool,
    pub(crate) has_colour: bool,
}

static SCREEN: OnceLock<Screen> = OnceLock::new();

impl Screen {
    /// The screen of this process.
    pub(crate) fn get() -> Screen {
        SCREEN.get().copied().unwrap_or_default()
    }

    /// Looks at the streams and the environment. A later call changes nothing.
    pub(crate) fn look(language: Language) {
        let screen = Screen {
            language,
            width: width(),
            stdout: Stream {
                is_terminal: io::stdout().is_terminal(),
                has_colour: has_colour(AutoStream::choice(&io::stdout())),
            },
            stderr: Stream {
                is_terminal: io::stderr().is_terminal(),
                has_colour: has_colour(AutoStream::choice(&io::stderr())),
            },
        };
        let _ = SCREEN.set(screen);
    }
}

fn has_colour(choice: ColorChoice) -> bool {
    choice != ColorChoice::Never
}

/// `COLUMNS` is what a person or a script asked for; a terminal says it itself.
fn width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok();
    let asked = columns.and_then(|columns| columns.parse().ok());
    let terminal = || {
        let stdout = io::stdout();
        let (width, _) = stdout
            .is_terminal()
            .then(|| terminal_size::terminal_size_of(&stdout))??;
        Some(usize::from(width.0))
    };
    asked.or_else(terminal).filter(|width| *width > 0)
}
