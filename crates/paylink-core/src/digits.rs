//! Numbers as people in Iran type them.
//!
//! Persian (`۰` to `۹`) and Arabic (`٠` to `٩`) digits mean what Latin ones mean. Digits of any other script are left
//! alone, so that a parser refuses them as it refuses a letter.
//!
//! [`whole`] is the one reading of a typed whole number, and [`Money::parse`](crate::Money::parse) that of a typed
//! decimal; both take thousands marks. What a provider or a program writes is not read here: it has no marks.

mod decimal;
mod marks;
#[cfg(test)]
pub(crate) mod scripts;
#[cfg(test)]
mod tests;
mod whole;

use std::borrow::Cow;

pub(crate) use decimal::{Fractions, plain_decimal};
pub use whole::whole;

/// Writes the Persian and Arabic digits of `text` as Latin ones and leaves all else as it is.
///
/// Text without such digits is handed back without copying it.
///
/// ```
/// use paylink_core::digits;
///
/// assert_eq!(digits::latin("۱۳۹۹/۱۱/٢١"), "1399/11/21");
/// assert_eq!(digits::latin("order 7"), "order 7");
/// ```
#[must_use]
pub fn latin(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| latin_char(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(latin_char).collect())
    }
}

/// Gives the Latin digit for a Persian or Arabic one, and any other character as it is.
///
/// ```
/// use paylink_core::digits;
///
/// assert_eq!(digits::latin_char('۷'), '7');
/// assert_eq!(digits::latin_char('x'), 'x');
/// ```
#[must_use]
pub fn latin_char(c: char) -> char {
    let zero = match c {
        '\u{06f0}'..='\u{06f9}' => '\u{06f0}',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        _ => return c,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// The characters of a number that people group with spaces and dashes, without those, its digits Latin.
pub(crate) fn ungrouped(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(latin_char)
}
