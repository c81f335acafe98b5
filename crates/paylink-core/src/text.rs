//! Text from outside, made fit to be shown on a terminal, in a log line, on a page.

mod failing;
#[cfg(test)]
mod tests;

use crate::{FieldKey, Invalid};

pub use self::failing::{letters, tells_of_a_failure};

/// Copies at most `limit` characters of `text`; what cannot be seen is written as an escape, and `…` stands for the rest.
///
/// What a provider or a person wrote goes into errors, logs, tables and pages only through here: no line break can forge
/// a second log line, no direction mark can turn a line around, and nothing hides between two digits. Escaped are control
/// characters, marks and isolates of direction, separators of lines, and all that Unicode lets a reader ignore: zero-width
/// characters, fillers, variation selectors, tags. The joiners that Persian is written with stay between two letters of
/// the Arabic script, where they show; spaces of any width stay, since they can be seen.
///
/// The result has at most ten times `limit` characters and the ellipsis. Taking an excerpt of an excerpt changes nothing.
///
/// ```
/// use paylink_core::text::excerpt;
///
/// assert_eq!(excerpt("no\nsuch\u{202e} invoice", 200), "no\\nsuch\\u{202e} invoice");
/// assert_eq!(excerpt("10\u{200c}00", 200), "10\\u{200c}00");
/// assert_eq!(excerpt("می\u{200c}شود", 200), "می\u{200c}شود");
/// assert_eq!(excerpt("abcdef", 3), "abc…");
/// ```
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit.saturating_add(4)));
    for (count, (c, seen)) in in_sight(text).enumerate() {
        if count == limit {
            // A joiner has nothing left to join.
            if out.ends_with(is_joiner) {
                out.pop();
            }
            out.push('…');
            break;
        }
        if seen {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
    }
    out
}

/// The first character of `text` that cannot be seen, by the rule of [`excerpt`].
///
/// A name that people compare, copy and type, an order's number say, must not hold one: it would not be found again.
///
/// ```
/// use paylink_core::text::hidden;
///
/// assert_eq!(hidden("1000\u{200f}"), Some('\u{200f}'));
/// assert_eq!(hidden("سفارش ۱۰۰۰"), None);
/// ```
#[must_use]
pub fn hidden(text: &str) -> Option<char> {
    in_sight(text).find_map(|(c, seen)| (!seen).then_some(c))
}

/// Refuses text that holds a character that cannot be seen.
///
/// # Errors
///
/// Names the character: leave it out.
///
/// ```
/// use paylink_core::FieldKey;
/// use paylink_core::text::check_visible;
///
/// const NUMBER: FieldKey = FieldKey::new("invoice_number", "invoice number");
/// let error = check_visible(NUMBER, "10\u{200f}00").unwrap_err();
/// assert_eq!(error.problem(), "holds the invisible character U+200F");
/// ```
pub fn check_visible(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let Some(c) = hidden(text) else { return Ok(()) };
    let kind = if c.is_control() {
        "control"
    } else {
        "invisible"
    };
    let problem = format!("holds the {kind} character U+{:04X}", u32::from(c));
    Err(Invalid::new(field, problem)
        .value(text)
        .remedy("leave it out"))
}

/// Each character, and whether it can be seen where it stands.
fn in_sight(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let joins = is_joiner(c)
            && before.is_some_and(is_arabic_letter)
            && chars.peek().is_some_and(|after| is_arabic_letter(*after));
        before = Some(c);
        Some((c, joins || !(c.is_control() || is_ignorable(c))))
    })
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A letter of the script that Persian is written in, its forms for presentation included.
fn is_arabic_letter(c: char) -> bool {
    let of_the_script = matches!(
        c,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
    );
    of_the_script && c.is_alphabetic()
}

/// Unicode's `Default_Ignorable_Code_Point`, and what is blank or steers the text around it without being in there: the
/// separators of lines and paragraphs, annotation marks, the empty Braille cell, characters that are none.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    ) || u32::from(c) & 0xfffe == 0xfffe
}
