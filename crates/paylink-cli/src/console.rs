use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::error::ErrorKind::{DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
use serde::Serialize;

use crate::failure::{Failure, Status, UsageError};
use crate::report::{AnyReport, Kept, Report};
use crate::screen::Screen;
use crate::text::time_left;
use crate::version::Version;
use crate::voice::{Voice, spoken};

/// Who reads standard output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    People,
    Json,
}

impl Format {
    pub(crate) fn json_if(json: bool) -> Format {
        if json { Format::Json } else { Format::People }
    }
}

/// How long nobody wonders what a command does.
const UNNOTICED: Duration = Duration::from_secs(1);

/// The one way out: results to standard output, everything else to standard error.
#[derive(Debug)]
pub(crate) struct Console {
    format: Format,
    /// Whether standard error's terminal is at a line that is to be written over.
    is_on_line: AtomicBool,
    stdout: fn() -> Box<dyn Write>,
    stderr: fn() -> Box<dyn Write>,
}

impl Console {
    pub(crate) fn new(format: Format) -> Console {
        let stdout: fn() -> Box<dyn Write> = || Box::new(io::stdout().lock());
        Console {
            format,
            is_on_line: AtomicBool::new(false),
            stdout,
            stderr: || Box::new(io::stderr().lock()),
        }
    }

    /// Standard output, where people read in their language and programs what was serialised.
    fn out(&self) -> Box<dyn Write> {
        self.leave_line();
        match self.format {
            Format::People => {
                let screen = Screen::get();
                Box::new(Voice::new((self.stdout)(), screen.language, screen.stdout))
            }
            Format::Json => (self.stdout)(),
        }
    }

    /// Standard error, which people read whatever the format is.
    fn err(&self) -> Box<dyn Write> {
        self.leave_line();
        let screen = Screen::get();
        Box::new(Voice::new((self.stderr)(), screen.language, screen.stderr))
    }

    /// One that nobody can be told through.
    #[cfg(test)]
    pub(crate) fn deaf() -> Console {
        let full: fn() -> Box<dyn Write> = || Box::new(io::Cursor::new([0_u8; 0]));
        Console {
            format: Format::People,
            is_on_line: AtomicBool::new(false),
            stdout: full,
            stderr: full,
        }
    }

    /// One that says nothing.
    #[cfg(test)]
    pub(crate) fn silent() -> Console {
        let nowhere: fn() -> Box<dyn Write> = || Box::new(io::sink());
        Console {
            format: Format::People,
            is_on_line: AtomicBool::new(false),
            stdout: nowhere,
            stderr: nowhere,
        }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Prints the result of a command.
    pub(crate) fn done(&self, report: &impl Report) -> Result<(), Failure> {
        match report.kept() {
            Kept::Elsewhere => Ok(self.print(report)?),
            Kept::HereAlone => self.print(report).map_err(|error| {
                self.print_beside(report);
                Failure::Lost(error)
            }),
            Kept::NotStored(problem) => {
                let told = NotStored::new(report, &problem);
                match self.format {
                    Format::People => self.print(report).inspect(|()| {
                        // The status speaks even where the words do not arrive.
                        let _ = Report::write_text(&told, &mut *self.err());
                    }),
                    Format::Json => {
                        let mut out = self.out();
                        told.write_error(&mut out).and_then(|()| out.flush())
                    }
                }
                .map_err(Failure::Lost)?;
                Err(Failure::Ended(Status::NotStored))
            }
        }
    }

    fn print(&self, report: &impl Report) -> io::Result<()> {
        let mut out = self.out();
        match self.format {
            Format::People => Report::write_text(report, &mut out)?,
            Format::Json => report.write_ok(&mut out)?,
        }
        out.flush()
    }

    /// Prints what standard output did not take, on standard error.
    fn print_beside(&self, report: &impl Report) {
        if report.is_secret() {
            return;
        }
        let mut err = self.err();
        let _ = match self.format {
            Format::People => Report::write_text(report, &mut err),
            Format::Json => report.write_ok(&mut err),
        };
    }

    /// Tells one step of a demo: it is the result for people, and stands beside the document for programs.
    pub(crate) fn step(&self, line: impl Display) -> Result<(), Failure> {
        match self.format {
            Format::People => {
                let mut out = self.out();
                writeln!(out, "{line}")?;
                out.flush()?;
            }
            Format::Json => self.note(line),
        }
        Ok(())
    }

    /// Says something beside the results. Nobody may be listening there.
    pub(crate) fn note(&self, line: impl Display) {
        let _ = writeln!(self.err(), "{line}");
    }

    /// Says on a terminal how far something is: a line that the next one takes the place of.
    pub(crate) fn progress(&self, line: impl Display) {
        if Screen::get().stderr.is_terminal {
            self.redraw(line);
        }
    }

    /// Writes over the line that standard error's terminal is at. What is said next takes its place.
    pub(crate) fn redraw(&self, line: impl Display) {
        let screen = Screen::get();
        let line = spoken(&line.to_string(), screen.language, screen.stderr);
        self.is_on_line.store(!line.is_empty(), Ordering::Relaxed);
        let mut err = (self.stderr)();
        let _ = write!(err, "\r{line}\u{1b}[K").and_then(|()| err.flush());
    }

    fn leave_line(&self) {
        if self.is_on_line.load(Ordering::Relaxed) {
            self.redraw("");
        }
    }

    /// Does some work, and says on a terminal who is asked if it takes longer than a second.
    pub(crate) async fn while_asking<T>(&self, whom: &str, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if Screen::get().stderr.is_terminal {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(UNNOTICED) => {}
            }
            // Who counts the time that is left says enough.
            if !self.is_on_line.load(Ordering::Relaxed) {
                self.redraw(format_args!("Asking {whom} …"));
            }
        }
        let done = work.await;
        self.leave_line();
        done
    }

