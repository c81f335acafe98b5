//! What stands in the project.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Package, Target};

use crate::step::{Outcome, Step};

/// The top of the project.
pub(crate) fn top() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The crates of which each is the client of one provider.
pub(crate) fn providers() -> Result<Vec<String>, String> {
    Ok(members()?
        .into_iter()
        .filter(|name| name.ends_with("-client"))
        .collect())
}

/// The names of all members of the workspace.
pub(crate) fn members() -> Result<Vec<String>, String> {
    let packages = packages()?;
    Ok(packages
        .iter()
        .map(|package| package.name.to_string())
        .collect())
}

/// A member that is published.
pub(crate) struct Published {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where its manifest is.
    pub(crate) manifest: String,
    /// Whether programs depend on it.
    pub(crate) is_library: bool,
    /// Its features, without the set of the default ones.
    pub(crate) features: Vec<String>,
    /// Whether it builds without any of them.
    pub(crate) builds_bare: bool,
}

/// The members that are published.
pub(crate) fn published() -> Result<Vec<Published>, String> {
    let published = |package: Package| Published {
        name: package.name.to_string(),
        version: package.version.to_string(),
        manifest: package.manifest_path.to_string(),
        is_library: package.targets.iter().any(Target::is_lib),
        builds_bare: package.metadata.pointer("/xtask/needs-a-feature").is_none(),
        features: package
            .features
            .into_keys()
            .filter(|feature| feature != "default")
            .collect(),
    };
    Ok(packages()?
        .into_iter()
        .filter(|package| package.publish.is_none())
        .map(published)
        .collect())
}

fn packages() -> Result<Vec<Package>, String> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(top())
        .no_deps()
        .exec()
        .map_err(|error| error.to_string())?;
    Ok(metadata.packages)
}

/// The names of the packages that a member needs, itself included.
pub(crate) fn needs(member: &str) -> Result<Vec<String>, String> {
    let tree = Step::cargo([
        "tree",
        "--package",
        member,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ])
    .output()?;
    let mut names: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// A text file of the project, with its path from the top.
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All text files with one of these endings, in the order of their paths.
pub(crate) fn files(endings: &[&str]) -> Result<Vec<TextFile>, String> {
    let mut found = Vec::new();
    visit(&mut |path| {
        let named = path.extension().and_then(|ending| ending.to_str());
        if named.is_some_and(|ending| endings.contains(&ending)) {
            found.push(path.to_owned());
        }
        Ok(())
    })?;
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let path = path
                .strip_prefix(top())
                .unwrap_or(&path)
                .display()
                .to_string();
            Ok(TextFile { path, text })
        })
        .collect()
}

/// Shows every file of the project, without what is built from it.
pub(crate) fn visit(see: &mut impl FnMut(&Path) -> Outcome) -> Outcome {
    visit_folder(&top(), see)
}

fn visit_folder(folder: &Path, see: &mut impl FnMut(&Path) -> Outcome) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            let foreign = name == "target" || name == "node_modules" || name == ".git";
            if !foreign {
                visit_folder(&path, see)?;
            }
        } else {
            see(&path)?;
        }
    }
    Ok(())
}
