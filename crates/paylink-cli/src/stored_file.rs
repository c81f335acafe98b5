use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use paylink::{Handle, Invalid};
use serde::Serialize;
use tempfile::{Builder, NamedTempFile};

use crate::failure::UsageError;
use crate::next_step::Invocation;

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

    /// Names a place to write to, whatever is there.
    pub(crate) fn at(path: &Path) -> StoredFile {
        StoredFile {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a document in place of what is there, in one step.
    pub(crate) fn replace(&self, document: &impl Serialize) -> io::Result<()> {
        beside(&self.path)?.written(document)?.put_over(&self.path)
    }

    /// Puts a text in place of what is there, in one step.
    #[cfg(feature = "books")]
    pub(crate) fn replace_with(&self, text: &str) -> io::Result<()> {
        let mut file = beside(&self.path)?;
        file.0.as_file_mut().write_all(text.as_bytes())?;
        file.put_over(&self.path)
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
        Ok(StoredFile::at(path))
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
    let synced = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
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
            Invalid::new(crate::failure::ARGUMENT, problem).at(format!("--handle-file {shown}"))
        };
        match StoredFile::create(path, handle) {
            Ok(file) => Ok(HandleFile(file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let resolve = invocation.resolving_another(handle, path);
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

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    /// What is in a folder, by name.
    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// A document that cannot be serialised: its writing fails half-way.
    struct Unwritable;

    impl Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("it cannot be written"))
        }
    }

    #[test]
    fn a_place_is_taken_filled_and_given_back() {
        let folder = folder();
        let path = folder.path().join("1000.json");
        let file = StoredFile::reserve(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        file.replace(&7).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"7\n");
        file.replace(&8).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"8\n");
        assert_eq!(names(&folder), ["1000.json"]);
        file.remove().unwrap();
        assert!(names(&folder).is_empty());
    }

    #[test]
    fn what_is_there_is_left_as_it_is() {
        let folder = folder();
        let path = folder.path().join("1000.json");
        fs::write(&path, "another").unwrap();
        for refused in [StoredFile::reserve(&path), StoredFile::create(&path, &7)] {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(&path).unwrap(), b"another");
        assert_eq!(names(&folder), ["1000.json"]);
    }

    #[test]
    fn a_document_that_fails_leaves_nothing_beside_it() {
        let folder = folder();
        let path = folder.path().join("1000.json");
        StoredFile::create(&path, &Unwritable).unwrap_err();
        assert!(names(&folder).is_empty());
        let file = StoredFile::create(&path, &7).unwrap();
        file.replace(&Unwritable).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"7\n", "the document before it");
        assert_eq!(names(&folder), ["1000.json"]);
    }

    #[test]
    fn what_an_earlier_release_left_is_not_in_the_way() {
        let folder = folder();
        let path = folder.path().join("1000.json");
        fs::write(folder.path().join("1000.json.new"), "half a rec").unwrap();
        let file = StoredFile::reserve(&path).unwrap();
        file.replace(&7).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"7\n");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn every_file_is_its_owners_alone() {
            let folder = folder();
            let path = folder.path().join("1000.json");
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let file = StoredFile::reserve(&path).unwrap();
            assert_eq!(mode(), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
            file.replace(&7).unwrap();
            assert_eq!(mode(), 0o600);
        }

        /// Whether it leads somewhere or nowhere, a link that was planted is not written through.
        #[test]
        fn a_planted_link_is_not_followed() {
            let folder = folder();
            let target = folder.path().join("target");
            let path = folder.path().join("1000.json");
            symlink(&target, &path).unwrap();
            for is_dangling in [true, false] {
                if !is_dangling {
                    fs::write(&target, "kept").unwrap();
                }
                for refused in [StoredFile::reserve(&path), StoredFile::create(&path, &7)] {
                    assert_eq!(refused.unwrap_err().kind(), ErrorKind::AlreadyExists);
                }
                assert_eq!(target.exists(), !is_dangling);
            }

            fs::remove_file(&path).unwrap();
            let file = StoredFile::reserve(&path).unwrap();
            fs::remove_file(&path).unwrap();
            symlink(&target, &path).unwrap();
            symlink(&target, folder.path().join("1000.json.new")).unwrap();
            file.replace(&7).unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"kept");
            assert!(fs::symlink_metadata(&path).unwrap().is_file());
            assert_eq!(fs::read(&path).unwrap(), b"7\n");
        }

        #[test]
        fn a_folder_that_went_away_is_told() {
            let folder = folder();
            let inner = folder.path().join("inner");
            fs::create_dir(&inner).unwrap();
            let file = StoredFile::reserve(&inner.join("1000.json")).unwrap();
            fs::remove_dir_all(&inner).unwrap();
            let told = file.replace(&7).unwrap_err();
            assert_eq!(told.kind(), ErrorKind::NotFound);
            assert!(!told.to_string().contains(".paylink-"), "{told}");
        }
    }
}
