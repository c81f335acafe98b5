use std::io::{self, Write};

use paylink::{Effect, Error, Handle};
use serde::{Serialize, Serializer};

use crate::call_error::{CallError, ErrorDocument};
use crate::failure::Failure;
use crate::handle_file::HandleFile;
use crate::next_step::{Invocation, quoted};
use crate::report::Report;
use crate::status::Status;

/// An operation that may have been carried out, with what finds it again or what to do without.
#[derive(Debug)]
pub(crate) struct Unresolved {
    cause: Cause,
    handle: Option<Handle>,
    /// What to do about it, in whole lines.
    way_on: String,
}

/// Why nobody knows.
#[derive(Debug)]
pub(crate) enum Cause {
    /// The call ended without an answer that can be trusted.
    Failed(Error),
    /// Somebody stopped the command while the call was under way.
    Interrupted,
}

impl Unresolved {
    /// An operation that `handle` finds, which `file` may hold.
    pub(crate) fn new(
        cause: Cause,
        handle: Handle,
        file: Option<&HandleFile>,
        invocation: &Invocation,
    ) -> Unresolved {
        let command = command(&handle, file, invocation);
        Unresolved {
            cause,
            way_on: format!("Do not repeat it before you know what became of it. {command}"),
            handle: Some(handle),
        }
    }

    /// An operation that nothing finds again.
    pub(crate) fn unfindable(cause: Cause, handle: Handle, way_on: String) -> Unresolved {
        Unresolved {
            cause,
            handle: Some(handle),
            way_on,
        }
    }

    /// An operation that was interrupted before anybody knew its handle.
    pub(crate) fn interrupted(way_on: String) -> Unresolved {
        Unresolved {
            cause: Cause::Interrupted,
            handle: None,
            way_on,
        }
    }
}

/// The command that asks what became of it: exact, and whole when it is pasted.
fn command(handle: &Handle, file: Option<&HandleFile>, invocation: &Invocation) -> String {
    let does = if invocation.is_for_any_provider() {
        // Not every provider can look everything up.
        "tells what can be known of it"
    } else {
        "finds out"
    };
    match file {
        Some(file) => {
            let path = quoted(&file.path().display().to_string()).into_owned();
            let command = invocation.resolving(handle, &path);
            format!("This command {does}:\n\n{command}")
        }
        None => {
            // It is made of text and numbers, which always serialise.
            let json = serde_json::to_string(handle).unwrap_or_default();
            let command = invocation.resolving(handle, "");
            let command = command.trim_start();
            format!(
                "This command {does}\nand holds the handle, so keep it:\n\n{command} <<'HANDLE'\n{json}\nHANDLE"
            )
        }
    }
}

impl Serialize for Unresolved {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Interrupted<'a> {
            kind: &'static str,
            effect: Effect,
            message: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            handle: Option<&'a Handle>,
        }

        match &self.cause {
            Cause::Failed(error) => ErrorDocument::of(error).serialize(serializer),
            Cause::Interrupted => Interrupted {
                kind: "interrupted",
                effect: Effect::Unknown,
                message: INTERRUPTED,
                handle: self.handle.as_ref(),
            }
            .serialize(serializer),
        }
    }
}

const INTERRUPTED: &str = "interrupted while the request was under way";

impl Report for Unresolved {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.cause {
            Cause::Failed(error) => CallError::write_error(error, out)?,
            Cause::Interrupted => writeln!(out, "error: {INTERRUPTED}; the outcome is unknown")?,
        }
        writeln!(out, "\n{}", self.way_on)
    }
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Failure {
        Failure::new(Status::Unknown, unresolved)
    }
}
