//! Some of POD's older answers escape Persian for HTML (`&#x641;`) inside JSON text.

use std::borrow::Cow;

/// The longest reference: `&#1114111;`.
const LONGEST: usize = 10;

/// Writes numeric character references, and the five named ones that every encoder knows, as the characters they mean.
///
/// Whatever is not one of them stays as it is, and nothing is unescaped twice.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match reference(after) {
            Some((meant, remaining)) => {
                out.push(meant);
                rest = remaining;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that a reference without its `&` means, and what follows it.
fn reference(text: &str) -> Option<(char, &str)> {
    // No further than a reference is long, or text of many `&` would be searched to its end for each of them.
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let (name, rest) = text
        .split_at_checked(end)
        .and_then(|(name, rest)| Some((name, rest.strip_prefix(';')?)))?;
    let meant = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => digits(hex, 16)?,
                None => digits(number, 10)?,
            };
            char::from_u32(code).filter(|meant| *meant != '\0')?
        }
    };
    Some((meant, rest))
}

/// Rust's own parser takes a sign as well.
fn digits(text: &str, radix: u32) -> Option<u32> {
    text.chars()
        .all(|digit| digit.is_digit(radix))
        .then(|| u32::from_str_radix(text, radix).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn references_become_characters_once() {
        for (escaped, plain) in [
            ("&#x641;&#x627;&#1705;&#1578;&#1608;&#1585;", "فاکتور"),
            ("&#X641; &#x1f4b3;", "ف \u{1f4b3}"),
            ("a &amp; b &lt;&gt;&quot;&apos;&#39;", "a & b <>\"''"),
            ("&amp;#x641;", "&#x641;"),
            ("&&amp;&", "&&&"),
            ("", ""),
        ] {
            assert_eq!(unescape(escaped), plain, "{escaped}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "plain",
            "&",
            "&;",
            "&#;",
            "&#x;",
            "&#x641",
            "&nbsp;",
            "&#xd800;",
            "&#x110000;",
            "&#99999999999;",
            "&#0;",
            "&#+65;",
            "&#x-1;",
            "?a=1&b=2;",
        ] {
            assert_eq!(unescape(text), text);
        }
    }
}
