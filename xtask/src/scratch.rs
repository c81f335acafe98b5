//! A copy of the project's sources, into which flaws are put that the tests have to find.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project;
use crate::step::{Outcome, Step};

/// A text of a file, and what stands in its place.
pub(crate) struct Edit {
    pub(crate) file: &'static str,
    pub(crate) find: &'static str,
    pub(crate) put: &'static str,
}

/// A copy of the project's sources, and what is built from it.
pub(crate) struct Tree {
    top: PathBuf,
    pub(crate) build: PathBuf,
}

impl Tree {
    /// Copies what git knows. What is the same already keeps its time, so that it is not built again.
    pub(crate) fn copied(name: &str) -> Result<Tree, String> {
        let flaws = project::top().join("target/flaws").join(name);
        let (top, build) = (flaws.join("tree"), flaws.join("build"));
        let known = Step::program("git", &["ls-files"]).output()?;
        for file in known.lines() {
            let from = project::top().join(file);
            if from.is_file() {
                write(&top.join(file), &read(&from)?)?;
            }
        }
        Ok(Tree { top, build })
    }

    /// Puts a flaw in. A text that is not there, or there twice, is an error.
    pub(crate) fn put(&self, name: &str, edits: &[Edit]) -> Outcome {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        for Edit { file, find, put } in edits {
            let content = match files.get(file) {
                Some(content) => content.clone(),
                None => String::from_utf8(read(&self.top.join(file))?)
                    .map_err(|error| format!("{file}: {error}"))?,
            };
            if content.matches(find).count() != 1 {
                return Err(format!(
                    "{file} does not hold the text of the flaw \"{name}\" exactly once any more: correct the flaw:\n{find}"
                ));
            }
            files.insert(file, content.replacen(find, put, 1));
        }
        for (file, content) in files {
            write(&self.top.join(file), content.as_bytes())?;
        }
        Ok(())
    }

    /// Takes a flaw out again.
    pub(crate) fn take_out(&self, edits: &[Edit]) -> Outcome {
        for Edit { file, .. } in edits {
            write(&self.top.join(file), &read(&project::top().join(file))?)?;
        }
        Ok(())
    }

    /// A cargo command on the copy.
    pub(crate) fn at(&self, step: Step) -> Step {
        let manifest = self.top.join("Cargo.toml").display().to_string();
        step.arguments(&["--manifest-path", &manifest])
            .env("CARGO_TARGET_DIR", &self.build.display().to_string())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, unless it is as it should be.
fn write(path: &Path, content: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, content).map_err(failed)
}
