use std::fmt;
use std::str::FromStr;

use paylink_core::{ContentType, FieldKey, Invalid};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// What the bodies of requests are written in. The document does not say, so a form is sent unless told otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum BodyEncoding {
    /// `application/x-www-form-urlencoded`, which a script in PHP reads by itself.
    #[default]
    Form,
    /// `application/json`: one object, with numbers as numbers.
    Json,
}

impl BodyEncoding {
    /// The field under which an encoding is refused.
    pub const KEY: FieldKey = FieldKey::new("body_encoding", "body encoding");

    /// The words of all encodings.
    pub(crate) const WORDS: [&str; 2] = [BodyEncoding::Form.as_str(), BodyEncoding::Json.as_str()];

    /// The word for it in a configuration: `form` or `json`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            BodyEncoding::Form => "form",
            BodyEncoding::Json => "json",
        }
    }
}

impl FromStr for BodyEncoding {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<BodyEncoding, Invalid> {
        let mut known = [BodyEncoding::Form, BodyEncoding::Json].into_iter();
        known.find(|it| it.as_str() == text).ok_or_else(|| {
            Invalid::new(BodyEncoding::KEY, "is not known")
                .with_value(text)
                .with_remedy("use form or json")
        })
    }
}

impl fmt::Display for BodyEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The parameters of a request, in the document's order.
#[derive(Default)]
pub(crate) struct Parameters<'a>(Vec<(&'a str, Value<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(u64),
    Text(&'a str),
}

impl<'a> Parameters<'a> {
    pub(crate) fn number(mut self, name: &'a str, value: u64) -> Parameters<'a> {
        self.0.push((name, Value::Number(value)));
        self
    }

    /// Adds the parameter if there is a value; an optional one is left out, never sent empty.
    pub(crate) fn text(mut self, name: &'a str, value: Option<&'a str>) -> Parameters<'a> {
        self.0.extend(value.map(|value| (name, Value::Text(value))));
        self
    }

    pub(crate) fn written(&self, encoding: BodyEncoding) -> (ContentType, String) {
        match encoding {
            BodyEncoding::Form => (ContentType::Form, self.form()),
            BodyEncoding::Json => (ContentType::Json, self.json()),
        }
    }

    fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(128));
        for (name, value) in &self.0 {
            match value {
                Value::Number(number) => form.append_pair(name, &number.to_string()),
                Value::Text(text) => form.append_pair(name, text),
            };
        }
        form.finish()
    }

    fn json(&self) -> String {
        // Text and whole numbers under text keys: there is nothing that JSON could not hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_comes_back_from_both_encodings(text in any::<String>(), number in any::<u64>()) {
            let parameters = Parameters::default()
                .number("price", number)
                .text("callbackUrl", Some(&text))
                .text("phone", None);

            let (_, form) = parameters.written(BodyEncoding::Form);
            let read: Vec<(String, String)> =
                form_urlencoded::parse(form.as_bytes()).into_owned().collect();
            let sent = [("price", number.to_string()), ("callbackUrl", text.clone())];
            prop_assert_eq!(read, sent.map(|(name, value)| (name.to_owned(), value)));

            let (_, json) = parameters.written(BodyEncoding::Json);
            let read: serde_json::Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read, serde_json::json!({"price": number, "callbackUrl": text}));
        }
    }
}
