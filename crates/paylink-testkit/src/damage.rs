//! Damages a good JSON answer, one thing at a time; [`xml`] does the same to XML.
//!
//! Values that are not damaged keep their text, byte for byte: no number is read and written again.

pub mod xml;

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

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

/// Replaces the value at a JSON pointer (`/result/status`, `/items/0/amount`) by another, given as JSON.
///
/// ```
/// # fn main() -> Result<(), paylink_testkit::damage::NoSuchMember> {
/// use paylink_testkit::damage::with_value;
///
/// let good = br#"{"result":{"status":"pending","amount":"1.10"}}"#;
/// let damaged = with_value(good, "/result/status", "null")?;
/// assert_eq!(damaged, br#"{"result":{"status":null,"amount":"1.10"}}"#);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`NoSuchMember`] if nothing is there: the test names a member which the answer does not have.
pub fn with_value(json: &[u8], pointer: &str, value: &str) -> Result<Vec<u8>, NoSuchMember> {
    edit(json, pointer, Some(value))
}

/// Leaves out the member at a JSON pointer.
///
/// ```
/// # fn main() -> Result<(), paylink_testkit::damage::NoSuchMember> {
/// use paylink_testkit::damage::without;
///
/// let good = br#"{"items":[{"status":"pending","amount":"1.10"}]}"#;
/// assert_eq!(without(good, "/items/0/status")?, br#"{"items":[{"amount":"1.10"}]}"#);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`NoSuchMember`] if nothing is there: the test names a member which the answer does not have.
pub fn without(json: &[u8], pointer: &str) -> Result<Vec<u8>, NoSuchMember> {
    edit(json, pointer, None)
}

/// Turns an object into the array of its values, which some decoders read as if it were the object.
///
/// What is no object is put into an array as it is.
///
/// ```
/// let damaged = paylink_testkit::damage::values_only(br#"{"b":1,"a":{"c":2}}"#);
/// assert_eq!(damaged, br#"[1,{"c":2}]"#);
/// ```
#[must_use]
pub fn values_only(json: &[u8]) -> Vec<u8> {
    match serde_json::from_slice(json) {
        Ok(Members(members)) => {
            let values: Vec<&str> = members.iter().map(|(_, value)| value.get()).collect();
            in_an_array(values.join(",").as_bytes())
        }
        Err(_) => in_an_array(json),
    }
}

/// The document has nothing at that pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchMember {
    pointer: String,
}

impl NoSuchMember {
    fn at(pointer: &str) -> Self {
        Self {
            pointer: pointer.to_owned(),
        }
    }
}

impl fmt::Display for NoSuchMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the document cannot be read or has nothing at {:?}",
            self.pointer
        )
    }
}

impl std::error::Error for NoSuchMember {}

fn edit(json: &[u8], pointer: &str, value: Option<&str>) -> Result<Vec<u8>, NoSuchMember> {
    let keys: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
        .collect();
    str::from_utf8(json)
        .ok()
        .and_then(|json| edit_at(json, &keys, value))
        .map(String::into_bytes)
        .ok_or_else(|| NoSuchMember::at(pointer))
}

/// Gives the document with the value at `keys` replaced or left out; nothing if there is no such value.
fn edit_at(json: &str, keys: &[String], value: Option<&str>) -> Option<String> {
    let (key, deeper) = keys.split_first()?;
    let edit_child = |child: &RawValue| match deeper {
        [] => Some(value.map(str::to_owned)),
        _ => edit_at(child.get(), deeper, value).map(Some),
    };

    if let Ok(Members(members)) = serde_json::from_str(json) {
        let at = members.iter().position(|(name, _)| name == key)?;
        let mut texts = Vec::with_capacity(members.len());
        for (index, (name, child)) in members.iter().enumerate() {
            let text = if index == at {
                edit_child(child)?
            } else {
                Some(child.get().to_owned())
            };
            texts.extend(text.map(|text| format!("{}:{text}", quoted(name))));
        }
        return Some(format!("{{{}}}", texts.join(",")));
    }

    let children: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    let at: usize = key.parse().ok().filter(|at| *at < children.len())?;
    let mut texts = Vec::with_capacity(children.len());
    for (index, child) in children.iter().enumerate() {
        texts.extend(if index == at {
            edit_child(child)?
        } else {
            Some(child.get().to_owned())
        });
    }
    Some(format!("[{}]", texts.join(",")))
}

fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// The members of an object in their order, their values untouched.
struct Members<'json>(Vec<(String, &'json RawValue)>);

impl<'json> Deserialize<'json> for Members<'json> {
    fn deserialize<D: Deserializer<'json>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'json> Visitor<'json> for MembersVisitor {
    type Value = Members<'json>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'json>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::{with_value, without};

    const GOOD: &[u8] = br#"{ "total": 1.000000000000000000001, "items": [ {"a/b": 1}, 2 ] }"#;

    #[test]
    fn what_is_not_damaged_keeps_its_text() {
        let damaged = with_value(GOOD, "/items/1", r#""two""#).unwrap();
        assert_eq!(
            damaged,
            br#"{"total":1.000000000000000000001,"items":[{"a/b": 1},"two"]}"#
        );
    }

    #[test]
    fn a_key_with_a_slash_is_reached() {
        let damaged = without(GOOD, "/items/0/a~1b").unwrap();
        assert_eq!(
            damaged,
            br#"{"total":1.000000000000000000001,"items":[{},2]}"#
        );
    }

    #[test]
    fn what_is_not_there_is_no_silent_success() {
        for pointer in [
            "",
            "/absent",
            "/items/2",
            "/items/-1",
            "/total/deeper",
            "/items/0/a/b",
        ] {
            assert!(without(GOOD, pointer).is_err(), "{pointer}");
        }
        assert!(without(b"no json", "/total").is_err());
    }
}
