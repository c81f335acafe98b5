//! What must not compile does not, and the compiler says what is wrong and what to write.
//!
//! Beside each case stands what the compiler of [`BLESSED`] says. With that one every word has to be the same; another one
//! words things in its own way, and has to refuse each case for the same reasons. `PAYLINK_BLESS=1 cargo test -p
//! paylink-promises` writes the files anew: then read what changed, and name the compiler here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler whose words stand beside the cases.
const BLESSED: &str = "rustc 1.95.0 ";

/// In which environment variable a child finds the folder of the cases that it is to compile.
const FOLDER: &str = "PAYLINK_TEST_CASES";

/// The child: trybuild compiles each case, and writes beside it what the compiler said.
#[test]
fn a_child_that_compiles_the_cases_it_is_given() {
    if let Ok(folder) = std::env::var(FOLDER) {
        trybuild::TestCases::new().compile_fail(format!("{folder}/*.rs"));
    }
}

#[test]
fn what_must_not_compile_is_refused_with_a_message_that_helps() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let names = names(&cases);
    for name in &names {
        fs::copy(cases.join(name), folder.join(name)).unwrap();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_child_that_compiles_the_cases_it_is_given"])
        .env(FOLDER, &folder)
        .env("TRYBUILD", "overwrite")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");

    let is_to_the_word = compiler().starts_with(BLESSED);
    println!("{} cases, to the word: {is_to_the_word}", names.len());
    for name in names {
        let written = name.with_extension("stderr");
        let said = fs::read_to_string(folder.join(&written)).unwrap();
        let said = said.replace(&format!("{}/", folder.display()), "");
        let kept = cases.join(&written);
        if std::env::var_os("PAYLINK_BLESS").is_some() {
            fs::write(&kept, &said).unwrap();
        }
        let expected = fs::read_to_string(&kept).unwrap();
        let blessing = "PAYLINK_BLESS=1 writes it anew";
        assert_eq!(
            reasons(&said),
            reasons(&expected),
            "{}: {blessing}\n{said}",
            name.display()
        );
        if is_to_the_word {
            assert_eq!(said, expected, "{}: {blessing}", name.display());
        }
    }
}

/// The names of the cases, in their order.
#[cfg(test)]
fn names(cases: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(cases).unwrap();
    let names = files.map(|file| PathBuf::from(file.unwrap().file_name()));
    let mut names: Vec<_> = names
        .filter(|name| name.extension().is_some_and(|it| it == "rs"))
        .collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    names
}

/// The numbers of the compiler's errors, and the text of those that have none.
fn reasons(said: &str) -> Vec<&str> {
    let errors = said.lines().filter(|line| line.starts_with("error"));
    let mut reasons: Vec<_> = errors
        .map(|line| line.split_once("]:").map_or(line, |(number, _)| number))
        .collect();
    reasons.sort_unstable();
    reasons
}

/// What the compiler says of itself.
#[cfg(test)]
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
