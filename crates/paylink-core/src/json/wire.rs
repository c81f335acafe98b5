use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::array;
use crate::Untrusted;

/// A field of an answer as it came. Give it `#[serde(default)]`, so that an absent one is [`Wire::Absent`].
///
/// ```
/// use paylink_core::json::{Wire, from_object};
///
/// #[derive(serde::Deserialize)]
/// struct MediaType {
///     #[serde(default)]
///     amount: Wire<String>,
/// }
///
/// let read = |text| from_object::<MediaType>(text).and_then(|answer| answer.amount.required("amount"));
/// assert_eq!(read(r#"{"amount":"1.5"}"#)?, "1.5");
/// assert_eq!(read(r#"{}"#).unwrap_err().to_string(), "amount is missing");
/// assert_eq!(read(r#"{"amount":null}"#).unwrap_err().to_string(), "amount is null");
/// let wrong = read(r#"{"amount":1.5}"#).unwrap_err().to_string();
/// assert!(wrong.starts_with("amount is a fraction, not text: the provider changed its form"));
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Wire<T> {
    /// The field was not there.
    #[default]
    Absent,
    /// The field was null.
    Null,
    /// The field held something else; the text says what kind of thing.
    Wrong(&'static str),
    /// The field held this.
    Is(T),
}

impl<'de, T: FromJson<'de>> Wire<T> {
    /// The value of a field that decides.
    ///
    /// # Errors
    ///
    /// Absent, null and a wrong type are three different errors, each naming the field. A wrong type says that the provider
    /// changed its form, and to report it.
    pub fn required(self, field: &'static str) -> Result<T, Untrusted> {
        match self {
            Wire::Is(value) => Ok(value),
            Wire::Absent => Err(Untrusted::new(format!("{field} is missing"))),
            Wire::Null => Err(Untrusted::new(format!("{field} is null"))),
            Wire::Wrong(found) => Err(Untrusted::unexpected_form(
                field,
                &format!("is {found}, not {}", T::EXPECTED),
            )),
        }
    }

    /// The value of a field that decides where it is reported, and that may be left out.
    ///
    /// # Errors
    ///
    /// A wrong type: it is not the same as nothing.
    ///
    /// ```
    /// use paylink_core::json::Wire;
    ///
    /// assert_eq!(Wire::Is(true).optional("paid")?, Some(true));
    /// assert_eq!(Wire::<bool>::Null.optional("paid")?, None);
    /// assert!(Wire::<bool>::Wrong("text").optional("paid").is_err());
    /// # Ok::<(), paylink_core::Untrusted>(())
    /// ```
    pub fn optional(self, field: &'static str) -> Result<Option<T>, Untrusted> {
        match self {
            Wire::Absent | Wire::Null => Ok(None),
            Wire::Is(_) | Wire::Wrong(_) => self.required(field).map(Some),
        }
    }

    /// The value of a field that is only shown: a bad one becomes `None`, and its name is noted.
    pub fn shown(self, field: &'static str, unreadable: &mut Vec<&'static str>) -> Option<T> {
        match self {
            Wire::Is(value) => Some(value),
            Wire::Absent | Wire::Null => None,
            Wire::Wrong(_) => {
                unreadable.push(field);
                None
            }
        }
    }

    /// The value, if it is there and of the right type; for what neither decides nor is shown.
    pub fn ok(self) -> Option<T> {
        match self {
            Wire::Is(value) => Some(value),
            Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
        }
    }
}

impl<'de, T: FromJson<'de>> Deserialize<'de> for Wire<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wire<T>, D::Error> {
        T::from_field(deserializer)
    }
}

/// Reads a field by the kind of value that stands in it.
pub(super) fn from_any<'de, T: FromJson<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Wire<T>, D::Error> {
    field.deserialize_any(WireVisitor(PhantomData))
}

struct WireVisitor<T>(PhantomData<T>);

impl<'de, T: FromJson<'de>> Visitor<'de> for WireVisitor<T> {
    type Value = Wire<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Wire<T>, E> {
        Ok(Wire::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Wire<T>, E> {
        Ok(T::from_bool(value).map_or(Wire::Wrong("a truth value"), Wire::Is))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Wire<T>, E> {
        Ok(T::from_u64(value).map_or(Wire::Wrong("a number"), Wire::Is))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Wire<T>, E> {
        let read = match u64::try_from(value) {
            Ok(value) => T::from_u64(value),
            Err(_) => T::from_negative(value),
        };
        Ok(read.map_or(Wire::Wrong("a number"), Wire::Is))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Wire<T>, E> {
        Ok(Wire::Wrong("a fraction"))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Wire<T>, E> {
        Ok(T::from_borrowed_text(text).map_or(Wire::Wrong("text"), Wire::Is))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Wire<T>, E> {
        Ok(T::from_text(text).map_or(Wire::Wrong("text"), Wire::Is))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Wire<T>, A::Error> {
        Ok(T::from_map(map)?.map_or(Wire::Wrong("an object"), Wire::Is))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Wire<T>, A::Error> {
        Ok(T::from_seq(seq)?.map_or(Wire::Wrong("an array"), Wire::Is))
    }
}

/// What can stand in a [`Wire`](super::Wire) field: each type says which JSON values it is read from.
///
/// Whatever a type does not name is a wrong type. Numbers are not turned into text nor text into numbers, unless a field
/// is read by [`lossless`](super::lossless).
pub trait FromJson<'de>: Sized {
    /// What is expected, for an error: "text", "a whole number".
    const EXPECTED: &'static str;

    /// Reads a whole field. Types that are made of one of the values below leave it as it is.
    ///
    /// # Errors
    ///
    /// Whatever is not JSON.
    fn from_field<D: Deserializer<'de>>(field: D) -> Result<Wire<Self>, D::Error> {
        from_any(field)
    }

    /// Reads text that lives in the answer itself.
    fn from_borrowed_text(text: &'de str) -> Option<Self> {
        Self::from_text(text)
    }

    /// Reads text.
    fn from_text(_: &str) -> Option<Self> {
        None
    }

    /// Reads a whole number from zero up.
    fn from_u64(_: u64) -> Option<Self> {
        None
    }

    /// Reads a negative whole number.
    fn from_negative(_: i64) -> Option<Self> {
        None
    }

    /// Reads a truth value.
    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    /// Reads an object; `None` if it is not expected.
    ///
    /// # Errors
    ///
    /// Whatever is wrong inside.
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// Reads an array; `None` if it is not expected.
    ///
    /// # Errors
    ///
    /// Whatever is wrong inside.
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de: 'a, 'a> FromJson<'de> for Cow<'a, str> {
    const EXPECTED: &'static str = "text";

    fn from_borrowed_text(text: &'de str) -> Option<Self> {
        Some(Cow::Borrowed(text))
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Cow::Owned(text.to_owned()))
    }
}

impl FromJson<'_> for String {
    const EXPECTED: &'static str = "text";

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromJson<'_> for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl FromJson<'_> for u64 {
    const EXPECTED: &'static str = "a whole number, not negative";

    fn from_u64(value: u64) -> Option<Self> {
        Some(value)
    }
}

impl FromJson<'_> for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn from_u64(value: u64) -> Option<Self> {
        i64::try_from(value).ok()
    }

    fn from_negative(value: i64) -> Option<Self> {
        Some(value)
    }
}

impl<'de, T: Deserialize<'de>> FromJson<'de> for Vec<T> {
    const EXPECTED: &'static str = "an array of at most 5000 elements";

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        array::bounded_elements(array::MAX_ELEMENTS, seq, Some)
    }
}

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
