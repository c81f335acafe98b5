use std::fmt;

use paylink_core::json::Wire;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::fields::{self, Scalar};
use crate::payment::Names;
use crate::{InvoiceNumber, PayState, Payment, SendId};

/// The most characters of a payment's number that are taken for one.
const LONGEST_REFERENCE: usize = 64;

/// Reads one element of the list, whatever it is.
pub(super) fn read(raw: &RawValue) -> Payment {
    let element: Element = serde_json::from_str(raw.get()).unwrap_or_default();
    let send_id = element.send_id.value().map(send_id);
    let invoice_number = element
        .invoice_number
        .value()
        .map(Scalar::into_text)
        .filter(|number| !number.is_empty())
        .map(|number| number.parse::<InvoiceNumber>().ok());
    let unnamed = matches!(send_id, Some(None)) || matches!(invoice_number, Some(None));
    let state = if element.contradicts_itself() {
        PayState::unreadable("contradictory")
    } else if unnamed {
        // It is about something, and what it is about cannot be read.
        PayState::unreadable("unreadable id")
    } else {
        match element.status.value() {
            Some(status) => PayState::of(status),
            None => PayState::unreadable("no state"),
        }
    };
    let (send_id, invoice_number) = (send_id.flatten(), invoice_number.flatten());
    Payment {
        names: Names {
            send_id: send_id.is_some(),
            invoice_number: invoice_number.is_some(),
        },
        send_id,
        invoice_number,
        state,
        reference: element.reference.value().and_then(reference),
        raw: Some(raw.get().to_owned()),
    }
}

fn send_id(value: Scalar) -> Option<SendId> {
    // What a person may type, thousands marks say, is not what SizPay writes.
    let id = fields::whole(&value.into_text())?;
    SendId::new(u64::try_from(id).ok()?).ok()
}

/// The number of a payment; none, empty and zero all mean that there is none.
pub(crate) fn reference(value: Scalar) -> Option<String> {
    let text = match value {
        Scalar::Bool(_) => return None,
        value => value.into_text(),
    };
    let there = !text.bytes().all(|byte| byte == b'0');
    let plain = !text.chars().any(char::is_control) && text.chars().count() <= LONGEST_REFERENCE;
    (there && plain).then_some(text)
}

/// What an element says, by meaning.
#[derive(Default)]
struct Element {
    send_id: Said,
    invoice_number: Said,
    status: Said,
    reference: Said,
}

impl Element {
    fn contradicts_itself(&self) -> bool {
        let all = [
            &self.send_id,
            &self.invoice_number,
            &self.status,
            &self.reference,
        ];
        all.into_iter().any(|said| matches!(said, Said::Twice))
    }

    fn hear(&mut self, name: &str, value: Wire<Scalar>) {
        let said = match meaning(name) {
            Some(Meaning::SendId) => &mut self.send_id,
            Some(Meaning::InvoiceNumber) => &mut self.invoice_number,
            Some(Meaning::Status) => &mut self.status,
            Some(Meaning::Reference) => &mut self.reference,
            None => return,
        };
        said.hear(value);
    }
}

/// What was said about one thing.
#[derive(Default)]
enum Said {
    #[default]
    Nothing,
    Once(Scalar),
    /// Two names for the same thing, and two values.
    Twice,
}

impl Said {
    fn hear(&mut self, value: Wire<Scalar>) {
        let value = match value {
            Wire::Is(value) => value,
            Wire::Absent | Wire::Null => return,
            // Of a wrong type: heard, and not understood.
            Wire::Wrong(_) => Scalar::Text(String::new()),
        };
        *self = match std::mem::take(self) {
            Said::Nothing => Said::Once(value),
            Said::Once(before) if before.clone().into_text() == value.clone().into_text() => {
                Said::Once(before)
            }
            Said::Once(_) | Said::Twice => Said::Twice,
        };
    }

