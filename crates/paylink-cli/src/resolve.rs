//! Finding out what became of an operation whose outcome is unknown; each provider adds what it finds.

use std::fmt::Debug;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use paylink::{Effect, Error, ErrorKind, Handle, Invalid, Resolution};
use serde::Serialize;

use crate::console::Console;
use crate::document::{Document, Kind};
use crate::failure::{Failure, Reasons, Status, UsageError};
use crate::report::{Kept, Report};
use crate::text::shown;

/// Find out what became of an operation whose outcome is unknown
///
/// It ends with 0 when the answer is known, whether the operation was carried out or not, and with 3 as long as it is not.
/// A look-up that fails answers nothing: that is 3 as well.
#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The handle that was printed or stored; standard input if it is not given or -
    #[arg(value_name = "FILE")]
    handle: Option<PathBuf>,
}

impl ResolveArgs {
    /// Reads the handle of an operation with this provider.
    pub(crate) fn read(&self, provider: &str, console: &Console) -> Result<Handle, UsageError> {
        let handle = self.read_any(console)?;
        if handle.provider() == provider {
            return Ok(handle);
        }
        let of = shown(handle.provider());
        let problem = format!("is of an operation with {of}, not with {provider}");
        let remedy = if is_known(handle.provider()) {
            format!("use `paylink link resolve --account {of}`")
        } else {
            "give the handle that was printed or stored when the outcome was unknown".to_owned()
        };
        let invalid = Invalid::new(Handle::KEY, problem).at(self.name());
        Err(invalid.with_remedy(remedy).into())
    }

    /// Reads the handle, whichever provider it is of.
    pub(crate) fn read_any(&self, console: &Console) -> Result<Handle, UsageError> {
        self.document().read(console)
    }

    /// Where the handle comes from, as the person knows it.
    pub(crate) fn name(&self) -> String {
        self.document().name()
    }

    fn document(&self) -> Document<'_> {
        Document {
            path: self.handle.as_deref(),
            kind: Kind::Handle,
        }
    }
}

fn is_known(provider: &str) -> bool {
    paylink::providers().iter().any(|it| it.name() == provider)
}

/// Tells what asking the provider came to; `what` is what was found, in a word.
pub(crate) fn conclude<V, R: Report>(
    asked: Result<Resolution<V>, Error>,
    what: &'static str,
    report: impl FnOnce(V) -> R,
    handle: Handle,
    args: &ResolveArgs,
    console: &Console,
) -> Result<(), Failure> {
    let resolution = asked.map_err(|error| match error.invalid() {
        Some(invalid) => UsageError::from(invalid.clone().at(args.name())).into(),
        None => Failure::new(Status::Unknown, StillUnknown::after(&error, handle.clone())),
    })?;
    match resolution {
        Resolution::Executed(found) => console.done(&Resolved::Executed {
            found: report(found),
            what,
        }),
        Resolution::NotExecuted => console.done(&Resolved::<R>::NotExecuted),
        Resolution::StillUnknown { retry_after } => {
            let seconds = retry_after.as_secs().max(1);
            Err(Failure::new(
                Status::Unknown,
                StillUnknown::so_far(seconds, handle),
            ))
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "resolution", rename_all = "snake_case")]
enum Resolved<R> {
    Executed {
        #[serde(flatten)]
        found: R,
        #[serde(skip)]
        what: &'static str,
    },
    NotExecuted,
}

impl<R: Report> Report for Resolved<R> {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Resolved::Executed { found, what } => {
                writeln!(out, "It was carried out. This is the {what}:\n")?;
                found.write_text(out)
            }
            Resolved::NotExecuted => writeln!(out, "It was not carried out. It may be done again."),
        }
    }

    fn kept(&self) -> Kept {
        match self {
            Resolved::Executed { found, .. } => found.kept(),
            Resolved::NotExecuted => Kept::Elsewhere,
        }
    }
}

/// The outcome is as unknown as it was.
///
/// A look-up that fails proves nothing about the operation, although the look-up itself was surely not carried out.
#[derive(Debug, Serialize)]
struct StillUnknown {
    kind: &'static str,
    effect: Effect,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    /// Why the look-up failed.
    #[serde(flatten)]
    reasons: Option<Reasons>,
    handle: Handle,
}

impl StillUnknown {
    fn so_far(seconds: u64, handle: Handle) -> StillUnknown {
        StillUnknown {
            kind: "still_unknown",
            effect: Effect::Unknown,
            message: format!(
                "nothing is to be seen of it yet, which proves nothing; ask again in {seconds} s"
            ),
            retry_after_seconds: Some(seconds),
            reasons: None,
            handle,
        }
    }

    fn after(error: &Error, handle: Handle) -> StillUnknown {
        StillUnknown {
            kind: error.kind().as_str(),
            effect: Effect::Unknown,
            message: match error.kind() {
                ErrorKind::Unsupported => error.message().to_owned(),
                // Asking again comes to the same.
                ErrorKind::Mismatch => format!("looking it up cannot tell ({error})"),
                _ => format!("looking it up failed; ask again ({error})"),
            },
            retry_after_seconds: None,
            reasons: Some(Reasons::of(error)),
            handle,
        }
    }

    /// Whether what is left to do is said already: where the provider offers no look-up, nobody will ever know more.
    fn says_what_to_do(&self) -> bool {
        self.kind == ErrorKind::Unsupported.as_str()
    }
}

impl Report for StillUnknown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Still unknown: {}.", self.message)?;
        if self.says_what_to_do() {
            return Ok(());
        }
        writeln!(out, "Do not repeat the operation before you know.")
    }
}
