//! Tools besides cargo. Where changes are judged, a missing one is a failure; elsewhere the tests that need it are left
//! out, and that is said. The release check needs all of its own everywhere.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::step::{Outcome, Step};
use crate::{project, say};

/// Tests that cannot run without something.
struct Needs {
    /// The module whose tests they are.
    tests: &'static str,
    what: &'static str,
    remedy: &'static str,
    is_there: fn() -> bool,
}

const ALL: [Needs; 12] = [
    Needs {
        tests: "browser::",
        what: "Chromium and its driver",
        remedy: "install Debian's chromium and chromium-driver",
        is_there: || runs("chromium", &["--version"]) && runs("chromedriver", &["--version"]),
    },
    Needs {
        tests: "axe::",
        what: "axe-core",
        remedy: "run npm install --prefix target/npm axe-core",
        is_there: || std::fs::exists("target/npm/node_modules/axe-core").unwrap_or(false),
    },
    Needs {
        tests: "foreign::pod",
        what: "Python",
        remedy: "install python3",
        is_there: || runs(&python(), &["--version"]),
    },
    Needs {
        tests: "foreign::sizpay",
        what: "Python with zeep",
        remedy: "let PAYLINK_PYTHON name a Python that has the package zeep",
        is_there: || runs(&python(), &["-c", "import zeep"]),
    },
    Needs {
        tests: "serving::clients",
        what: "PHP, Node, and Python with the package standardwebhooks",
        remedy: "install php-cli and node, let PAYLINK_PYTHON name such a Python, and run npm install --prefix target/npm \
                 standardwebhooks",
        is_there: || {
            runs("php", &["--version"])
                && runs("node", &["--version"])
                && runs(&python(), &["-c", "import standardwebhooks"])
                && std::fs::exists("target/npm/node_modules/standardwebhooks").unwrap_or(false)
        },
    },
    Needs {
        tests: "a_real_php",
        what: "PHP",
        remedy: "install php-cli",
        is_there: || runs("php", &["--version"]),
    },
    Needs {
        tests: "sandbox_guide::recipes",
        what: "PHP, Node and Python",
        remedy: "install php-cli, node and python3",
        is_there: || {
            runs("php", &["--version"])
                && runs("node", &["--version"])
                && runs(&python(), &["--version"])
        },
    },
    Needs {
        tests: "serving::described::a_tester",
        what: "Python with schemathesis",
        remedy: "let PAYLINK_PYTHON name a Python that has the package schemathesis",
        is_there: || runs(&python(), &["-c", "import schemathesis"]),
    },
    Needs {
        tests: "manual::a_formatter",
        what: "mandoc",
        remedy: "install mandoc",
        is_there: || std::fs::exists("/usr/bin/mandoc").unwrap_or(false) || runs("mandoc", &["-h"]),
    },
    Needs {
        tests: "postgres",
        what: "PostgreSQL",
        remedy: "let PAYLINK_POSTGRES be the URL of a database in which the tests may make schemas",
        is_there: || std::env::var_os("PAYLINK_POSTGRES").is_some(),
    },
    Needs {
        tests: "service::two_nodes",
        what: "PostgreSQL's own programs",
        remedy: "install Debian's postgresql",
        is_there: || std::fs::exists("/usr/lib/postgresql").unwrap_or(false),
    },
    Needs {
        tests: "nodes::",
        what: "PostgreSQL's own programs",
        remedy: "install Debian's postgresql",
        is_there: || std::fs::exists("/usr/lib/postgresql").unwrap_or(false),
    },
];

/// The arguments that leave out the tests which cannot run here.
pub(crate) fn left_out() -> Result<Vec<&'static str>, String> {
    let mut arguments = Vec::new();
    for needs in ALL.iter().filter(|needs| !(needs.is_there)()) {
        if std::env::var_os("CI").is_some() {
            return Err(format!(
                "the tests {} need {}: {}",
                needs.tests, needs.what, needs.remedy
            ));
        }
        say::line(&format!(
            "\n    {} not found: the tests {} are left out here",
            needs.what, needs.tests
        ));
        arguments.extend(["--skip", needs.tests]);
    }
    Ok(arguments)
}

fn python() -> String {
    std::env::var("PAYLINK_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

/// A tool of the release check, in the version that it was written for.
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// The version of cargo-check-external-types goes with what the compiler's rustdoc writes.
const OF_THE_RELEASE: [Tool; 3] = [
    Tool {
        name: "cargo-check-external-types",
        version: "0.5.0",
    },
    Tool {
        name: "cargo-deny",
        version: "0.20.2",
    },
    Tool {
        name: "cargo-shear",
        version: "1.14.0",
    },
];

/// What changes the code and sees whether a test notices.
const MUTANTS: Tool = Tool {
    name: "cargo-mutants",
    version: "27.1.0",
};

impl Tool {
    fn is_there(&self) -> bool {
        let own = self.name.trim_start_matches("cargo-");
        [&[][..], &[own]].iter().any(|first| {
            let asked = Command::new(self.name)
                .args(*first)
                .arg("--version")
                .output();
            asked.is_ok_and(|said| {
                let said = String::from_utf8_lossy(&said.stdout).into_owned();
                said.split_whitespace().any(|word| word == self.version)
            })
        })
    }

    fn at_version(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// What fuzzes, in the version that it is used in here.
const FUZZER: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
};

/// Says what fuzzing lacks, and how to get it.
pub(crate) fn fuzzer() -> Outcome {
    if !runs("rustup", &["run", "nightly", "rustc", "--version"]) {
        return Err(
            "fuzzing needs a nightly toolchain: rustup toolchain install nightly --profile minimal"
                .to_owned(),
        );
    }
    if !FUZZER.is_there() {
        let version = FUZZER.at_version();
        return Err(format!(
            "{version} is not installed: cargo install --locked {version}"
        ));
    }
    Ok(())
}

/// Says everything that the release check lacks, and how to get it.
pub(crate) fn required() -> Outcome {
    all_there(&OF_THE_RELEASE)
}

/// Says what trying mutants lacks, and how to get it.
pub(crate) fn mutants() -> Outcome {
    all_there(&[MUTANTS])
}

fn all_there(tools: &[Tool]) -> Outcome {
    let missing: Vec<String> = tools
        .iter()
        .filter(|tool| !tool.is_there())
        .map(|tool| {
            format!(
                "{} is not installed: cargo xtask install-tools",
                tool.at_version()
            )
        })
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(missing.join("\n"))
    }
}

/// Installs what the release check and the mutants need. It leaves alone what is there.
pub(crate) fn install() -> Outcome {
    let target = project::top().join("target/tools").display().to_string();
    let all = OF_THE_RELEASE.iter().chain([&MUTANTS]);
    for tool in all.filter(|tool| !tool.is_there()) {
        // They run for seconds here: optimising them would take longer than it saves. They share what they build on.
        Step::cargo([
            "install",
            "--locked",
            "--debug",
            "--force",
            &tool.at_version(),
        ])
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &target)
        .run()?;
    }
    Ok(())
}

/// Whether cargo-deny's copy of the advisory database is on this machine.
pub(crate) fn advisories_are_there() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let copies = home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok());
    copies.is_some_and(|mut copies| copies.any(|copy| copy.is_ok_and(|it| it.path().is_dir())))
}
