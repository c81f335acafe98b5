use std::borrow::Cow;

use paylink_core::{FieldKey, Invalid};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A request that cannot be written.
pub(crate) const REQUEST: FieldKey = FieldKey::new("request", "request");

/// What a method is given, in the document's order; each way writes it in its own form.
pub(crate) struct Parameters<'a>(Vec<(&'static str, Value<'a>)>);

/// One parameter: text, or a whole number (`long`).
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(u64),
}

impl<'a> Parameters<'a> {
    pub(crate) fn new() -> Parameters<'a> {
        Parameters(Vec::with_capacity(8))
    }

    pub(crate) fn text(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.0.push((name, Value::Text(value.into())));
        self
    }

    pub(crate) fn number(mut self, name: &'static str, value: u64) -> Self {
        self.0.push((name, Value::Number(value)));
        self
    }

    #[cfg(feature = "soap")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// One JSON object.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, Invalid> {
        to_json(self)
    }

    /// One JSON object inside another, under this name.
    pub(crate) fn to_json_under(&self, name: &'static str) -> Result<Vec<u8>, Invalid> {
        to_json(&std::collections::BTreeMap::from([(name, self)]))
    }
}

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            match value {
                Value::Text(text) => map.serialize_entry(name, text)?,
                Value::Number(number) => map.serialize_entry(name, number)?,
            }
        }
        map.end()
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Invalid> {
    serde_json::to_vec(value).map_err(|_| Invalid::new(REQUEST, "cannot be written as JSON"))
}
