//! SizPay's verdict, whichever way it came: `ResCod` 1 is success, anything else is failure.

use std::fmt;

use paylink_core::json::{self, FromJson, Wire, any_value, from_object};
use paylink_core::{DecodeError, Reason, Refusal, Response, Untrusted};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::config::{Method, SizPayConfig};
use crate::fields::{
    AnswerField, FIRST_REFERENCE, FIRST_STATUS, Field, LIST, LinkField, Member, Prefix, RES_COD,
    ReferenceField, ResCod, StateField,
};
use crate::status_list::StatusList;
use crate::{PayState, Via, codes};

/// The contents of an answer that says success.
pub(crate) fn successful(
    config: &SizPayConfig,
    response: Response<'_>,
    method: Method,
) -> Result<Contents, DecodeError> {
    let contents = read(config, response, method)?;
    contents.each_once()?;
    let ResCod(code) = contents.res_cod.required(RES_COD)?;
    if code == codes::SUCCESS {
        return Ok(contents);
    }
    if let Some(besides) = contents.success_besides() {
        let problem = format!("the answer says failure (ResCod {code}) and {besides}");
        return Err(Untrusted::new(problem).into());
    }
    let refusal = codes::refused(code, contents.message());
    Err(refused(config, response, refusal, &contents))
}

/// A refusal with SizPay's own words.
pub(crate) fn refused(
    config: &SizPayConfig,
    response: Response<'_>,
    mut refusal: Refusal,
    contents: &Contents,
) -> DecodeError {
    if let Some(message) = contents.message() {
        refusal = refusal.with_message(&config.without_keys(message));
    }
    // The documents know refusals under HTTP 200 alone; beside a server's own failure they settle nothing.
    if response.status() >= 500 || refusal.reason() == Reason::ProviderFailure {
        DecodeError::ProviderFailure(Box::new(refusal))
    } else {
        DecodeError::Refused(Box::new(refusal))
    }
}

#[cfg_attr(
    not(feature = "soap"),
    expect(unused_variables, reason = "SOAP alone names the method in its answer")
)]
fn read(
    config: &SizPayConfig,
    response: Response<'_>,
    method: Method,
) -> Result<Contents, DecodeError> {
    match config.via() {
        Via::Rest => {
            fail_on_exception(config, response)?;
            Ok(bare(response.text())?)
        }
        Via::AsmxJson => {
            fail_on_exception(config, response)?;
            Ok(unwrapped(response.text())?)
        }
        #[cfg(feature = "soap")]
        Via::Soap | Via::SoapModel => crate::soap::read(config, response, method),
    }
}

/// A message worth showing.
pub(crate) fn shown(message: &str) -> Option<String> {
    let said = !message.trim().is_empty();
    said.then(|| paylink_core::text::excerpt(message, 200))
}

/// A message without the stack trace that .NET may have written below it: that is for SizPay's developers.
pub(crate) fn without_stack_trace(message: &str) -> &str {
    let begin = message
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let begin = *at;
            *at += line.len();
            Some((begin, line))
        })
        .find(|(_, line)| line.trim_start().starts_with("at ") && line.contains('('))
        .map_or(message.len(), |(begin, _)| begin);
    message.get(..begin).unwrap_or(message).trim_end()
}

/// What an answer holds, whichever method it answers and whichever way it came.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) res_cod: Wire<ResCod>,
    pub(crate) message: Wire<String>,
    pub(crate) send_id: Wire<u64>,
    pub(crate) url: Wire<String>,
    prm: States,
    bare: States,
    twice: Option<AnswerField>,
    /// Whether it speaks of a link or of another outcome somewhere else than where an answer does.
    pub(crate) strays: bool,
}

/// The fields that tell states of links.
#[derive(Default)]
pub(crate) struct States {
    pub(crate) first_status: Wire<StateField>,
    pub(crate) first_reference: Wire<ReferenceField>,
    pub(crate) list: Wire<StatusList>,
}

/// The value of a field, in whatever it is written.
pub(crate) trait Value<'de> {
    type Error;

    fn read<T: FromJson<'de>>(self) -> Result<Wire<T>, Self::Error>;

    /// A whole number, also where it is written as text.
    fn read_number(self) -> Result<Wire<u64>, Self::Error>;
}

