use std::convert::Infallible;

use paylink_core::Untrusted;
use paylink_core::json::{FromJson, Wire};

use super::xml::Element;
use crate::answer::{Contents, Value};
use crate::field_name::{AnswerField, Field, LinkField};
use crate::fields::whole;

/// What the elements of an answer hold, wherever they lie: so parameters side by side and a typed element around them are
/// read alike.
#[derive(Default)]
pub(super) struct Leaves {
    pub(super) contents: Contents,
    /// JSON text in an element that is none of an answer's fields, a result say.
    pub(super) json: Option<String>,
    /// How many other elements hold no others.
    pub(super) strays: usize,
}

impl Leaves {
    /// Takes an element apart. A name that comes twice is refused: which of the two counts is anybody's guess.
    pub(super) fn of(answer: Element) -> Result<Leaves, Untrusted> {
        let mut leaves = Leaves::default();
        let mut inner = answer.children;
        while let Some(element) = inner.pop() {
            match AnswerField::named(&element.name) {
                Some(field) if field != AnswerField::Wrapped => {
                    let Ok(()) = leaves.contents.hear(field, &element);
                }
                _ => leaves.hear(&element)?,
            }
            inner.extend(element.children);
        }
        leaves.contents.each_once()?;
        Ok(leaves)
    }

    /// Takes in what is none of an answer's fields.
    fn hear(&mut self, element: &Element) -> Result<(), Untrusted> {
        let text = element.text.trim();
        let about = LinkField::named(&element.name);
        if matches!(about, Some(LinkField::SendId | LinkField::Url)) {
            self.contents.strays |= !text.bytes().all(|byte| byte == b'0');
        }
        if text.starts_with(['{', '[']) {
            if self.json.is_some() {
                return Err(Untrusted::new("the answer holds two JSON texts"));
            }
            self.json = Some(element.text.clone());
        } else if element.children.is_empty() {
            self.strays += 1;
        }
        Ok(())
    }
}

impl<'de> Value<'de> for &Element {
    type Error = Infallible;

    fn read<T: FromJson<'de>>(self) -> Result<Wire<T>, Infallible> {
        Ok(wire(self, T::from_text))
    }

    fn read_number(self) -> Result<Wire<u64>, Infallible> {
        Ok(wire(self, |text| whole(text)?.try_into().ok()))
    }
}

/// A field as it came; what XML says and JSON says are told apart in the same words.
fn wire<T>(element: &Element, read: impl FnOnce(&str) -> Option<T>) -> Wire<T> {
    let is_empty = element.children.is_empty() && element.text.trim().is_empty();
    if element.is_nil && is_empty {
        Wire::Null
    } else if element.is_nil {
        Wire::Wrong("nil and a value")
    } else if !element.children.is_empty() {
        Wire::Wrong("elements")
    } else {
        read(&element.text).map_or(Wire::Wrong("text"), Wire::Is)
    }
}
