use std::path::PathBuf;

use clap::Args;
use paylink::core::{Call, Operation, Prepared};
use paylink::{Effect, Error, Handle, Refusal};

use crate::call_error::CallError;
use crate::console::Console;
use crate::failure::Failure;
use crate::handle_file::HandleFile;
use crate::interrupt::interrupted;
use crate::next_step::Invocation;
use crate::typed;
use crate::unresolved::{Cause, Unresolved};

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
    let prepared = prepare(call)?;
    let handle = prepared.handle().clone();
    carry_out(prepared.send(), handle, args, invocation, console).await
}

/// Carries out what must happen once and is found again by this handle.
pub(crate) async fn carry_out<T>(
    work: impl Future<Output = Result<T, Error>>,
    handle: Handle,
    args: &OnceArgs,
    invocation: &Invocation,
    console: &Console,
) -> Result<Sent<T>, Failure> {
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
        Ok(output) => Ok(Sent { output, file }),
        Err(error) => {
            let nothing_was_done = error.effect() == Effect::NotExecuted;
            if let (Some(file), Some(handle)) = (&file, unknown_handle(&error)) {
                // If this fails, the file still holds the handle as it was before sending: that serves as well.
                let _ = file.update(handle);
            }
            let failure = failed(error, file.as_ref(), invocation);
            if nothing_was_done {
                forget(file, console);
            }
            Err(failure)
        }
    }
}

/// Carries out what must happen once, and whose handle only a failure tells.
pub(crate) async fn carry_out_unprepared<T>(
    work: impl Future<Output = Result<T, Error>>,
    interrupted_advice: impl FnOnce() -> String,
    invocation: &Invocation,
) -> Result<T, Failure> {
    tokio::select! {
        outcome = work => outcome.map_err(|error| failed(error, None, invocation)),
        () = interrupted() => Err(Unresolved::interrupted(interrupted_advice()).into()),
    }
}

/// What is told of an error, by what it proves.
fn failed(error: Error, file: Option<&HandleFile>, invocation: &Invocation) -> Failure {
    match unknown_handle(&error).cloned() {
        Some(handle) => Unresolved::new(Cause::Failed(error), handle, file, invocation).into(),
        None => CallError::of(error).into(),
    }
}

fn unknown_handle(error: &Error) -> Option<&Handle> {
    match error.effect() {
        Effect::Unknown => error.handle(),
        Effect::NotExecuted => None,
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
