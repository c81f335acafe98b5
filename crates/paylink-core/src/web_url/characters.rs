use url::Url;

use super::refused;
use crate::{FieldKey, Invalid, WebUrl};

/// The longest way to write a URL that is put into an error.
const LONGEST_REMEDY: usize = 300;

/// Refuses what no URL may hold (RFC 3986, appendix A), and says what to write in its place.
///
/// Square brackets pass: they belong to an IP address, and everybody takes them in a query.
pub(crate) fn check_characters(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| refused(field, problem, text);
    let mut fragment = false;
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => {}
            ':' | '/' | '?' | '[' | ']' | '@' => {}
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' => {}
            '#' if !fragment => fragment = true,
            '#' => return Err(wrong("holds more than one #").remedy("percent-encode it as %23")),
            '%' if is_octet(text.get(at..)) => {}
            '%' => {
                return Err(wrong("holds a % that encodes nothing")
                    .remedy("percent-encode the sign itself as %25"));
            }
            '\\' => return Err(wrong("holds a backslash").remedy("write / in its place")),
            c if c.is_control() || c.is_whitespace() => {
                return Err(
                    wrong("holds a space or a control character").remedy("percent-encode it")
                );
            }
            c if c.is_ascii() => {
                return Err(wrong("holds a character that no URL has")
                    .remedy(format!("percent-encode it as %{:02X}", u32::from(c))));
            }
            _ => {
                let invalid = wrong("holds a character outside ASCII");
                return Err(match in_ascii(text) {
                    Some(url) => invalid.remedy(format!("write {url}")),
                    None => invalid.remedy("percent-encode it"),
                });
            }
        }
    }
    Ok(())
}

/// Whether the text begins with `%` and two hexadecimal digits.
fn is_octet(text: Option<&str>) -> bool {
    let octet = text.and_then(|text| text.as_bytes().get(1..3));
    octet.is_some_and(|octet| octet.iter().all(u8::is_ascii_hexdigit))
}

/// What a browser makes of a URL in another script. A password may stand before an `@`: such a URL is not repeated.
fn in_ascii(text: &str) -> Option<String> {
    if text.contains('@') || crate::text::hidden(text).is_some() {
        return None;
    }
    let url = Url::parse(text).ok()?.to_string();
    (url.len() <= LONGEST_REMEDY && check_characters(WebUrl::KEY, &url).is_ok()).then_some(url)
}
