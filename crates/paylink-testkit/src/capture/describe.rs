//! All that an error says.

use std::error::Error;
use std::fmt::Write;
use std::iter::successors;

/// Gives every form of the error and of each of its sources.
pub(super) fn describe_error(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for error in successors(Some(error), |&error| error.source()) {
        // Writing to a string fails only if the error's own formatting does: then what it wrote so far is looked at.
        let _ = writeln!(text, "{error}\n{error:#}\n{error:?}\n{error:#?}");
    }
    text
}
