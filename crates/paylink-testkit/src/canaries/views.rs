//! What a text says once its own encoding is taken off.

use percent_encoding::percent_decode_str;

/// What was taken off a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// Nothing.
    Raw,
    /// Backslash escapes, as in JSON, in Rust's `Debug` and in byte strings.
    Unescaped,
    /// Percent encoding.
    PercentDecoded,
    /// Form encoding: percent encoding, and `+` for a blank.
    FormDecoded,
    /// Blanks and line breaks, as in pretty-printed lists and wrapped base64.
    Unspaced,
}

/// The text in every view that differs from those before it.
pub(super) fn views(text: &str) -> Vec<(View, String)> {
    /// A JSON text, quoted in a message, quoted by `Debug`.
    const LAYERS: usize = 3;

    let mut views = vec![(View::Raw, text.to_owned())];
    let mut escaped = text.to_owned();
    for _ in 0..LAYERS {
        escaped = unescape(&escaped);
        add(&mut views, View::Unescaped, escaped.clone());
    }
    for (_, text) in views.clone() {
        add(&mut views, View::PercentDecoded, percent_decoded(&text));
        add(
            &mut views,
            View::FormDecoded,
            percent_decoded(&text.replace('+', " ")),
        );
    }
    for (_, text) in views.clone() {
        add(
            &mut views,
            View::Unspaced,
            text.split_whitespace().collect(),
        );
    }
    views
}

fn add(views: &mut Vec<(View, String)>, view: View, text: String) {
    if !views.iter().any(|(_, known)| *known == text) {
        views.push((view, text));
    }
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Takes off one layer of backslash escapes; what is none stays.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        rest = match escape.chars().next() {
            Some('x') => byte_escape(escape, &mut bytes),
            Some('u') => char_escape(escape, &mut bytes),
            Some(c) => simple_escape(c, escape, &mut bytes),
            None => None,
        }
        .unwrap_or_else(|| {
            bytes.push(b'\\');
            escape
        });
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn simple_escape<'a>(c: char, escape: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    bytes.push(match c {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'b' => 0x08,
        'f' => 0x0c,
        '0' => 0,
        '"' => b'"',
        '\'' => b'\'',
        '/' => b'/',
        '\\' => b'\\',
        _ => return None,
    });
    escape.get(1..)
}

/// `\xNN`, a byte.
fn byte_escape<'a>(escape: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    bytes.push(u8::from_str_radix(escape.get(1..3)?, 16).ok()?);
    escape.get(3..)
}

/// `\u{N…}` of Rust, or `\uNNNN` of JSON, twice for a character beyond the first 65,536.
fn char_escape<'a>(escape: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let (code, rest) = match escape.strip_prefix("u{") {
        Some(code) => {
            let (code, rest) = code.split_once('}')?;
            (u32::from_str_radix(code, 16).ok()?, rest)
        }
        None => utf16_escape(escape)?,
    };
    bytes.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
    Some(rest)
}

fn utf16_escape(escape: &str) -> Option<(u32, &str)> {
    let unit = |escape: &str| u16::from_str_radix(escape.get(1..5)?, 16).ok();
    let first = unit(escape)?;
    let rest = escape.get(5..)?;
    let second = rest
        .strip_prefix('\\')
        .filter(|escape| escape.starts_with('u'))
        .and_then(unit);
    let mut decoded = char::decode_utf16([Some(first), second].into_iter().flatten());
    let c = decoded.next()?.ok()?;
    Some((
        c.into(),
        if c.len_utf16() == 2 {
            rest.get(6..)?
        } else {
            rest
        },
    ))
}
