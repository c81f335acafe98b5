use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::{Builder, NamedTempFile};

/// A file that only its owner can read, which holds one document or the next one, never half of one.
///
/// A document is written to a file of a random name in the same folder, synced, and put in its place in one step; then
/// the folder is synced, so that the name outlives a machine that goes down. A symbolic link in the place is replaced or
/// refused and never followed.
#[derive(Debug)]
pub(crate) struct StoredFile {
    path: PathBuf,
}

impl StoredFile {
    /// Takes a place where no file is yet, and leaves it empty.
    pub(crate) fn reserve(path: &Path) -> io::Result<StoredFile> {
        beside(path)?.put_where_nothing_is(path)
    }

    /// Writes a document where no file is yet.
    pub(crate) fn create(path: &Path, document: &impl Serialize) -> io::Result<StoredFile> {
        beside(path)?.written(document)?.put_where_nothing_is(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a document in place of what is there, in one step.
    pub(crate) fn replace(&self, document: &impl Serialize) -> io::Result<()> {
        beside(&self.path)?.written(document)?.put_over(&self.path)
    }

    /// Removes it if it holds no document yet, as far as that can be done: an empty file is taken for nothing.
    pub(crate) fn remove_if_empty(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|is| is.len() == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Removes it.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        sync_folder_of(&self.path)
    }
}

/// A file under a name of its own, which is removed if it comes to nothing.
struct Beside(NamedTempFile);

fn beside(path: &Path) -> io::Result<Beside> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = Builder::new()
        .prefix(".paylink-")
        .make_in(folder_of(path), |name| options.open(name))?;
    Ok(Beside(file))
}

impl Beside {
    fn written(mut self, document: &impl Serialize) -> io::Result<Beside> {
        let mut line = serde_json::to_vec(document)?;
        line.push(b'\n');
        self.0.as_file_mut().write_all(&line)?;
        Ok(self)
    }

    fn put_where_nothing_is(self, path: &Path) -> io::Result<StoredFile> {
        self.0.as_file().sync_all()?;
        self.0.persist_noclobber(path)?;
        // Not to be found after a crash is not to be stored. What is not stored must not be in the way either.
        sync_folder_of(path).inspect_err(|_| drop(fs::remove_file(path)))?;
        Ok(StoredFile {
            path: path.to_owned(),
        })
    }

    fn put_over(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        self.0.persist(path)?;
        sync_folder_of(path)
    }
}

/// The folder that a file is in. A bare name is in the current one.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let synced = fs::File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    match synced {
        // Some file systems of a network do not sync folders; they have no better promise to give.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// Elsewhere a folder cannot be opened to be synced.
#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
