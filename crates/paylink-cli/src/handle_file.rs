use std::io;
use std::path::Path;

use paylink::{Handle, Invalid};

use crate::next_step::{Invocation, quoted};
use crate::stored_file::StoredFile;
use crate::usage_error::UsageError;

/// A handle that is on disk while nobody knows what became of its operation.
#[derive(Debug)]
pub(crate) struct HandleFile(StoredFile);

impl HandleFile {
    /// Writes the handle before its operation is sent. A file that is there is never overwritten: it may hold the
    /// only trace of another operation.
    pub(crate) fn create(
        path: &Path,
        handle: &Handle,
        invocation: &Invocation,
    ) -> Result<HandleFile, UsageError> {
        let shown = path.display().to_string();
        let refused = |problem: String| {
            Invalid::new(crate::usage_error::ARGUMENT, problem).at(format!("--handle-file {shown}"))
        };
        match StoredFile::create(path, handle) {
            Ok(file) => Ok(HandleFile(file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let resolve = invocation.resolving(handle, &quoted(&shown));
                let resolve = resolve.trim_start();
                let remedy =
                    format!("name another file, or find out what this one is about: {resolve}");
                Err(refused("is there already".to_owned())
                    .with_remedy(remedy)
                    .into())
            }
            Err(error) => {
                let unwritable = refused(format!("cannot be written: {error}"));
                Err(unwritable.with_remedy("name a file that can be").into())
            }
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Stores what is known since.
    pub(crate) fn update(&self, handle: &Handle) -> io::Result<()> {
        self.0.replace(handle)
    }

    /// Removes it: the outcome is known and told.
    pub(crate) fn remove(self) -> io::Result<()> {
        self.0.remove()
    }
}
