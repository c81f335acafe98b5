//! The house rules that no compiler checks.

mod another;
mod arrows;
mod files;
mod links;
mod once;
mod product;

use crate::say;
use crate::step::Outcome;

pub(crate) fn run() -> Outcome {
    say::line("\n==> tidy");
    let mut problems = Vec::new();
    files::check(&mut problems)?;
    links::check(&mut problems)?;
    arrows::check(&mut problems)?;
    once::check(&mut problems)?;
    another::check(&mut problems)?;
    if problems.is_empty() {
        return Ok(());
    }
    for problem in &problems {
        say::line(&format!("    {problem}"));
    }
    Err(format!("tidy found {} things", problems.len()))
}
