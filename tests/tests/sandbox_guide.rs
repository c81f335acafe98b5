//! What `docs/sandbox.md` shows: its code, compiled and run, and its recipes.

mod library;
mod recipes;

use paylink_sandbox::Preset;

const GUIDE: &str = include_str!("../../docs/sandbox.md");

/// The blocks of the guide in this language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let opened = GUIDE.split("\n```").skip(1).step_by(2);
    opened.filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
}

#[test]
fn it_has_every_preset() {
    for preset in Preset::ALL {
        let row = format!("\n| `{}` |", preset.name());
        assert!(GUIDE.contains(&row), "{row}");
    }
}
