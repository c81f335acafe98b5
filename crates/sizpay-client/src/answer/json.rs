use std::fmt;

use paylink_core::Untrusted;
use paylink_core::json::{self, FromJson, Wire, any_value, from_object};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::contents::{Contents, Value};
use crate::codes;
use crate::field_name::{AnswerField, Field, LinkField, Member};
use crate::fields::ResCod;

/// Reads an answer that stands bare, as REST's do.
pub(crate) fn bare(text: &str) -> Result<Contents, Untrusted> {
    let answer = read(text)?;
    match answer.wrapped {
        Wire::Absent | Wire::Null => Ok(answer.contents),
        Wire::Is(_) | Wire::Wrong(_) => Err(Untrusted::new(
            "the answer holds another one inside, which nobody documents",
        )),
    }
}

/// Reads an answer out of ASP.NET's wrapping: `{"d":{…}}`, or `{"d":"{…}"}`, or bare.
pub(super) fn unwrapped(text: &str) -> Result<Contents, Untrusted> {
    let answer = read(text)?;
    let inner = match answer.wrapped {
        Wire::Absent => return Ok(answer.contents),
        wrapped => wrapped.required("d")?,
    };
    if !answer.contents.is_empty() {
        return Err(Untrusted::new(
            "the answer holds fields in its wrapping and beside it",
        ));
    }
    let mut contents = match inner {
        Inner::Fields(contents) => *contents,
        Inner::Text(read) => (*read)?,
    };
    contents.strays |= answer.contents.strays;
    Ok(contents)
}

fn read(text: &str) -> Result<Answer, Untrusted> {
    let mut answer: Answer = from_object(text)?;
    let in_fields = match &answer.wrapped {
        Wire::Is(Inner::Fields(contents)) => contents,
        _ => &answer.contents,
    };
    // A success is believed by what stands in its place; a failure only if nothing anywhere speaks against it.
    let says_success = in_fields.res_cod == Wire::Is(ResCod(codes::SUCCESS));
    if !says_success || in_fields.send_id == Wire::Is(0) {
        answer.contents.strays = speaks_elsewhere(text)?;
    }
    Ok(answer)
}

/// Whether an id, an address or an outcome stands somewhere else than where an answer has it.
fn speaks_elsewhere(text: &str) -> Result<bool, Untrusted> {
    any_value(text, |names, value| {
        let Some(name) = names.last() else {
            return false;
        };
        let says_something = value.says_something();
        let in_place = match names {
            [_] => true,
            [outer, _] => AnswerField::named(outer) == Some(AnswerField::Wrapped),
            _ => false,
        };
        match AnswerField::named(name) {
            Some(AnswerField::ResCod) => says_something && !in_place,
            Some(_) if in_place => false,
            _ => {
                let about = LinkField::named(name);
                says_something && matches!(about, Some(LinkField::SendId | LinkField::Url))
            }
        }
    })
}

/// An answer as JSON has it.
#[derive(Default)]
struct Answer {
    contents: Contents,
    wrapped: Wire<Inner>,
}

/// What stands in `d`.
enum Inner {
    Fields(Box<Contents>),
    Text(Box<Result<Contents, Untrusted>>),
}

impl<'de> FromJson<'de> for Inner {
    const EXPECTED: &'static str = "an object or text";

    fn from_text(text: &str) -> Option<Inner> {
        Some(Inner::Text(Box::new(bare(text))))
    }

    fn from_map<M: MapAccess<'de>>(map: M) -> Result<Option<Inner>, M::Error> {
        let Answer { contents, wrapped } = AnswerVisitor.visit_map(map)?;
        Ok(match wrapped {
            Wire::Absent => Some(Inner::Fields(Box::new(contents))),
            _ => None,
        })
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Answer, D::Error> {
        deserializer.deserialize_map(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        while let Some(Member(field)) = map.next_key()? {
            match field {
                Some(AnswerField::Wrapped) => {
                    let again = !matches!(answer.wrapped, Wire::Absent);
                    let wrapped = map.next_value()?;
                    answer.wrapped = if again {
                        Wire::Wrong("there twice")
                    } else {
                        wrapped
                    };
                }
                Some(field) => answer.contents.hear(field, JsonValue(&mut map))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(answer)
    }
}

struct JsonValue<'m, A>(&'m mut A);

impl<'de, A: MapAccess<'de>> Value<'de> for JsonValue<'_, A> {
    type Error = A::Error;

    fn read<T: FromJson<'de>>(self) -> Result<Wire<T>, A::Error> {
        self.0.next_value()
    }

    fn read_number(self) -> Result<Wire<u64>, A::Error> {
        self.0.next_value().map(|Number(number)| number)
    }
}

/// A number that may be written as text.
struct Number(Wire<u64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        json::lossless(deserializer).map(Number)
    }
}
