//! What has to hold before the crates are published, besides the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::step::{Outcome, Step};
use crate::{project, say, tools};

pub(crate) fn check() -> Outcome {
    // All that is missing is told at once, before anybody waits.
    tools::required()?;
    Step::cargo(["shear", "--deny-warnings"]).run()?;
    deny()?;
    packages()?;
    packages_build()?;
    external_types()
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
///
/// The tool reads what rustdoc writes as JSON, which a stable rustdoc only does if it is told so; if cargo and rustc were
/// told the same, everything would be built anew.
fn external_types() -> Outcome {
    let own =
        std::env::current_exe().map_err(|error| format!("xtask finds not itself: {error}"))?;
    let own = own.display().to_string();
    for library in project::published()?.iter().filter(|it| it.is_library) {
        Step::cargo(["check-external-types", "--all-features"])
            .arguments(&["--manifest-path", &library.manifest])
            .env("RUSTDOC", &own)
            .env(AS_RUSTDOC, "1")
            .run()?;
    }
    Ok(())
}

/// Set where cargo runs xtask in place of rustdoc.
const AS_RUSTDOC: &str = "XTASK_AS_RUSTDOC";

/// Runs rustdoc with what a stable one holds back, if that is what xtask was started for.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    std::env::var_os(AS_RUSTDOC)?;
    let status = Command::new("rustdoc")
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    Some(match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Packs every crate that is published, and looks at what is in the packages.
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
    Step::cargo(["package", "--allow-dirty", "--no-verify"])
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
            Some(folder) => {
                ["examples", "migrations", "schema", "src", "templates"].contains(&folder)
            }
            None => {
                file.starts_with("Cargo.")
                    || file.starts_with("LICENSE-")
                    || [".cargo_vcs_info.json", "README.md", "build.rs"].contains(file)
            }
        }
    };
    let holds = files
        .iter()
        .filter(|file| !known(file))
        .map(|file| format!("the package holds {file}"));
    lacks.chain(holds).collect()
}

/// Builds what is in the packages against each other, with the lowest versions that their manifests allow.
///
/// `cargo package` would build each package alone, with all that it needs, and with the newest versions.
fn packages_build() -> Outcome {
    let unpacked = scratch("unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).map_err(|error| failed(&unpacked, &error))?;
    }
    fs::create_dir_all(&unpacked).map_err(|error| failed(&unpacked, &error))?;
    let mut members = String::new();
    let mut patches = String::new();
    for package in project::published()? {
        let folder = format!("{}-{}", package.name, package.version);
        let packed = project::top().join(format!("target/package/{folder}.crate"));
        Step::program("tar", &["-xzf", &packed.display().to_string()])
            .arguments(&["-C", &unpacked.display().to_string()])
            .output()?;
        members.push_str(&format!("{folder:?}, "));
        patches.push_str(&format!("{} = {{ path = {folder:?} }}\n", package.name));
    }
    let manifest = unpacked.join("Cargo.toml");
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[patch.crates-io]\n{patches}"
    );
    fs::write(&manifest, workspace).map_err(|error| failed(&manifest, &error))?;

    let at = manifest.display().to_string();
    let at = ["--manifest-path", &at];
    Step::unstable(["update", "--quiet", "-Z", "direct-minimal-versions"])
        .arguments(&at)
        .run()?;
    let target = project::top().join("target").display().to_string();
    Step::cargo(["check", "--workspace", "--all-features", "--locked"])
        .arguments(&at)
        .env("CARGO_TARGET_DIR", &target)
        .run()
}

fn scratch(what: &str) -> PathBuf {
    project::top().join("target/release-check").join(what)
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::unfit;

    const WHOLE: &str = ".cargo_vcs_info.json\nCargo.lock\nCargo.toml\nCargo.toml.orig\nLICENSE-APACHE\nLICENSE-MIT\n\
        README.md\nbuild.rs\nexamples/serve.rs\nsrc/lib.rs\ntemplates/a/b.html\n";

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
