//! Text from outside, made fit for a log line.

/// Copies at most `limit` characters of `text`, with control and invisible formatting characters escaped.
///
/// What a provider or a person wrote goes into errors and logs only through here: no line break can forge a second
/// log line and no direction mark can turn a line around.
///
/// ```
/// assert_eq!(paylink_core::text::excerpt("no\nsuch\u{202e} invoice", 200), "no\\nsuch\\u{202e} invoice");
/// assert_eq!(paylink_core::text::excerpt("abcdef", 3), "abc…");
/// ```
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit.saturating_add(4)));
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        if c.is_control() || is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Direction marks, separators and zero-width characters, other than the joiners that Persian is written with.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}
