//! The code of the README, compiled and run against the sandbox.

mod any_provider;
mod durable_shop;
mod first_screen;

/// The README's piece of code of this number is what stands between the marks of a test's source.
fn assert_shown(number: usize, source: &str) {
    let run: String = source
        .split("// README:\n")
        .skip(1)
        .filter_map(|piece| piece.split("// :README\n").next())
        .collect();
    let readme = include_str!("../../README.md");
    let shown = readme
        .split("```rust\n")
        .nth(number + 1)
        .and_then(|rest| rest.split("```").next());
    assert_eq!(
        shown,
        Some(run.trim_end_matches('\n').to_owned() + "\n").as_deref()
    );
}
