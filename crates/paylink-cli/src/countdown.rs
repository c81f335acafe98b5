use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::time::Duration;

use crate::console::Console;
use crate::time_left::time_left;

/// The time that is left for something, beside the results: one line that changes on a terminal, a line a minute elsewhere.
#[derive(Debug)]
pub(crate) struct Countdown<'a> {
    console: &'a Console,
    awaited: &'static str,
    on_terminal: bool,
    said: Option<String>,
}

impl<'a> Countdown<'a> {
    /// Begins to wait for what is `awaited`.
    pub(crate) fn to(awaited: &'static str, console: &'a Console) -> Countdown<'a> {
        Countdown {
            console,
            awaited,
            on_terminal: io::stderr().is_terminal(),
            said: None,
        }
    }

    /// Shows how much time is left, if that is known.
    pub(crate) fn show(&mut self, left: Option<Duration>) {
        let left = match left {
            Some(left) if self.on_terminal => format!(", {} left", time_left(left)),
            Some(left) => format!(", {} min left", left.as_secs().div_ceil(60)),
            None => String::new(),
        };
        let line = format!("Waiting for {}{left}", self.awaited);
        if self.said.as_ref() == Some(&line) {
            return;
        }
        if self.on_terminal {
            self.console
                .redraw(format_args!("{line}. Ctrl-C ends the waiting."));
        } else {
            self.console.note(&line);
        }
        self.said = Some(line);
    }

    /// Says something on a line of its own.
    pub(crate) fn note(&mut self, line: impl Display) {
        self.end();
        self.console.note(line);
    }

    /// Takes the line away.
    pub(crate) fn end(&mut self) {
        if self.on_terminal && self.said.take().is_some() {
            self.console.redraw("");
        }
    }
}
