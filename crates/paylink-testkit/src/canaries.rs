//! Secrets that must not appear anywhere, and the many ways in which they could.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

/// The shortest secret that is not found by chance.
const SHORTEST: usize = 8;

/// Secrets planted in a test, to be looked for in everything it brings forth.
///
/// A secret is found as it is, in base64 (both alphabets, at any place in the encoded text), in hex, and as a list of
/// bytes; each of them also behind escapes (of JSON, of `Debug`, of byte strings, up to three layers of them), behind
/// entities of HTML, behind percent and form encoding, and with blanks between. One of digits alone, such as a card
/// number, is also found backwards, in Persian or Arabic digits, and in groups. A piece of a secret is not found.
///
/// ```
/// # fn main() -> Result<(), paylink_testkit::SecretTooShort> {
/// use paylink_testkit::Canaries;
///
/// let canaries = Canaries::new(["s3cr3t/canary"])?;
/// assert!(canaries.find_in("https://api.example/?key=s3cr3t%2Fcanary").len() == 1);
/// assert!(canaries.find_in("https://api.example/?key=…").is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Canaries {
    needles: Vec<Needle>,
}

impl Canaries {
    /// Plants these secrets.
    ///
    /// # Errors
    ///
    /// [`SecretTooShort`] for one of less than 8 bytes, which would be found where it did not leak: take a longer one.
    pub fn new<S: AsRef<str>>(
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, SecretTooShort> {
        let mut all = Vec::new();
        for (place, secret) in secrets.into_iter().enumerate() {
            let secret = secret.as_ref();
            if secret.len() < SHORTEST {
                return Err(SecretTooShort { place });
            }
            all.extend(needles(place, secret));
        }
        Ok(Self { needles: all })
    }

    /// Looks for every secret in a text, and tells of each the plainest way in which it is there.
    #[must_use]
    pub fn find_in(&self, text: &str) -> Vec<Sighting> {
        let mut sightings: Vec<Sighting> = Vec::new();
        for (view, seen) in views(text) {
            let needles = self.needles.iter();
            // Nothing but digits shows when digits are changed.
            for needle in needles.filter(|it| it.is_of_digits || !view.is_of_digits()) {
                let known = sightings.iter().any(|it| it.secret == needle.secret);
                if !known && let Some(at) = seen.find(&needle.text) {
                    sightings.push(Sighting::new(needle, view, &seen, at));
                }
            }
        }
        sightings
    }
}

impl fmt::Debug for Canaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canaries").finish_non_exhaustive()
    }
}

/// A secret, seen in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which secret, counted from 0 in the order of planting.
    pub secret: usize,
    /// How the secret itself was encoded.
    pub encoding: Encoding,
    /// What had to be taken off the text before it showed.
    pub view: View,
    /// Some of the text around it.
    pub excerpt: String,
}

impl Sighting {
    fn new(needle: &Needle, view: View, text: &str, at: usize) -> Self {
        const AROUND: usize = 60;

        let (before, from) = text.split_at_checked(at).unwrap_or(("", text));
        let skipped = before.chars().count().saturating_sub(AROUND);
        let before = before.chars().skip(skipped);
        let rest = from.chars().take(needle.text.len() + AROUND);
        Self {
            secret: needle.secret,
            encoding: needle.encoding,
            view,
            excerpt: before.chain(rest).collect(),
        }
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secret, encoding, view) = (self.secret, self.encoding, self.view);
        let excerpt = &self.excerpt;
        write!(
            f,
            "secret {secret} as {encoding:?} in {view:?} text: {excerpt:?}"
        )
    }
}

/// A secret is too short to be told from other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretTooShort {
    place: usize,
}

impl fmt::Display for SecretTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place;
        write!(
            f,
            "secret {place} has less than {SHORTEST} bytes and would be found by chance: take a longer one"
        )
    }
}

impl std::error::Error for SecretTooShort {}

/// How a secret was encoded by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Not at all.
    Plain,
    /// As base64, alone or within a longer encoded text.
    Base64,
    /// As hexadecimal digits.
    Hex,
    /// As the numbers of its bytes, decimal or hexadecimal, with commas between.
    ByteList,
    /// Its digits backwards, or its groups of four digits: so a line from right to left shows them.
    Reversed,
}

/// A text that gives a secret away.
#[derive(Clone)]
struct Needle {
    secret: usize,
    encoding: Encoding,
    text: String,
    is_of_digits: bool,
}

fn needles(place: usize, secret: &str) -> impl Iterator<Item = Needle> {
    type Written = fn(&u8) -> String;

    let bytes = secret.as_bytes();
    let mut needles = vec![
        (Encoding::Plain, secret.to_owned()),
        (Encoding::ByteList, joined(bytes, ",", ToString::to_string)),
    ];
    let written: [(Encoding, &str, Written); 7] = [
        (Encoding::Hex, "", |byte| format!("{byte:02x}")),
        (Encoding::Hex, "", |byte| format!("{byte:02X}")),
        (Encoding::ByteList, ",", |byte| format!("{byte:x}")),
        (Encoding::ByteList, ",", |byte| format!("{byte:X}")),
        (Encoding::ByteList, ",", |byte| format!("{byte:02x}")),
        (Encoding::ByteList, ",", |byte| format!("{byte:02X}")),
        (Encoding::ByteList, ",", |byte| format!("0x{byte:02x}")),
    ];
    needles.extend(written.map(|(encoding, between, one)| (encoding, joined(bytes, between, one))));
    if bytes.iter().all(u8::is_ascii_digit) {
        let backwards = secret.chars().rev().collect();
        needles.push((Encoding::Reversed, backwards));
        let groups = bytes.rchunks(4).map(String::from_utf8_lossy);
        needles.push((Encoding::Reversed, groups.collect()));
    }
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let inside = base64_inside(engine, bytes, offset);
            needles.push((Encoding::Base64, inside));
        }
    }
    needles.into_iter().map(move |(encoding, text)| Needle {
        secret: place,
        encoding,
        is_of_digits: text.bytes().all(|it| it.is_ascii_digit()),
        text,
    })
}