    /// Prints why a command failed, if it did, and says what to tell the shell.
    pub(crate) fn conclude(&self, outcome: Result<(), Failure>) -> Status {
        let (status, report) = match outcome {
            Ok(()) => return Status::Done,
            Err(Failure::Ended(status)) => return status,
            Err(Failure::Output(error)) => return self.unheard(&error),
            Err(Failure::Lost(error)) => return self.lost(&error),
            Err(Failure::Told(status, report)) => (status, report),
        };
        let told = match self.format {
            Format::People => report.write_text(&mut *self.err()),
            Format::Json => {
                let mut out = self.out();
                report.write_error(&mut out).and_then(|()| out.flush())
            }
        };
        // The status speaks even where the words do not arrive.
        match told {
            Ok(()) | Err(_) => status,
        }
    }

    /// The result could not be told. A reader that went away has had enough; a full disk has lost it.
    fn unheard(&self, error: &io::Error) -> Status {
        if error.kind() == ErrorKind::BrokenPipe {
            return Status::Done;
        }
        self.lost(error)
    }

    /// What stands nowhere else could not be told.
    fn lost(&self, error: &io::Error) -> Status {
        self.note(format_args!(
            "error: the result cannot be written: {error}; what was asked for may be done"
        ));
        Status::Unknown
    }
}

/// Prints what clap has to say: help where it was asked for, else what was typed wrongly.
pub(crate) fn explain_misuse(error: &clap::Error, format: Format) -> Status {
    if error.kind() == DisplayVersion && format == Format::Json {
        let console = Console::new(format);
        return console.conclude(console.done(&Version::THIS));
    }
    if !error.use_stderr() {
        return match error.print() {
            Err(problem) => Console::new(format).unheard(&problem),
            Ok(()) => Status::Done,
        };
    }
    if error.kind() == DisplayHelpOnMissingArgumentOrSubcommand && format == Format::People {
        // The status speaks even where the words do not arrive.
        let _ = error.print();
        return Status::Usage;
    }
    Console::new(format).conclude(Err(UsageError::from(error).into()))
}

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
            on_terminal: Screen::get().stderr.is_terminal,
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
        self.said = None;
        self.console.note(line);
    }

    /// Takes the line away.
    pub(crate) fn end(&mut self) {
        if self.on_terminal && self.said.take().is_some() {
            self.console.redraw("");
        }
    }
}

/// Something that was done, whose result could not be written to the file it was meant for.
#[derive(Debug, Serialize)]
pub(crate) struct NotStored<'a, R> {
    kind: &'static str,
    effect: &'static str,
    message: String,
    #[serde(flatten)]
    result: &'a R,
}

impl<'a, R: Report> NotStored<'a, R> {
    /// `problem` says which file, and why.
    pub(crate) fn new(result: &'a R, problem: &str) -> NotStored<'a, R> {
        NotStored {
            kind: "not_stored",
            effect: "executed",
            message: format!("{problem}; it is done: store what was printed, and do not repeat it"),
            result,
        }
    }
}

impl<R: Report> Report for NotStored<'_, R> {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
