//! The environment of the process itself. No test changes its own: a child reads the one that it is given.

use std::process::Command;

use paylink::config::{Config, Variables};

use crate::place::Place;

const FILE: &str = "PAYLINK_TEST_FILE";
const CANARY: &str = "c4n4ry-0f-th3-pr0c3ss";

/// The child.
#[test]
fn a_child_that_reads_its_environment_when_it_is_told_to() {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    for config in [Config::from_env(), Config::load(&file)] {
        let account = config.unwrap().account("zipay").unwrap();
        assert!(account.is_set("terminal"), "it stands in the file");
        assert!(account.is_set("api_key"), "it stands in a variable");
    }
    let shown = format!("{:?}", Variables::of_process());
    assert!(shown.contains("\"PAYLINK_ZIPAY_API_KEY\""), "{shown}");
    assert!(!shown.contains(CANARY), "{shown}");
}

#[test]
fn what_this_process_was_started_with_is_read() {
    let place = Place::with("[zipay]\nterminal = 1\n");
    let here = module_path!().split_once("::").unwrap().1;
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("--exact")
        .arg(format!(
            "{here}::a_child_that_reads_its_environment_when_it_is_told_to"
        ))
        .env(FILE, place.file())
        .env("PAYLINK_CONFIG", place.file())
        .env("PAYLINK_ZIPAY_API_KEY", CANARY)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}"
    );
}
