use std::borrow::Cow;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess};

use super::array;
use super::wire::{self, Wire};

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
        wire::from_any(field)
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

impl<'de, T: serde::Deserialize<'de>> FromJson<'de> for Vec<T> {
    const EXPECTED: &'static str = "an array of at most 5000 elements";

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        array::bounded_elements(array::MAX_ELEMENTS, seq, Some)
    }
}
