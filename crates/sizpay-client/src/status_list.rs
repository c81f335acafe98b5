//! The list of states that SizPay's answers hold.
//!
//! Documented is: JSON text with "state and reference number of all ids". The names inside are not; so an element is
//! searched for what it may be called, and what cannot be read of it makes its state undecided, never a failure.

mod element;

pub(crate) use element::reference;

use paylink_core::Untrusted;
use paylink_core::json::FromJson;
use serde::de::SeqAccess;
use serde_json::value::RawValue;

use crate::Payment;

/// The list as it came: an array, or text that holds one.
pub(crate) enum StatusList {
    Array(Vec<Box<RawValue>>),
    Text(String),
}

impl StatusList {
    /// The payments, in their order; `None` if there is no list after all.
    pub(crate) fn payments(self, field: &'static str) -> Result<Option<Vec<Payment>>, Untrusted> {
        let elements = match self {
            StatusList::Array(elements) => elements,
            StatusList::Text(text) if text.trim().is_empty() => return Ok(None),
            StatusList::Text(text) => serde_json::from_str(&text)
                .map_err(|_| Untrusted::new(format!("{field} is not a JSON array")))?,
        };
        Ok(Some(
            elements.iter().map(|raw| element::read(raw)).collect(),
        ))
    }
}

impl<'de> FromJson<'de> for StatusList {
    const EXPECTED: &'static str = "an array or text that holds one";

    fn from_text(text: &str) -> Option<StatusList> {
        Some(StatusList::Text(text.to_owned()))
    }

    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Option<StatusList>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Some(StatusList::Array(elements)))
    }
}

#[cfg(feature = "soap")]
impl crate::fields::FromXml for StatusList {
    fn from_xml(text: &str) -> Option<StatusList> {
        StatusList::from_text(text)
    }
}
