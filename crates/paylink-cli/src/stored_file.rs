use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A file that only its owner can read, which holds one document or the next one, never half of one.
#[derive(Debug)]
pub(crate) struct StoredFile {
    path: PathBuf,
}

impl StoredFile {
    /// Takes a place where no file is yet, and leaves it empty.
    pub(crate) fn reserve(path: &Path) -> io::Result<StoredFile> {
        fresh(path)?.sync_all()?;
        Ok(StoredFile {
            path: path.to_owned(),
        })
    }

    /// Writes a document where no file is yet.
    pub(crate) fn create(path: &Path, document: &impl Serialize) -> io::Result<StoredFile> {
        // Half a document is of no use, and would be in the way of the next one.
        let mut file = fresh(path)?;
        write(&mut file, document).inspect_err(|_| drop(fs::remove_file(path)))?;
        Ok(StoredFile {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a document in place of what is there, in one step.
    pub(crate) fn replace(&self, document: &impl Serialize) -> io::Result<()> {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let beside = PathBuf::from(name);
        write(&mut fresh(&beside)?, document)?;
        fs::rename(&beside, &self.path)
    }

    /// Removes it.
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

fn write(file: &mut File, document: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(document)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_all()
}
