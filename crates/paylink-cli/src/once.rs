use std::future::{Future, pending};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use paylink::core::{Call, Operation, Prepared};
use paylink::{Effect, Error, Handle, Refusal};
use serde::{Serialize, Serializer};

use crate::console::Console;
use crate::failure::{CallError, ErrorDocument, Failure, Status};
use crate::next_step::Invocation;
use crate::report::Report;
use crate::stored_file::HandleFile;
use crate::typed;

/// What may be said about an operation that must happen once.
#[derive(Debug, Args)]
pub(crate) struct OnceArgs {
    /// Write here what finds the operation again, before it is sent
    ///
    /// If the outcome stays unknown, even because the machine went down, `resolve` reads this file. Once the outcome
    /// is known and printed, the file is removed.
    #[arg(long, value_name = "FILE")]
    handle_file: Option<PathBuf>,
}

/// What came of an operation that was carried out.
#[derive(Debug)]
pub(crate) struct Sent<T> {
    pub(crate) output: T,
    file: Option<HandleFile>,
}

impl<T> Sent<T> {
    /// Forgets the handle if the output is told already; else it comes back, to be told later.
    pub(crate) fn told_if(self, is_told: bool, console: &Console) -> Option<Sent<T>> {
        if is_told {
            self.told(console);
            return None;
        }
        Some(self)
    }

    /// Forgets the handle; call it when the output is told, not before.
    pub(crate) fn told(self, console: &Console) {
        forget(self.file, console);
    }
}

/// Sends an operation that must happen once, with its handle on disk and an ear for Ctrl-C.
pub(crate) async fn send<O: Operation>(
    call: Call<'_, O>,
    args: &OnceArgs,
    invocation: &Invocation,
    console: &Console,
) -> Result<Sent<O::Output>, Failure> {
    let sent = attempt(call, args, invocation, console).await?;
    sent.map_err(|error| CallError::of(error).into())
}

/// The same, for a caller who knows more of a call that was surely not carried out: that error comes back as it is.
pub(crate) async fn attempt<O: Operation>(
    call: Call<'_, O>,
    args: &OnceArgs,
    invocation: &Invocation,
    console: &Console,
) -> Result<Result<Sent<O::Output>, Error>, Failure> {
    let prepared = prepare(call)?;
    let handle = prepared.handle().clone();
    carry_out(prepared.send(), handle, args, invocation, console).await
}

/// Carries out what must happen once and is found again by this handle. What was surely not carried out comes back as its
/// error.
pub(crate) async fn carry_out<T>(
    work: impl Future<Output = Result<T, Error>>,
    handle: Handle,
    args: &OnceArgs,
    invocation: &Invocation,
    console: &Console,
) -> Result<Result<Sent<T>, Error>, Failure> {
    let file = args
        .handle_file
        .as_deref()
        .map(|path| HandleFile::create(path, &handle, invocation))
        .transpose()?;
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = interrupted() => {
            return Err(Unresolved::new(Cause::Interrupted, handle, file.as_ref(), invocation).into());
        }
    };
    match outcome {
        Ok(output) => Ok(Ok(Sent { output, file })),
        Err(error) if error.effect() == Effect::NotExecuted => {
            forget(file, console);
            Ok(Err(error))
        }
        Err(error) => {
            if let (Some(file), Some(handle)) = (&file, error.handle()) {
                // If this fails, the file still holds the handle as it was before sending: that serves as well.
                let _ = file.update(handle);
            }
            Err(unknown(error, file.as_ref(), invocation))
        }
    }
}

/// Carries out what must happen once, and whose handle only a failure tells. What was surely not carried out comes back as its
/// error.
pub(crate) async fn carry_out_unprepared<T>(
    work: impl Future<Output = Result<T, Error>>,
    interrupted_advice: impl FnOnce() -> String,
    invocation: &Invocation,
) -> Result<Result<T, Error>, Failure> {
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = interrupted() => return Err(Unresolved::interrupted(interrupted_advice()).into()),
    };
    match outcome {
        Err(error) if error.effect() == Effect::Unknown => Err(unknown(error, None, invocation)),
        outcome => Ok(outcome),
    }
}

/// What is told of an error after which nobody knows whether it was carried out.
fn unknown(error: Error, file: Option<&HandleFile>, invocation: &Invocation) -> Failure {
    match error.handle().cloned() {
        Some(handle) => Unresolved::new(Cause::Failed(error), handle, file, invocation).into(),
        None => CallError::of(error).into(),
    }
}

/// What to tell people, in whole lines, about an operation that nothing finds again.
#[derive(Debug)]
pub(crate) struct Advice {
    /// What to do while nobody knows whether it was carried out.
    pub(crate) unknown: String,
    /// What to do after a refusal, where there is more to say than it says itself.
    pub(crate) refused: fn(&Refusal) -> Option<&'static str>,
}

/// Sends an operation that must happen once and that nothing finds again.
pub(crate) async fn send_unfindable<O: Operation>(
    call: Call<'_, O>,
    advice: Advice,
) -> Result<O::Output, Failure> {
    let prepared = prepare(call)?;
    let handle = prepared.handle().clone();
    let outcome = tokio::select! {
        outcome = prepared.send() => outcome,
        () = interrupted() => {
            return Err(Unresolved::unfindable(Cause::Interrupted, handle, advice.unknown).into());
        }
    };
    outcome.map_err(|error| match error.effect() {
        Effect::Unknown => {
            Unresolved::unfindable(Cause::Failed(error), handle, advice.unknown).into()
        }
        Effect::NotExecuted => match error.refusal().and_then(advice.refused) {
            Some(told) => CallError::of(error).advice(told.to_owned()).into(),
            None => CallError::of(error).into(),
        },
    })
}

fn prepare<O: Operation>(call: Call<'_, O>) -> Result<Prepared<'_, O>, Failure> {
    call.prepare().map_err(typed::unsent)
}

fn forget(file: Option<HandleFile>, console: &Console) {
    if let Some(Err(error)) = file.map(HandleFile::remove) {
        console.note(format_args!(
            "warning: the outcome is known, but the handle file stays: {error}"
        ));
    }
}

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
    /// The command was stopped while the call was under way.
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
        let way_on = match invocation.known() {
            Some(known) => known.to_owned(),
            None => {
                let command = command(&handle, file, invocation);
                format!("Do not repeat it before you know what became of it. {command}")
            }
        };
        Unresolved {
            cause,
            way_on,
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
            let command = invocation.resolving(handle, Some(file.path()));
            format!("This command {does}:\n\n{command}")
        }
        None => {
            // It is made of text and numbers, which always serialise.
            let json = serde_json::to_string(handle).unwrap_or_default();
            let command = invocation.resolving(handle, None);
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

/// Waits for Ctrl-C, or for the signal by which a supervisor asks a process to end.
///
/// Listening begins with the call, not with the first poll: nothing that comes in between is lost. Where the system
/// offers no signals to listen to, it waits for ever and the system's own way of ending a process stays as it is.
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    let signals = listen();
    async move {
        match signals {
            Ok(mut signals) => signals.recv().await,
            Err(_) => pending().await,
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    async fn recv(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(unix)]
fn listen() -> io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};

    Ok(Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
    })
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    async fn recv(&mut self) {
        let _ = self.0.recv().await;
    }
}

#[cfg(windows)]
fn listen() -> io::Result<Signals> {
    tokio::signal::windows::ctrl_c().map(Signals)
}
