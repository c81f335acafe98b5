use paylink_core::Untrusted;
use paylink_core::json::Wire;

use super::xml::Element;
use crate::fields::FromXml;

/// The most fields that an answer can have. The documented ones have five.
const MOST: usize = 64;

/// The elements of an answer that hold no others, by name, wherever they lie.
///
/// So parameters side by side and a typed element around them are read alike.
pub(crate) struct Fields(Vec<Field>);

struct Field {
    name: String,
    /// `None` if the element says that it holds nothing.
    text: Option<String>,
}

impl Fields {
    /// Takes an element apart. A name that comes twice is refused: which of the two counts is anybody's guess.
    pub(super) fn of(answer: Element) -> Result<Fields, Untrusted> {
        let mut fields: Vec<Field> = Vec::new();
        let mut inner = answer.children;
        while let Some(element) = inner.pop() {
            if !element.children.is_empty() {
                inner.extend(element.children);
                continue;
            }
            if fields.len() == MOST {
                return Err(Untrusted::new(
                    "the answer has more fields than an answer can have",
                ));
            }
            if fields.iter().any(|field| field.name == element.name) {
                let name = paylink_core::text::excerpt(&element.name, 40);
                return Err(Untrusted::new(format!("{name} is there twice")));
            }
            fields.push(Field {
                name: element.name,
                text: (!element.is_nil).then_some(element.text),
            });
        }
        Ok(Fields(fields))
    }

    /// A field as it came; what XML says and JSON says are told apart in the same words.
    pub(crate) fn wire<T: FromXml>(&self, name: &str) -> Wire<T> {
        match self.0.iter().find(|field| field.name == name) {
            None => Wire::Absent,
            Some(Field { text: None, .. }) => Wire::Null,
            Some(Field {
                text: Some(text), ..
            }) => T::from_xml(text).map_or(Wire::Wrong("text"), Wire::Is),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name)
    }

    /// The text of the result, if there is nothing beside it and it holds JSON.
    pub(super) fn json(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Field { text, .. }] => text.as_deref().filter(|text| text.trim().starts_with('{')),
            _ => None,
        }
    }
}
