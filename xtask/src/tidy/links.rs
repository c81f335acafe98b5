//! Links between the project's own pages lead somewhere.

use std::path::Path;

use crate::project;

pub(super) fn check(problems: &mut Vec<String>) -> Result<(), String> {
    for page in project::files(&["md"])? {
        let folder = project::top().join(&page.path);
        let folder = folder.parent().unwrap_or(Path::new("")).to_owned();
        for target in targets(&page.text) {
            let file = target.split('#').next().unwrap_or_default();
            let foreign = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
            if !foreign && !folder.join(file).exists() {
                problems.push(format!("{}: the link to {target} leads nowhere", page.path));
            }
        }
    }
    Ok(())
}

/// What stands in the round brackets of `[text](target)`.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
}

#[cfg(test)]
mod tests {
    #[test]
    fn targets_are_found() {
        let text = "see [a](docs/a.md), [b](b.md#part) and [c](https://c.example/ \"C\")";
        let found: Vec<&str> = super::targets(text).collect();
        assert_eq!(found, ["docs/a.md", "b.md#part", "https://c.example/"]);
    }
}
