//! What the sandbox remembers, in a file, so that the next one goes on from there.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use paylink::{FieldKey, Invalid};
use paylink_sandbox::{Sandbox, Snapshot};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::console::Console;
use crate::document::{IN_UTF_8, Unreadable, read_file, text_of};
use crate::failure::{Failure, UsageError};
use crate::stored_file::StoredFile;

/// How often it is looked whether something has changed.
const PAUSE: Duration = Duration::from_secs(2);

/// The most bytes that are read: more than a sandbox writes.
const LARGEST: u64 = 256 * 1024 * 1024;

const REMEDY: &str = "name another file, or remove this one to start over";

/// The file, and how far it has come.
#[derive(Debug)]
pub(super) struct StateFile<'a> {
    path: &'a Path,
    /// The count of changes that it holds.
    saved: u64,
}

/// Reads what a sandbox has left in a file. None has, if it is not there or empty.
pub(super) fn load(path: &Path) -> Result<Option<Snapshot>, UsageError> {
    let text = match read_file(path, LARGEST).and_then(text_of) {
        Ok(text) => text,
        Err(Unreadable::Failed(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(Unreadable::Empty) => return Ok(None),
        Err(Unreadable::Utf16) => {
            let problem = Unreadable::Utf16.problem("state of a sandbox");
            return Err(invalid(path, problem).with_remedy(IN_UTF_8).into());
        }
        Err(unreadable) => return Err(refused(path, unreadable.problem("state of a sandbox"))),
    };
    // What is wrong is told by its place: the text may be another file's.
    let snapshot = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let problem = format!("holds no state of a sandbox, as line {line} column {column} shows");
        refused(path, problem)
    })?;
    Ok(Some(snapshot))
}

/// Refuses a file that was named with `--state`.
pub(super) fn refused(path: &Path, problem: String) -> UsageError {
    invalid(path, problem).with_remedy(REMEDY).into()
}

fn invalid(path: &Path, problem: String) -> Invalid {
    let field = FieldKey::new("state", "state");
    Invalid::new(field, problem).at(format!("--state {}", path.display()))
}

/// Writes what a sandbox remembers that has stopped.
pub(super) fn write_last(path: &Path, snapshot: &Snapshot) -> Result<(), Failure> {
    let written = StoredFile::at(path).replace(snapshot);
    written.map_err(|error| Failure::local("state", &unwritten(path, &error)))
}

fn unwritten(path: &Path, error: &io::Error) -> String {
    format!("cannot be written to {}: {error}", path.display())
}

impl<'a> StateFile<'a> {
    /// Takes the file, and writes what the sandbox begins with.
    pub(super) fn take(path: &'a Path, sandbox: &Sandbox) -> Result<Self, UsageError> {
        let saved = sandbox.changes();
        let written = StoredFile::at(path).replace(&sandbox.snapshot());
        written.map_err(|error| refused(path, format!("cannot be written: {error}")))?;
        Ok(StateFile { path, saved })
    }

    /// Writes every change within seconds, until it is stopped.
    pub(super) async fn keep(
        mut self,
        sandbox: &Sandbox,
        stopped: impl Future<Output = ()>,
        console: &Console,
    ) {
        tokio::pin!(stopped);
        let mut failing = false;
        loop {
            // One write at a time: an older state never comes after a newer one.
            tokio::select! {
                () = &mut stopped => return,
                () = sleep(PAUSE) => {}
            }
            let written = self.save(sandbox).await;
            if let (Err(error), false) = (&written, failing) {
                let problem = unwritten(self.path, error);
                console.note(format_args!("warning: the state {problem}"));
            }
            failing = written.is_err();
        }
    }

    /// Writes what the sandbox remembers, if that has changed.
    async fn save(&mut self, sandbox: &Sandbox) -> io::Result<()> {
        let changes = sandbox.changes();
        if self.saved == changes {
            return Ok(());
        }
        let (path, snapshot) = (PathBuf::from(self.path), sandbox.snapshot());
        spawn_blocking(move || StoredFile::at(&path).replace(&snapshot)).await??;
        self.saved = changes;
        Ok(())
    }
}