impl Contents {
    /// Takes a field in.
    pub(crate) fn hear<'de, V: Value<'de>>(
        &mut self,
        field: AnswerField,
        value: V,
    ) -> Result<(), V::Error> {
        let is_first = match field {
            AnswerField::ResCod => put(&mut self.res_cod, value.read()?),
            AnswerField::Message => put(&mut self.message, value.read()?),
            AnswerField::SendId => put(&mut self.send_id, value.read_number()?),
            AnswerField::Url => put(&mut self.url, value.read()?),
            AnswerField::FirstStatus(prefix) => {
                put(&mut self.states_of(prefix).first_status, value.read()?)
            }
            AnswerField::FirstReference(prefix) => {
                put(&mut self.states_of(prefix).first_reference, value.read()?)
            }
            AnswerField::List(prefix) => put(&mut self.states_of(prefix).list, value.read()?),
            // Nothing of SizPay's is called so; what unwraps an answer has seen it before.
            AnswerField::Wrapped => true,
        };
        if !is_first {
            self.twice.get_or_insert(field);
        }
        Ok(())
    }

    fn states_of(&mut self, prefix: Prefix) -> &mut States {
        match prefix {
            Prefix::Prm => &mut self.prm,
            Prefix::None => &mut self.bare,
        }
    }

    /// Refuses a field that is there twice, in whatever letter case: which of the two counts is anybody's guess.
    pub(crate) fn each_once(&self) -> Result<(), Untrusted> {
        match self.twice {
            None => Ok(()),
            Some(field) => Err(Untrusted::new(format!("{} is there twice", field.as_str()))),
        }
    }

    /// Whether none of the fields of an answer is there.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.res_cod, Wire::Absent)
            && matches!(self.message, Wire::Absent)
            && matches!(self.send_id, Wire::Absent)
            && matches!(self.url, Wire::Absent)
            && self.prm.are_absent()
            && self.bare.are_absent()
    }

    /// What speaks against a failure although `ResCod` says so.
    pub(crate) fn success_besides(&self) -> Option<&'static str> {
        match self.send_id {
            Wire::Is(0) | Wire::Absent | Wire::Null => {}
            Wire::Is(_) => return Some("holds the id of a link"),
            Wire::Wrong(_) => return Some("holds something else than the id 0"),
        }
        if self.holds_a_url() {
            return Some("holds the address of a link");
        }
        if self.prm.tell_something() || self.bare.tell_something() {
            return Some("tells the state of a link");
        }
        self.strays
            .then_some("speaks of a link or of another outcome elsewhere")
    }

    /// Whether it holds an address, or something in the place of one.
    pub(crate) fn holds_a_url(&self) -> bool {
        match &self.url {
            Wire::Absent | Wire::Null => false,
            Wire::Is(url) => !url.trim().is_empty(),
            Wire::Wrong(_) => true,
        }
    }

    /// The message, if it can be read.
    pub(crate) fn message(&self) -> Option<&str> {
        match &self.message {
            Wire::Is(text) => Some(text),
            Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
        }
    }

    /// The states under one name or the other. Under both they have to say the same.
    pub(crate) fn into_states(self) -> Result<States, Untrusted> {
        let (prm, bare) = (self.prm, self.bare);
        Ok(States {
            first_status: either(FIRST_STATUS, prm.first_status, bare.first_status)?,
            first_reference: either(FIRST_REFERENCE, prm.first_reference, bare.first_reference)?,
            list: either(LIST, prm.list, bare.list)?,
        })
    }
}

impl States {
    fn are_absent(&self) -> bool {
        matches!(self.first_status, Wire::Absent)
            && matches!(self.first_reference, Wire::Absent)
            && matches!(self.list, Wire::Absent)
    }

