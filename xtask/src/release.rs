//! What has to hold before the crates are published, besides the tests.

use std::fs;
use std::path::Path;

use crate::step::{Outcome, Step};
use crate::{project, say, tools};

/// Where the copy with minimal versions is made and built.
const SCRATCH: &str = "target/release-check";

pub(crate) fn check() -> Outcome {
    // All that is missing is told at once, before anybody waits.
    tools::required()?;
    // Where cargo runs a program, this is set, and machete reads its own name as a folder.
    Step::cargo(["machete", "--with-metadata"])
        .without_env("CARGO_PKG_NAME")
        .run()?;
    deny()?;
    external_types()?;
    packages()?;
    minimal_versions()
}

/// Licences, sources and bans, as `deny.toml` says; advisories where their database is.
fn deny() -> Outcome {
    let check = ["deny", "--all-features", "--workspace", "check"];
    Step::cargo(check)
        .arguments(&["licenses", "sources", "bans"])
        .run()?;
    if tools::advisories_are_there() {
        return Step::cargo([
            "deny",
            "--offline",
            "--all-features",
            "--workspace",
            "check",
        ])
        .arguments(&["advisories"])
        .run();
    }
    say::line(
        "\n    skipped: the advisories, since this machine has no copy of their database. Where the network lets it in, \
         `cargo deny fetch db` gets one, and this step runs.",
    );
    Ok(())
}

/// Types of other crates in public signatures: those that the crate's manifest allows, and no others.
fn external_types() -> Outcome {
    for library in project::published()?.iter().filter(|it| it.is_library) {
        Step::nightly(["check-external-types", "--all-features"])
            .arguments(&["--manifest-path", &library.manifest])
            .run()?;
    }
    Ok(())
}

/// Packs every crate that is published, and builds the packages against each other.
fn packages() -> Outcome {
    let published = project::published()?;
    let mut problems = Vec::new();
    for package in &published {
        let of = ["package", "--allow-dirty", "--package", &package.name];
        let listed = Step::cargo(of).arguments(&["--list"]).output()?;
        problems.extend(
            unfit(&listed)
                .into_iter()
                .map(|problem| format!("{}: {problem}", package.name)),
        );
    }
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    let named = published
        .iter()
        .flat_map(|package| ["--package", &package.name]);
    Step::cargo(["package", "--allow-dirty"])
        .arguments(&named.collect::<Vec<_>>())
        .run()
}

/// What a package lacks, and what it holds that nobody needs.
fn unfit(listed: &str) -> Vec<String> {
    let files: Vec<&str> = listed.lines().collect();
    let lacks = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"]
        .into_iter()
        .filter(|needed| !files.contains(needed))
        .map(|needed| format!("the package has no {needed}"));
    let known = |file: &&str| {
        let folder = file.split_once('/').map(|(folder, _)| folder);
        match folder {
            Some(folder) => ["examples", "src", "templates"].contains(&folder),
            None => {
                file.starts_with("Cargo.")
                    || file.starts_with("LICENSE-")
                    || [".cargo_vcs_info.json", "README.md"].contains(file)
            }
        }
    };
    let holds = files
        .iter()
        .filter(|file| !known(file))
        .map(|file| format!("the package holds {file}"));
    lacks.chain(holds).collect()
}

/// The lowest versions that the manifests allow have what is used of them.
fn minimal_versions() -> Outcome {
    let copy = project::top().join(SCRATCH).join("minimal");
    copy_project(&copy)?;
    let at = copy.join("Cargo.toml").display().to_string();
    let at = ["--manifest-path", &at];
    Step::nightly(["update", "--quiet", "-Z", "direct-minimal-versions"])
        .arguments(&at)
        .run()?;
    let target = project::top().join(SCRATCH).join("build");
    Step::cargo(["check", "--workspace", "--all-features", "--locked"])
        .arguments(&at)
        .env("CARGO_TARGET_DIR", &target.display().to_string())
        .run()
}

/// Copies what belongs to the project, without what is built from it.
fn copy_project(to: &Path) -> Outcome {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    if to.exists() {
        fs::remove_dir_all(to).map_err(|error| failed(to, error))?;
    }
    project::visit(&mut |path| {
        let from_top = path.strip_prefix(project::top()).unwrap_or(path);
        let copy = to.join(from_top);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        }
        fs::copy(path, &copy).map_err(|error| failed(path, error))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::unfit;

    const WHOLE: &str = ".cargo_vcs_info.json\nCargo.lock\nCargo.toml\nCargo.toml.orig\nLICENSE-APACHE\nLICENSE-MIT\n\
        README.md\nexamples/serve.rs\nsrc/lib.rs\ntemplates/a/b.html\n";

    #[test]
    fn a_package_with_everything_and_nothing_else_is_fit() {
        assert!(unfit(WHOLE).is_empty(), "{:?}", unfit(WHOLE));
    }

    #[test]
    fn what_is_missing_and_what_is_junk_is_told() {
        let package = WHOLE.replace("LICENSE-MIT", "tests/main.rs");
        assert_eq!(
            unfit(&package),
            [
                "the package has no LICENSE-MIT",
                "the package holds tests/main.rs"
            ]
        );
    }
}
