//! What another provider touches: the files that name every provider stand in `docs/architecture.md`, and are few.

use std::collections::BTreeSet;

use crate::project::{self, TextFile};

const PAGE: &str = "docs/architecture.md";
/// Where the page's list begins, and where it is over.
const LIST: (&str, &str) = ("**A provider.**", "**A capability.**");
const MOST: usize = 8;

/// What may name all of them without a change for another one: what tells of the past, what is written about the providers that
/// are there, and tests of theirs. A test that has to know every provider walks over the descriptors, and fails for a missing one.
const LEFT_ALONE: [&str; 5] = [
    "CHANGELOG.md",
    "docs/",
    "/tests/",
    "/tests.rs",
    "tests/fuzzing/",
];

pub(super) fn check(problems: &mut Vec<String>) -> Result<(), String> {
    let names: Vec<String> = project::providers()?
        .iter()
        .filter_map(|client| Some(client.split_once('-')?.0.to_owned()))
        .collect();
    let files = project::files(&["html", "md", "rs", "sh", "toml"])?;
    problems.extend(found(&files, &names));
    Ok(())
}

fn found(files: &[TextFile], names: &[String]) -> Vec<String> {
    let page = files.iter().find(|file| file.path == PAGE);
    let listed = page.map(|page| listed(&page.text)).unwrap_or_default();
    let naming: BTreeSet<&str> = files
        .iter()
        .filter(|file| !belongs_to_one(&file.path, names))
        .filter(|file| {
            let written = by_hand(&file.text);
            names.iter().all(|name| says(&written, name))
        })
        .map(|file| file.path.as_str())
        .collect();
    let left_alone = |path: &str| LEFT_ALONE.iter().any(|part| path.contains(part));
    let mut problems: Vec<String> = naming
        .difference(&listed)
        .filter(|path| !left_alone(path))
        .map(|path| {
            format!(
                "{path}: it names every provider, so another one would have to be added: walk over the descriptors, or list it \
                 in {PAGE}"
            )
        })
        .collect();
    problems.extend(listed.difference(&naming).map(|path| {
        format!("{PAGE}: the list for a provider holds {path}, which does not name every provider")
    }));
    if listed.is_empty() || listed.len() > MOST {
        problems.push(format!(
            "{PAGE}: the list for a provider holds {} files that exist, and may hold 1 to {MOST}",
            listed.len()
        ));
    }
    problems
}

/// The files of the page's table that exist already: those without a placeholder in capitals.
fn listed(page: &str) -> BTreeSet<&str> {
    let list = page
        .split_once(LIST.0)
        .and_then(|(_, rest)| rest.split_once(LIST.1));
    list.map(|(list, _)| list)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|path| !path.contains("NAME"))
        .collect()
}

/// Whether a file is one provider's, by a part of its path.
fn belongs_to_one(path: &str, names: &[String]) -> bool {
    path.split('/')
        .any(|part| names.iter().any(|name| part.starts_with(name.as_str())))
}

/// What of a text is not written by `cargo xtask bless`.
fn by_hand(text: &str) -> String {
    let mut parts = text.split("<!-- begin ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| {
        before
            + part
                .split_once("<!-- end ")
                .map_or(part, |(_, after)| after)
    })
}

/// Whether a text holds a name at the beginning of a word, in any spelling.
fn says(text: &str, name: &str) -> bool {
    let text = text.to_lowercase();
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        !before.is_some_and(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(list: &str, files: &[(&str, &str)]) -> Vec<String> {
        let page = format!(
            "{} text\n\n| file | what |\n|---|---|\n{list}\n\n{} more `d.rs`",
            LIST.0, LIST.1
        );
        let files: Vec<TextFile> = files
            .iter()
            .chain(&[(PAGE, page.as_str())])
            .map(|(path, text)| TextFile {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        found(&files, &["zipay".to_owned(), "pod".to_owned()])
    }

    const NAMES: (&str, &str) = ("crates/paylink/Cargo.toml", "ZiPay and pod_invoice");

    #[test]
    fn a_file_that_names_every_provider_is_listed() {
        let list = "| `crates/NAME-client/**` | new |\n| `crates/paylink/Cargo.toml` | a feature |";
        let others = [
            NAMES,
            ("crates/zipay-client/src/lib.rs", "zipay, unlike pod"),
            ("crates/paylink/src/desk.rs", "zipay and tripods"),
            ("crates/paylink/tests/desk.rs", "zipay and pod"),
            ("docs/desk.md", "zipay and pod"),
            (
                "README.md",
                "ZiPay <!-- begin x: y -->\nZiPay, POD\n<!-- end x -->\n",
            ),
        ];
        assert!(problems(list, &others).is_empty());
        let more = [
            NAMES,
            ("a.rs", "zipay <!-- begin --><!-- end --> PodConfig"),
        ];
        let found = problems(list, &more);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("a.rs: it names every"), "{found:?}");
    }

    #[test]
    fn the_list_is_true_and_short() {
        let found = problems("| `a.rs`, `crates/paylink/Cargo.toml` | both |", &[NAMES]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("holds a.rs"), "{found:?}");
        let found = problems("| `crates/NAME-client/**` | new |", &[]);
        assert!(found[0].contains("holds 0 files"), "{found:?}");
        let many: String = (0..9).map(|n| format!("| `{n}.rs` | one |\n")).collect();
        let files: Vec<(String, &str)> = (0..9).map(|n| (format!("{n}.rs"), NAMES.1)).collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        let found = problems(&many, &files);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("holds 9 files"), "{found:?}");
    }
}
