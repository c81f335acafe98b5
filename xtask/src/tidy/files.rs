//! Rules about single files.

use crate::project::{self, TextFile};

/// A longer file has more than one concept in it.
const LONGEST: usize = 800;

/// Names of drawers.
const DRAWERS: [&str; 6] = [
    "mod.rs",
    "utils.rs",
    "util.rs",
    "helpers.rs",
    "common.rs",
    "misc.rs",
];

pub(super) fn check(problems: &mut Vec<String>) -> Result<(), String> {
    for file in project::files(&["rs", "md", "toml", "html", "php", "py", "sh"])? {
        if file.path.ends_with(".rs") {
            rust(&file, problems);
        }
        for (index, line) in file.text.lines().enumerate() {
            if line.ends_with([' ', '\t']) {
                let at = index + 1;
                problems.push(format!(
                    "{}:{at}: white space at the end of the line",
                    file.path
                ));
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            problems.push(format!("{}: no line break at the end", file.path));
        }
    }
    Ok(())
}

fn rust(file: &TextFile, problems: &mut Vec<String>) {
    let lines = file.text.lines().count();
    if lines > LONGEST {
        problems.push(format!(
            "{}: {lines} lines; split it by concept ({LONGEST} at most)",
            file.path
        ));
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    if DRAWERS.contains(&name) {
        problems.push(format!(
            "{}: name it after the one concept it holds",
            file.path
        ));
    }
    if file.path.contains("/src/") && !file.path.contains("/tests") {
        for (index, line) in file.text.lines().enumerate() {
            let skips = line.trim_start().starts_with("#[ignore");
            if skips || line.contains("todo!(") && !file.path.starts_with("xtask/") {
                problems.push(format!("{}:{}: unfinished", file.path, index + 1));
            }
        }
    }
}
