use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use paylink::{Handle, Invalid};

use crate::next_step::quoted;
use crate::usage_error::UsageError;

/// A handle that is on disk while nobody knows what became of its operation.
#[derive(Debug)]
pub(crate) struct HandleFile {
    path: PathBuf,
}

impl HandleFile {
    /// Writes the handle before its operation is sent. A file that is there is never overwritten: it may hold the
    /// only trace of another operation.
    pub(crate) fn create(path: &Path, handle: &Handle) -> Result<HandleFile, UsageError> {
        let shown = path.display().to_string();
        let refused = |problem: String| Invalid::new(format!("--handle-file {shown}"), problem);
        let written = fresh(path).and_then(|mut file| {
            // Half a handle finds nothing and would be in the way of the next one.
            write(&mut file, handle).inspect_err(|_| drop(fs::remove_file(path)))
        });
        match written {
            Ok(()) => Ok(HandleFile {
                path: path.to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let resolve = format!("paylink {} resolve {}", handle.provider(), quoted(&shown));
                let remedy =
                    format!("name another file, or find out what this one is about: {resolve}");
                Err(refused("is there already".to_owned()).remedy(remedy).into())
            }
            Err(error) => {
                let unwritable = refused(format!("cannot be written: {error}"));
                Err(unwritable.remedy("name a file that can be").into())
            }
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Stores what is known since, in one step: the file holds the one handle or the other, never half of one.
    pub(crate) fn update(&self, handle: &Handle) -> io::Result<()> {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let beside = PathBuf::from(name);
        write(&mut fresh(&beside)?, handle)?;
        fs::rename(&beside, &self.path)
    }

    /// Removes it: the outcome is known and told.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

fn fresh(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write(file: &mut File, handle: &Handle) -> io::Result<()> {
    let mut line = serde_json::to_vec(handle)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_all()
}
