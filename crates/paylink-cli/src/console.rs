use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;
use crate::not_stored::NotStored;
use crate::report::{AnyReport, Kept, Report};
use crate::status::Status;
use crate::text::without_cards;
use crate::usage_error::UsageError;

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

/// The one way out: results to standard output, everything else to standard error.
#[derive(Debug)]
pub(crate) struct Console {
    format: Format,
    stdout: fn() -> Box<dyn Write>,
    stderr: fn() -> Box<dyn Write>,
}

impl Console {
    pub(crate) fn new(format: Format) -> Console {
        let stdout: fn() -> Box<dyn Write> = || Box::new(io::stdout().lock());
        Console {
            format,
            stdout,
            stderr: || Box::new(io::stderr().lock()),
        }
    }

    /// One that nobody can be told through.
    #[cfg(test)]
    pub(crate) fn deaf() -> Console {
        let full: fn() -> Box<dyn Write> = || Box::new(io::Cursor::new([0_u8; 0]));
        Console {
            format: Format::People,
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
            Kept::HereAlone => self.print(report).map_err(Failure::Lost),
            Kept::NotStored(problem) => {
                let told = NotStored::new(report, &problem);
                match self.format {
                    Format::People => self.print(report).inspect(|()| {
                        // The status speaks even where the words do not arrive.
                        let _ = Report::write_text(&told, &mut *(self.stderr)());
                    }),
                    Format::Json => {
                        let mut out = (self.stdout)();
                        told.write_error(&mut out).and_then(|()| out.flush())
                    }
                }
                .map_err(Failure::Lost)?;
                Err(Failure::Ended(Status::NotStored))
            }
        }
    }

    fn print(&self, report: &impl Report) -> io::Result<()> {
        let mut out = (self.stdout)();
        match self.format {
            Format::People => Report::write_text(report, &mut out)?,
            Format::Json => report.write_ok(&mut out)?,
        }
        out.flush()
    }

    /// Tells of something on the way: among the results for people, beside them for programs.
    pub(crate) fn progress(&self, line: impl Display) -> Result<(), Failure> {
        match self.format {
            Format::People => {
                let mut out = (self.stdout)();
                writeln!(out, "{line}")?;
                out.flush()?;
            }
            Format::Json => self.note(line),
        }
        Ok(())
    }

    /// Says something beside the results. Nobody may be listening there.
    pub(crate) fn note(&self, line: impl Display) {
        let _ = writeln!((self.stderr)(), "{line}");
    }

    /// Writes over the line that standard error's terminal is at.
    pub(crate) fn redraw(&self, line: impl Display) {
        let mut err = (self.stderr)();
        let _ = write!(err, "\r{line}\u{1b}[K").and_then(|()| err.flush());
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
            Format::People => report.write_text(&mut *(self.stderr)()),
            Format::Json => {
                let mut out = (self.stdout)();
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
    if !error.use_stderr() {
        return match error.print() {
            Err(problem) => Console::new(format).unheard(&problem),
            Ok(()) => Status::Done,
        };
    }
    match format {
        Format::Json => Console::new(format).conclude(Err(UsageError::from(error).into())),
        Format::People => {
            let rendered = error.render().to_string();
            let shown = without_cards(&rendered);
            // The status speaks even where the words do not arrive.
            let _ = if shown == rendered {
                error.print()
            } else {
                io::stderr().write_all(shown.as_bytes())
            };
            if let Some(remedy) = UsageError::from(error).remedy() {
                Console::new(format).note(format_args!("\n{remedy}"));
            }
            Status::Usage
        }
    }
}