    fn value(&self) -> Option<Scalar> {
        match self {
            Said::Once(value) => Some(value.clone()),
            Said::Nothing | Said::Twice => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meaning {
    SendId,
    InvoiceNumber,
    Status,
    Reference,
}

/// What a name stands for, in any letter case, with or without `prm` and `PayLink` before it (a reading).
fn meaning(name: &str) -> Option<Meaning> {
    let lower: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let bare = lower.strip_prefix("prm").unwrap_or(&lower);
    let bare = bare.strip_prefix("paylink").unwrap_or(bare);
    Some(match bare {
        "sendid" | "id" => Meaning::SendId,
        "invoiceno" | "invoicenumber" | "factorno" | "factornumber" => Meaning::InvoiceNumber,
        "status" | "paystatus" | "paymentstatus" | "ispaid" | "paid" => Meaning::Status,
        "refno" | "refnum" | "refnumber" | "referenceno" | "referencenumber" | "payrefno" => {
            Meaning::Reference
        }
        _ => return None,
    })
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
        while let Some((name, value)) = map.next_entry::<String, Wire<Scalar>>()? {
            element.hear(&name, value);
        }
        Ok(element)
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning, read};
    use crate::{PayState, Payment};

    fn payment(json: &str) -> Payment {
        read(&serde_json::from_str::<Box<serde_json::value::RawValue>>(json).unwrap())
    }

    #[test]
    fn names_are_known_in_any_letter_case() {
        for (name, what) in [
            ("PayLinkSendID", Meaning::SendId),
            ("paylinksendid", Meaning::SendId),
            ("ID", Meaning::SendId),
            ("InvoiceNo", Meaning::InvoiceNumber),
            ("PAYLINKFACTORNO", Meaning::InvoiceNumber),
            ("prmPayLinkStatus", Meaning::Status),
            ("payStatus", Meaning::Status),
            ("RefNo", Meaning::Reference),
            ("PayLinkRefNo", Meaning::Reference),
        ] {
            assert_eq!(meaning(name), Some(what), "{name}");
        }
        for name in ["Amount", "MobileNo", "", "StatusText"] {
            assert_eq!(meaning(name), None, "{name}");
        }
    }

    #[test]
    fn an_element_is_read_by_meaning_and_kept_as_it_came() {
        let raw = r#"{"SENDID": "26041", "status":true, "refNo":123456789012, "x":[1]}"#;
        let paid = payment(raw);
        assert_eq!(paid.send_id.unwrap().get(), 26041);
        assert_eq!(paid.state, PayState::Paid);
        assert_eq!(paid.reference.as_deref(), Some("123456789012"));
        assert_eq!(paid.raw.as_deref(), Some(raw));
        assert!(paid.names.send_id && !paid.names.invoice_number);
    }

    #[test]
    fn what_cannot_be_read_decides_nothing() {
        for raw in [
            r#"{"PayLinkSendID":1}"#,
            r#"{"PayLinkSendID":1,"Status":null}"#,
            r#"{"PayLinkSendID":1,"Status":[1]}"#,
            r#"{"PayLinkSendID":1,"Status":2}"#,
            r#"{"PayLinkSendID":1,"Status":1,"PayStatus":0}"#,
            r#"{"PayLinkSendID":1,"PayLinkID":2,"Status":1}"#,
            r#"{"PayLinkSendID":0,"Status":1}"#,
            r#"{"PayLinkSendID":"x","Status":1}"#,
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

    #[test]
    fn no_number_is_no_number_however_it_is_written() {
        for none in [
            r#""""#, "0", r#""0""#, r#""000""#, "null", "false", r#"" ""#,
        ] {
            let raw = format!(r#"{{"Status":0,"RefNo":{none}}}"#);
            assert_eq!(payment(&raw).reference, None, "{raw}");
        }
        let same = payment(r#"{"Status":1,"RefNo":"77","PayLinkRefNo":77}"#);
        assert_eq!(same.reference.as_deref(), Some("77"));
    }
}
