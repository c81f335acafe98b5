use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::leaf::FromJson;
use crate::Untrusted;

/// Reads one JSON object that makes up the whole text.
///
/// # Errors
///
/// Names line, column and category alone: serde's own messages repeat values.
///
/// ```
/// use paylink_core::json::{Wire, from_object};
///
/// #[derive(serde::Deserialize)]
/// struct MediaType {
///     #[serde(default)]
///     success: Wire<bool>,
/// }
///
/// let answer: MediaType = from_object(r#"{"success":true}"#)?;
/// assert!(answer.success.required("success")?);
/// assert!(from_object::<MediaType>("[true]").is_err());
/// assert!(from_object::<MediaType>(r#"{"success":true} {}"#).is_err());
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn from_object<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Untrusted> {
    let Object(value) = serde_json::from_str(text).map_err(|error| untrusted(&error))?;
    Ok(value)
}

/// A struct that is read from a JSON object and nothing else; serde alone would take an array for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> FromJson<'de> for Object<T> {
    const EXPECTED: &'static str = "an object";

    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Some(Object(value)))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

pub(super) fn untrusted(error: &serde_json::Error) -> Untrusted {
    use serde_json::error::Category;

    let what = match error.classify() {
        Category::Eof => return Untrusted::truncated(),
        Category::Data => "is not of the documented form",
        Category::Syntax | Category::Io => "is not JSON",
    };
    Untrusted::new(format!(
        "the answer {what} (line {}, column {})",
        error.line(),
        error.column()
    ))
}
