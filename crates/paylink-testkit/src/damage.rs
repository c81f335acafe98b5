//! Damages a good JSON answer, one thing at a time.
//!
//! Values that are not damaged keep their text, byte for byte: no number is read and written anew.

mod member;

pub use member::{NoSuchMember, values_only, with_value, without};

/// Puts a byte order mark before the document.
#[must_use]
pub fn with_bom(json: &[u8]) -> Vec<u8> {
    [b"\xef\xbb\xbf", json].concat()
}

/// Puts a member whose value is not UTF-8 at the beginning of the object.
///
/// ```
/// let damaged = paylink_testkit::damage::with_invalid_utf8(br#"{"a":1}"#);
/// assert_eq!(damaged, b"{\"note\":\"\xff\xfe\",\"a\":1}");
/// ```
#[must_use]
pub fn with_invalid_utf8(json: &[u8]) -> Vec<u8> {
    let members = json.trim_ascii_start().strip_prefix(b"{").unwrap_or(json);
    [b"{\"note\":\"\xff\xfe\",", members].concat()
}

/// Writes every member of the object twice.
///
/// ```
/// let damaged = paylink_testkit::damage::with_duplicate_keys(br#"{"a":1}"#);
/// assert_eq!(damaged, br#"{"a":1,"a":1}"#);
/// ```
#[must_use]
pub fn with_duplicate_keys(json: &[u8]) -> Vec<u8> {
    let json = json.trim_ascii();
    let members = json
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"))
        .unwrap_or(json);
    [b"{", members, b",", members, b"}"].concat()
}

/// Puts text behind the document.
#[must_use]
pub fn with_trailing_text(json: &[u8]) -> Vec<u8> {
    [json, b"\n<!-- served in 3 ms -->"].concat()
}

/// Puts the document into an array.
#[must_use]
pub fn in_an_array(json: &[u8]) -> Vec<u8> {
    [b"[", json, b"]"].concat()
}

/// Leaves out the end of the document: its last byte, and with it that of an object.
#[must_use]
pub fn without_end(json: &[u8]) -> Vec<u8> {
    json.trim_ascii_end()
        .split_last()
        .map_or_else(Vec::new, |(_, rest)| rest.to_vec())
}
