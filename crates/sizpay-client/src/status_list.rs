//! The list of states that SizPay's answers hold.
//!
//! Documented is: JSON text with "state and reference number of all ids". The names inside are not; so an element is
//! searched for what it may be called, and what cannot be read of it makes its state undecided, never a failure.

mod element;

use std::fmt;

use paylink_core::Untrusted;
use paylink_core::json::{self, FromJson};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::Payment;

/// The most links in one answer: more than fit into it, unless they are shorter than SizPay writes them.
const MOST: usize = 50_000;

/// Up to here a list may hold elements of any size.
const FEW: usize = 500;

/// How many bytes an element of a longer list has at least, on an average; SizPay's have twice as many. So the memory for
/// what is read stays in proportion to the answer.
const LEAST_BYTES: usize = 32;

/// The list as it came: an array, or text that holds one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum StatusList {
    Payments(Vec<Payment>),
    EmptyText,
    TextOfAnotherForm,
    TooMany,
}

impl StatusList {
    /// The payments, in their order; `None` if there is no list after all.
    pub(crate) fn payments(self, field: &'static str) -> Result<Option<Vec<Payment>>, Untrusted> {
        match self {
            StatusList::Payments(payments) => Ok(Some(payments)),
            StatusList::EmptyText => Ok(None),
            StatusList::TextOfAnotherForm => {
                Err(Untrusted::new(format!("{field} is not a JSON array")))
            }
            StatusList::TooMany => Err(Untrusted::new(format!(
                "{field} has more elements than {MOST}, or shorter ones than SizPay writes: ask by send id"
            ))),
        }
    }

    /// Whether it says nothing about any link.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            StatusList::Payments(payments) => payments.is_empty(),
            StatusList::EmptyText => true,
            StatusList::TextOfAnotherForm | StatusList::TooMany => false,
        }
    }
}

impl<'de> FromJson<'de> for StatusList {
    const EXPECTED: &'static str = "an array or text that holds one";

    fn from_text(text: &str) -> Option<StatusList> {
        if text.trim().is_empty() {
            return Some(StatusList::EmptyText);
        }
        let read = serde_json::from_str(text);
        Some(read.map_or(StatusList::TextOfAnotherForm, |InText(list)| list))
    }

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<StatusList>, A::Error> {
        let (mut elements, mut bytes) = (0, 0);
        let payments = json::each_of_at_most(MOST, seq, |raw: &'de RawValue| {
            elements += 1;
            bytes += raw.get().len();
            let short = elements > FEW && bytes < LEAST_BYTES * (elements - FEW);
            (!short).then(|| element::read(raw))
        })?;
        Ok(Some(
            payments.map_or(StatusList::TooMany, StatusList::Payments),
        ))
    }
}

/// The array that makes up a text.
struct InText(StatusList);

impl<'de> Deserialize<'de> for InText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<InText, D::Error> {
        deserializer.deserialize_seq(InTextVisitor)
    }
}

struct InTextVisitor;

impl<'de> Visitor<'de> for InTextVisitor {
    type Value = InText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<InText, A::Error> {
        let list = StatusList::from_seq(seq)?;
        Ok(InText(list.unwrap_or(StatusList::TextOfAnotherForm)))
    }
}
