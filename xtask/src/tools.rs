//! Tools besides cargo that some tests need. Where changes are judged, a missing one is a failure; elsewhere its tests
//! are left out, and that is said.

use std::process::{Command, Stdio};

use crate::say;

/// Tests that cannot run without something.
struct Needs {
    /// The module whose tests they are.
    tests: &'static str,
    what: &'static str,
    remedy: &'static str,
    is_there: fn() -> bool,
}

const ALL: [Needs; 3] = [
    Needs {
        tests: "browser::",
        what: "Chromium and its driver",
        remedy: "install Debian's chromium and chromium-driver",
        is_there: || runs("chromium", &["--version"]) && runs("chromedriver", &["--version"]),
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
