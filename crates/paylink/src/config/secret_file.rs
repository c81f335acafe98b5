use std::path::Path;

use super::source::Value;
use super::{Problem, ProblemKind, bounded};
use crate::Invalid;

/// The most bytes that a file with a secret may have.
const LARGEST: u64 = 64 * 1024;

/// Reads a secret from a file of its own, without the line break at its end. `origin` is what named the file.
pub(super) fn read(path: &Path, origin: &str) -> Result<Value, Problem> {
    let refused = |kind, problem: String, remedy: &'static str| {
        let named = Invalid::new(crate::config::SETTING, problem)
            .at(origin.to_owned())
            .value(&path.to_string_lossy());
        Problem::new(kind, named.remedy(remedy))
    };
    let content = bounded::read(path, LARGEST).map_err(|error| {
        let problem = format!("cannot be read: {error}");
        refused(ProblemKind::Unreadable, problem, "name a file that can be")
    })?;
    let malformed = |problem: &str| {
        let remedy = "write the secret into the file, and nothing else";
        refused(ProblemKind::Malformed, problem.to_owned(), remedy)
    };
    let content = content.ok_or_else(|| malformed("is a file of more than 64 KiB"))?;
    let text = str::from_utf8(&content).map_err(|_| malformed("is a file that is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(malformed("is an empty file"));
    }
    Ok(Value::new(text, origin))
}
