use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// A file or a folder of the configuration of which others on the machine can do more than they should.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Exposed {
    path: PathBuf,
    what: Exposure,
}

/// What others on the machine can do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Exposure {
    /// They can read a file that holds secrets.
    ReadableByOthers,
    /// They can write to the file, or put another one in its place: one that leads payments to an address of theirs.
    WritableByOthers,
}

impl Exposed {
    /// The file; the folder, where another file could be put in its place.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What others can do.
    #[must_use]
    pub fn what(&self) -> Exposure {
        self.what
    }

    /// What is wrong with a file, which is private if it holds secrets. A pipe and the like are nobody's to open again.
    pub(super) fn of(path: &Path, is_private: bool) -> Vec<Exposed> {
        let Some(metadata) = std::fs::metadata(path).ok().filter(Metadata::is_file) else {
            return Vec::new();
        };
        let mut exposed = Vec::new();
        let mut add = |path: &Path, what| {
            let path = path.to_owned();
            exposed.push(Exposed { path, what });
        };
        if is_private && is_readable(&metadata) {
            add(path, Exposure::ReadableByOthers);
        }
        if is_writable(&metadata) {
            add(path, Exposure::WritableByOthers);
        }
        // A link can be replaced where it stands, and what it leads to where that is.
        let folder = |path: &Path| {
            let whole = std::path::absolute(path).ok()?;
            Some(whole.parent()?.to_owned())
        };
        let target = std::fs::canonicalize(path).ok();
        let mut folders = vec![folder(path), target.as_deref().and_then(folder)];
        folders.dedup();
        for folder in folders.into_iter().flatten() {
            if std::fs::metadata(&folder).is_ok_and(|it| lets_others_replace(&it)) {
                add(&folder, Exposure::WritableByOthers);
            }
        }
        exposed
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    metadata.permissions().mode()
}

/// No rights of others, as far as that can be told here.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}

fn is_readable(metadata: &Metadata) -> bool {
    mode(metadata) & 0o044 != 0
}

fn is_writable(metadata: &Metadata) -> bool {
    mode(metadata) & 0o022 != 0
}

/// Whether others may take files out of a folder: not if it is sticky, as `/tmp` is.
fn lets_others_replace(folder: &Metadata) -> bool {
    is_writable(folder) && mode(folder) & 0o1000 == 0
}