fn joined(bytes: &[u8], between: &str, one: impl Fn(&u8) -> String) -> String {
    bytes.iter().map(one).collect::<Vec<_>>().join(between)
}

/// The base64 digits which are made of the secret alone, if `offset` bytes (modulo 3) come before it.
fn base64_inside(engine: &impl Engine, secret: &[u8], offset: usize) -> String {
    let encoded = engine.encode([&vec![0; offset], secret].concat());
    let first = (offset * 8).div_ceil(6);
    let last = (offset + secret.len()) * 8 / 6;
    encoded.chars().take(last).skip(first).collect()
}

/// What was taken off a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// Nothing.
    Raw,
    /// Backslash escapes, as in JSON, in Rust's `Debug` and in byte strings.
    Unescaped,
    /// Entities of HTML and XML, by name or by number.
    EntitiesDecoded,
    /// Percent encoding.
    PercentDecoded,
    /// Form encoding: percent encoding, and `+` for a blank.
    FormDecoded,
    /// Blanks and line breaks, as in pretty-printed lists and wrapped base64.
    Unspaced,
    /// The script of digits: Persian and Arabic ones are read as Latin ones.
    DigitsFolded,
    /// What stands between digits: blanks, signs of grouping, and marks that direct the text.
    Ungrouped,
}

impl View {
    fn is_of_digits(self) -> bool {
        matches!(self, View::DigitsFolded | View::Ungrouped)
    }
}

/// The text in every view that differs from those before it.
fn views(text: &str) -> Vec<(View, String)> {
    /// A JSON text, quoted in a message, quoted by `Debug`.
    const LAYERS: usize = 3;

    let mut views = vec![(View::Raw, text.to_owned())];
    let mut escaped = text.to_owned();
    for _ in 0..LAYERS {
        escaped = unescape(&escaped);
        add(&mut views, View::Unescaped, escaped.clone());
    }
    for (_, text) in views.clone() {
        add(&mut views, View::EntitiesDecoded, entities_decoded(&text));
    }
    for (_, text) in views.clone() {
        add(&mut views, View::PercentDecoded, percent_decoded(&text));
        let spaced = text.replace('+', " ");
        add(&mut views, View::FormDecoded, percent_decoded(&spaced));
    }
    for (_, text) in views.clone() {
        let unspaced = text.split_whitespace().collect();
        add(&mut views, View::Unspaced, unspaced);
        let folded: String = text.chars().map(latin_digit).collect();
        add(&mut views, View::DigitsFolded, folded.clone());
        add(&mut views, View::Ungrouped, ungrouped(&folded));
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

/// Decodes the entities that HTML and XML share, and those of a character's number; what is none stays.
fn entities_decoded(text: &str) -> String {
    const LONGEST: usize = "#x10ffff".len();

    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, entity)) = rest.split_once('&') {
        decoded.push_str(plain);
        let named = entity.split_once(';').filter(|(it, _)| it.len() <= LONGEST);
        let known = named.and_then(|(name, after)| Some((entity_char(name)?, after)));
        let (c, after) = known.unwrap_or(('&', entity));
        decoded.push(c);
        rest = after;
    }
    decoded.push_str(rest);
    decoded
}

fn entity_char(name: &str) -> Option<char> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#')?.strip_prefix(['x', 'X']) {
            Some(digits) => number(digits, 16),
            None => number(name.strip_prefix('#')?, 10),
        },
    }
}

fn latin_digit(c: char) -> char {
    let value = match c {
        '۰'..='۹' => u32::from(c) - u32::from('۰'),
        '٠'..='٩' => u32::from(c) - u32::from('٠'),
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

/// Takes out what stands between two digits, if it is nothing but blanks, signs of grouping and marks of direction.
fn ungrouped(text: &str) -> String {
    let mut ungrouped = String::with_capacity(text.len());
    let mut between = String::new();
    for c in text.chars() {
        if separates_digits(c) {
            between.push(c);
            continue;
        }
        if !(c.is_ascii_digit() && ungrouped.ends_with(|c: char| c.is_ascii_digit())) {
            ungrouped.push_str(&between);
        }
        between.clear();
        ungrouped.push(c);
    }
    ungrouped + &between
}

fn separates_digits(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | ',' | '_' | '/' | '٬' | '،' | '\u{2010}'..='\u{2015}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    let escape = rest.strip_prefix('\\');
    let second = escape.filter(|it| it.starts_with('u')).and_then(unit);
    let mut decoded = char::decode_utf16([Some(first), second].into_iter().flatten());
    let c = decoded.next()?.ok()?;
    let skipped = if c.len_utf16() == 2 { 6 } else { 0 };
    Some((c.into(), rest.get(skipped..)?))
}