    /// Whether they say more than what stands there when nothing was found.
    fn tell_something(&self) -> bool {
        let status = match &self.first_status {
            Wire::Is(StateField(state)) => *state != PayState::Unpaid,
            other => matches!(other, Wire::Wrong(_)),
        };
        let reference = match &self.first_reference {
            Wire::Is(ReferenceField(number)) => number.is_some(),
            other => matches!(other, Wire::Wrong(_)),
        };
        let list = match &self.list {
            Wire::Is(list) => !list.is_empty(),
            other => matches!(other, Wire::Wrong(_)),
        };
        status || reference || list
    }
}

/// Takes a value in, unless there was one before.
fn put<T>(slot: &mut Wire<T>, value: Wire<T>) -> bool {
    let is_first = matches!(slot, Wire::Absent);
    if is_first {
        *slot = value;
    }
    is_first
}

fn either<T: PartialEq>(
    field: &'static str,
    prm: Wire<T>,
    bare: Wire<T>,
) -> Result<Wire<T>, Untrusted> {
    match (prm, bare) {
        (Wire::Absent, one) | (one, Wire::Absent) => Ok(one),
        (Wire::Null, one) | (one, Wire::Null) => Ok(one),
        (prm, bare) if prm == bare => Ok(prm),
        _ => Err(Untrusted::new(format!(
            "{field} is there with and without prm, and says two things"
        ))),
    }
}

/// Reads an answer that stands bare, as REST's do.
pub(crate) fn bare(text: &str) -> Result<Contents, Untrusted> {
    let answer = read_object(text)?;
    match answer.wrapped {
        Wire::Absent | Wire::Null => Ok(answer.contents),
        Wire::Is(_) | Wire::Wrong(_) => Err(Untrusted::new(
            "the answer holds another one inside, which nobody documents",
        )),
    }
}

/// Reads an answer out of ASP.NET's wrapping: `{"d":{…}}`, or `{"d":"{…}"}`, or bare.
fn unwrapped(text: &str) -> Result<Contents, Untrusted> {
    let answer = read_object(text)?;
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

fn read_object(text: &str) -> Result<Answer, Untrusted> {
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
        let says_something = value.is_meaningful();
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

/// An exception that nobody caught: HTTP 500 with its message, its stack trace and its type.
///
/// It may have come before SizPay began or after the SMS went out, and nothing in it tells which: so it proves nothing.
#[derive(Deserialize)]
struct Exception {
    #[serde(default, rename = "Message")]
    message: Wire<String>,
    #[serde(default, rename = "ExceptionType")]
    kind: Wire<String>,
    #[serde(default, rename = "ResCod")]
    res_cod: Wire<bool>,
}

/// Reads an exception, if the answer is one.
fn fail_on_exception(config: &SizPayConfig, response: Response<'_>) -> Result<(), DecodeError> {
    if response.is_success() {
        return Ok(());
    }
    let Ok(exception) = from_object::<Exception>(response.text()) else {
        return Ok(());
    };
    let (Wire::Is(message), Wire::Absent) = (exception.message, exception.res_cod) else {
        return Ok(());
    };
    let kind = exception.kind.ok().filter(|kind| is_type_name(kind));
    let code = kind.as_deref().unwrap_or(codes::ASPNET_ERROR);
    let refusal = codes::fault(codes::ASPNET_ERROR, code)
        .with_message(&config.without_keys(without_stack_trace(&message)));
    Err(DecodeError::ProviderFailure(Box::new(refusal)))
}

fn is_type_name(text: &str) -> bool {
    let belongs = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'`' | b'+');
    !text.is_empty() && text.bytes().all(belongs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_traces_end_where_they_begin() {
        let fault = "System.NullReferenceException: Object reference not set.\r\n   \
                     at Kimia.PayLinkSend.Save(Link link) in C:\\src\\PayLink.cs:line 40\r\n   at X.Y()";
        let shown = "System.NullReferenceException: Object reference not set.";
        assert_eq!(without_stack_trace(fault), shown);
        assert_eq!(without_stack_trace("meet me at noon"), "meet me at noon");
        assert_eq!(without_stack_trace("two\nlines"), "two\nlines");
        let prose = "no key (see below)\nask us\nat noon";
        assert_eq!(without_stack_trace(prose), prose);
        assert_eq!(without_stack_trace(""), "");
    }
}
