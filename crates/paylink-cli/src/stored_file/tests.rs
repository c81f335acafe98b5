use std::fs;

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

    /// Whether it leads somewhere or nowhere, a link that somebody has planted is not written through.
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
