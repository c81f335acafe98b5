//! The list of states that SizPay's answers hold.
//!
//! Documented is: JSON text with "state and reference number of all ids". The names inside are not; so an element is
//! searched for what it may be called, and what cannot be read of it makes its state undecided, never a failure.

use std::fmt;

use paylink_core::Untrusted;
use paylink_core::json::{self, FromJson, Wire};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::fields::{IdField, LinkField, Member, NumberField, ReferenceField, StateField};
use crate::payment::{Named, Names};
use crate::{PayState, Payment};

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
        let payments = json::bounded_elements(MOST, seq, |raw: &'de RawValue| {
            elements += 1;
            bytes += raw.get().len();
            let short = elements > FEW && bytes < LEAST_BYTES * (elements - FEW);
            (!short).then(|| read(raw))
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

/// Reads one element of the list, whatever it is. What it says of a link and cannot be read makes its state undecided.
fn read(raw: &RawValue) -> Payment {
    let element = serde_json::from_str(raw.get()).unwrap_or_else(|_| Element {
        // It is no object, or a number in it is beyond all bounds: whatever it is about cannot be read.
        send_id: Said::Unreadable("an element of another form"),
        invoice_number: Said::Unreadable("an element of another form"),
        ..Element::default()
    });
    element.into_payment(raw.get())
}

/// What an element says, by meaning.
#[derive(Default)]
struct Element {
    send_id: Said<IdField>,
    invoice_number: Said<NumberField>,
    state: Said<StateField>,
    reference: Said<ReferenceField>,
}

impl Element {
    fn into_payment(self, raw: &str) -> Payment {
        let contradicts_itself = self.contradicts_itself();
        let (named, send_id) = self.send_id.named();
        let (numbered, invoice_number) = self.invoice_number.named();
        let (references, reference) = self.reference.named();
        let names = Names {
            send_id: named,
            invoice_number: match (numbered, &invoice_number) {
                (Named::Is, Some(NumberField(None))) => Named::Empty,
                (numbered, _) => numbered,
            },
        };
        let is_unreadable = |named: Named| matches!(named, Named::Unreadable(_));
        let state = if contradicts_itself {
            PayState::undecided("contradictory")
        } else if is_unreadable(names.send_id) || is_unreadable(names.invoice_number) {
            // It is about something, and what it is about cannot be read.
            PayState::undecided("unreadable id")
        } else if is_unreadable(references) {
            PayState::undecided("unreadable reference number")
        } else {
            match self.state.named() {
                (_, Some(StateField(state))) => state,
                (Named::Not, None) => PayState::undecided("no state"),
                (_, None) => PayState::undecided("unreadable state"),
            }
        };
        Payment {
            send_id: send_id.map(|IdField(id)| id),
            invoice_number: invoice_number.and_then(|NumberField(number)| number),
            state,
            reference: reference.and_then(|ReferenceField(number)| number),
            raw: Some(raw.to_owned()),
            names,
        }
    }

    fn contradicts_itself(&self) -> bool {
        self.send_id.is_twice()
            || self.invoice_number.is_twice()
            || self.state.is_twice()
            || self.reference.is_twice()
    }
}

/// What was said about one thing.
#[derive(Default)]
enum Said<T> {
    #[default]
    Nothing,
    Once(T),
    /// Something that cannot be read; the text says what kind of thing.
    Unreadable(&'static str),
    /// Two names for the same thing, and two values.
    Twice,
}

impl<T: PartialEq> Said<T> {
    fn hear(&mut self, value: Wire<T>) {
        let said = match value {
            Wire::Absent | Wire::Null => return,
            Wire::Is(value) => Said::Once(value),
            Wire::Wrong(found) => Said::Unreadable(found),
        };
        *self = match (std::mem::take(self), said) {
            (Said::Nothing, said) => said,
            (Said::Once(before), Said::Once(value)) if before == value => Said::Once(value),
            _ => Said::Twice,
        };
    }

    fn is_twice(&self) -> bool {
        matches!(self, Said::Twice)
    }

    fn named(self) -> (Named, Option<T>) {
        match self {
            Said::Nothing => (Named::Not, None),
            Said::Once(value) => (Named::Is, Some(value)),
            Said::Unreadable(found) => (Named::Unreadable(found), None),
            Said::Twice => (Named::Unreadable("two values"), None),
        }
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Element, D::Error> {
        deserializer.deserialize_map(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Element, A::Error> {
        let mut element = Element::default();
        while let Some(Member(field)) = map.next_key()? {
            match field {
                Some(LinkField::SendId) => element.send_id.hear(map.next_value()?),
                Some(LinkField::InvoiceNumber) => element.invoice_number.hear(map.next_value()?),
                Some(LinkField::Status) => element.state.hear(map.next_value()?),
                Some(LinkField::Reference) => element.reference.hear(map.next_value()?),
                Some(LinkField::Url) | None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::Named;
    use crate::{PayState, Payment};

    fn payment(json: &str) -> Payment {
        read(&serde_json::from_str::<Box<RawValue>>(json).unwrap())
    }

    #[test]
    fn an_element_is_read_by_meaning_and_kept_as_it_came() {
        let raw = r#"{"SENDID": "26041", "status":true, "refNo":123456789012, "x":[1]}"#;
        let paid = payment(raw);
        assert_eq!(paid.send_id.unwrap().get(), 26041);
        assert_eq!(paid.state, PayState::Paid);
        assert_eq!(paid.reference.as_deref(), Some("123456789012"));
        assert_eq!(paid.raw.as_deref(), Some(raw));
        assert_eq!(paid.names.send_id, Named::Is);
        assert_eq!(paid.names.invoice_number, Named::Not);
    }

    #[test]
    fn what_cannot_be_read_decides_nothing() {
        for raw in [
            r#"{"PayLinkSendID":1}"#,
            r#"{"PayLinkSendID":1,"Status":null}"#,
            r#"{"PayLinkSendID":1,"Status":[1]}"#,
            r#"{"PayLinkSendID":1,"Status":1.0}"#,
            r#"{"PayLinkSendID":1,"Status":2}"#,
            r#"{"PayLinkSendID":1,"Status":1,"PayStatus":0}"#,
            r#"{"PayLinkSendID":1,"Status":1,"STATUS":0}"#,
            r#"{"PayLinkSendID":1,"Status":1,"STATUS":[1]}"#,
            r#"{"PayLinkSendID":1,"PayLinkID":2,"Status":1}"#,
            r#"{"PayLinkSendID":1,"InvoiceNo":"7","FactorNo":"8","Status":1}"#,
            r#"{"PayLinkSendID":1,"Status":1,"RefNo":"77","PayLinkRefNo":"78"}"#,
            r#"{"PayLinkSendID":1,"Status":0,"RefNo":[77]}"#,
            r#"{"PayLinkSendID":1,"Status":0,"RefNo":true}"#,
            r#"{"PayLinkSendID":1,"Status":0,"RefNo":7.7e1}"#,
            r#"{"PayLinkSendID":0,"Status":1}"#,
            r#"{"PayLinkSendID":"x","Status":1}"#,
            r#"{"PayLinkSendID":"","Status":1}"#,
            r#"{"PayLinkSendID":1e999,"Status":1}"#,
            r#"{"InvoiceNo":"1,2","Status":1}"#,
            "7",
            "[1]",
            "null",
            r#""1""#,
        ] {
            let payment = payment(raw);
            assert!(matches!(payment.state, PayState::Other(_)), "{raw}");
            assert_eq!(payment.raw.as_deref(), Some(raw));
        }
    }

    /// What is undecided says why: a contradiction is more than something unreadable.
    #[test]
    fn what_is_said_twice_is_called_contradictory() {
        for (raw, why) in [
            (
                r#"{"PayLinkSendID":1,"PayLinkID":2,"Status":1}"#,
                "contradictory",
            ),
            (
                r#"{"InvoiceNo":"7","FactorNo":"8","Status":1}"#,
                "contradictory",
            ),
            (r#"{"Status":1,"PayStatus":0}"#, "contradictory"),
            (
                r#"{"Status":1,"RefNo":"77","PayLinkRefNo":"78"}"#,
                "contradictory",
            ),
            (r#"{"PayLinkSendID":"x","Status":1}"#, "unreadable id"),
            (
                r#"{"Status":1,"RefNo":[77]}"#,
                "unreadable reference number",
            ),
            (r#"{"Status":[1]}"#, "unreadable state"),
            ("{}", "no state"),
        ] {
            assert_eq!(payment(raw).state, PayState::undecided(why), "{raw}");
        }
    }

    /// Beyond the first 500 elements each has its 32 bytes, on an average: 1,024 are enough for 532.
    #[test]
    fn a_long_list_of_short_elements_is_not_read() {
        let list = |elements: usize| {
            let long = format!("[{}]", " ".repeat(491));
            let text = format!("[{long}{}]", ",1".repeat(elements - 1));
            let InText(list) = serde_json::from_str(&text).unwrap();
            list.payments("list").map(|list| list.unwrap().len())
        };
        assert_eq!(list(532).ok(), Some(532));
        let refused = list(533).unwrap_err().to_string();
        assert!(refused.contains("shorter ones"), "{refused}");
    }

    /// Present is never "not reported": what settling makes of it is a mismatch.
    #[test]
    fn an_id_that_is_there_and_cannot_be_read_is_not_left_out() {
        for (value, named) in [
            ("null", Named::Not),
            (r#""1001""#, Named::Is),
            ("1001", Named::Is),
            ("-1001", Named::Is),
            (r#""""#, Named::Empty),
            (r#"" ""#, Named::Empty),
            ("1001.0", Named::Unreadable("a fraction")),
            ("1e3", Named::Unreadable("a fraction")),
            ("[1001]", Named::Unreadable("an array")),
            (r#"{"n":1001}"#, Named::Unreadable("an object")),
            ("true", Named::Unreadable("a truth value")),
            (r#""1,001""#, Named::Unreadable("text")),
        ] {
            for name in ["InvoiceNo", "invoiceno", "PayLinkFactorNo"] {
                let payment = payment(&format!(r#"{{"{name}":{value},"Status":1}}"#));
                assert_eq!(payment.names.invoice_number, named, "{value}");
                assert_eq!(payment.invoice_number.is_some(), named == Named::Is);
                let agrees = matches!(named, Named::Not | Named::Is);
                assert_eq!(named.instead().is_none(), agrees);
            }
        }
        for (value, named) in [
            ("null", Named::Not),
            ("26041", Named::Is),
            (r#""26041""#, Named::Is),
            ("0", Named::Unreadable("a number")),
            ("-1", Named::Unreadable("a number")),
            ("26041.0", Named::Unreadable("a fraction")),
            (r#""""#, Named::Unreadable("text")),
            ("[26041]", Named::Unreadable("an array")),
        ] {
            let payment = payment(&format!(r#"{{"payLinkSendId":{value},"Status":1}}"#));
            assert_eq!(payment.names.send_id, named, "{value}");
            assert_eq!(payment.send_id.is_some(), named == Named::Is);
        }
        for whole in ["7", "[1]", "null", r#"{"Status":1e999}"#] {
            let Named::Unreadable(_) = payment(whole).names.send_id else {
                panic!("{whole}");
            };
        }
        let twice = payment(r#"{"InvoiceNo":"1001","INVOICENO":"9"}"#).names;
        assert_eq!(twice.invoice_number, Named::Unreadable("two values"));
    }

    #[test]
    fn no_number_is_no_number_however_it_is_written() {
        for none in [
            r#""""#, "0", r#""0""#, r#""000""#, "null", "false", r#"" ""#,
        ] {
            let payment = payment(&format!(r#"{{"Status":0,"RefNo":{none}}}"#));
            assert_eq!(payment.reference, None, "{none}");
            assert_eq!(payment.state, PayState::Unpaid, "{none}");
        }
        let same = payment(r#"{"Status":1,"RefNo":"77","PayLinkRefNo":77}"#);
        assert_eq!(same.reference.as_deref(), Some("77"));
        assert_eq!(same.state, PayState::Paid);
        let negative = payment(r#"{"Status":1,"RefNo":-77}"#);
        assert_eq!(negative.reference.as_deref(), Some("-77"));
        assert_eq!(negative.state, PayState::Paid);
    }
}
