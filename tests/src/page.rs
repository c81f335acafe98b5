//! The parts of the project's pages that are generated: `cargo xtask bless` writes them, and a test fails while one is
//! stale.

use std::path::Path;
use std::{env, fs};

/// Holds a region of a page against what it should read.
///
/// A region stands between `<!-- begin NAME: written by cargo xtask bless -->` and `<!-- end NAME -->`. While
/// `PAYLINK_BLESS` is set, a stale one is written again.
///
/// # Panics
///
/// If the page has no such region, or the region is stale and not to be written.
#[expect(clippy::panic, reason = "a test that is stale ends here")]
pub fn hold(page: &str, region: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let begin = format!("<!-- begin {region}: written by cargo xtask bless -->\n");
    let end = format!("<!-- end {region} -->\n");
    let parts = text
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?)));
    let Some((before, (shown, after))) = parts else {
        panic!("{page} has no region {region}: write its two comments where it belongs");
    };
    let generated = format!("\n{}\n\n", generated.trim_matches('\n'));
    if shown == generated {
        return;
    }
    assert!(
        env::var_os("PAYLINK_BLESS").is_some(),
        "{page} is stale: run `cargo xtask bless` and read what changed. {region} should read:\n{generated}"
    );
    let written = [before, &begin, &generated, &end, after].concat();
    fs::write(&path, written).unwrap_or_else(|error| panic!("{page}: {error}"));
}
