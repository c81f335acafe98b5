//! Words for the person at the terminal.

use std::io::Write;

/// Writes a line to standard error, where cargo writes too, so that the order stays.
pub(crate) fn line(text: &str) {
    // Nobody is listening if this fails.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
