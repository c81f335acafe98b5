//! What the fields of SizPay's answers are called. Names are known in any letter case.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::descriptor::SEND_ID;

/// The longest name that is looked at; the documented ones have 22 characters.
const LONGEST: usize = 40;

/// A field of an answer itself, by its documented name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AnswerField {
    ResCod,
    Message,
    SendId,
    Url,
    FirstStatus(Prefix),
    FirstReference(Prefix),
    List(Prefix),
    /// What ASP.NET wraps an answer in.
    Wrapped,
}

/// Whether `prm` stands before a name, as the ASMX document has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Prefix {
    Prm,
    None,
}

/// A field that is known by its name.
pub(crate) trait Field: Sized {
    fn named(name: &str) -> Option<Self>;
}

impl Field for AnswerField {
    fn named(name: &str) -> Option<AnswerField> {
        let mut buffer = [0; LONGEST];
        let plain = plain(name, &mut buffer)?;
        let (prefix, bare) = match plain.strip_prefix("prm") {
            Some(bare) => (Prefix::Prm, bare),
            None => (Prefix::None, plain),
        };
        Some(match (prefix, bare) {
            (_, "paylinkfirststatus") => AnswerField::FirstStatus(prefix),
            (_, "paylinkfirstrefno") => AnswerField::FirstReference(prefix),
            (_, "paylinkliststatus") => AnswerField::List(prefix),
            (Prefix::None, "rescod") => AnswerField::ResCod,
            (Prefix::None, "message") => AnswerField::Message,
            (Prefix::None, "paylinksendid") => AnswerField::SendId,
            (Prefix::None, "paylinkurl") => AnswerField::Url,
            (Prefix::None, "d") => AnswerField::Wrapped,
            _ => return None,
        })
    }
}

impl AnswerField {
    /// The name as the documents write it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            AnswerField::ResCod => "ResCod",
            AnswerField::Message => "Message",
            AnswerField::SendId => SEND_ID,
            AnswerField::Url => "PayLinkURL",
            AnswerField::FirstStatus(_) => "PayLinkFirstStatus",
            AnswerField::FirstReference(_) => "PayLinkFirstRefNo",
            AnswerField::List(_) => "PayLinkListStatus",
            AnswerField::Wrapped => "d",
        }
    }
}

/// What a field says about a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LinkField {
    SendId,
    InvoiceNumber,
    Status,
    Reference,
    /// Where the link is.
    Url,
}

impl Field for LinkField {
    /// What a name stands for, with or without `prm` and `PayLink` before it (a reading: no document names these fields).
    fn named(name: &str) -> Option<LinkField> {
        let mut buffer = [0; LONGEST];
        let plain = plain(name, &mut buffer)?;
        let bare = plain.strip_prefix("prm").unwrap_or(plain);
        let bare = bare.strip_prefix("paylink").unwrap_or(bare);
        Some(match bare {
            "sendid" | "id" => LinkField::SendId,
            "invoiceno" | "invoicenumber" | "factorno" | "factornumber" => LinkField::InvoiceNumber,
            "status" | "paystatus" | "paymentstatus" | "ispaid" | "paid" => LinkField::Status,
            "refno" | "refnum" | "refnumber" | "referenceno" | "referencenumber" | "payrefno" => {
                LinkField::Reference
            }
            "url" | "link" => LinkField::Url,
            _ => return None,
        })
    }
}

/// The name of a JSON member, by the field that it stands for.
pub(crate) struct Member<F>(pub(crate) Option<F>);

impl<'de, F: Field> Deserialize<'de> for Member<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Member<F>, D::Error> {
        deserializer.deserialize_str(MemberVisitor(PhantomData))
    }
}

struct MemberVisitor<F>(PhantomData<F>);

impl<F: Field> Visitor<'_> for MemberVisitor<F> {
    type Value = Member<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Member<F>, E> {
        Ok(Member(F::named(name)))
    }
}

/// A name without regard to letter case and to what separates its words; `None` if it is longer than any that is known.
fn plain<'b>(name: &str, buffer: &'b mut [u8; LONGEST]) -> Option<&'b str> {
    let mut length = 0;
    for byte in name
        .bytes()
        .filter(|byte| !matches!(byte, b'_' | b'-' | b' '))
    {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    std::str::from_utf8(buffer.get(..length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_s_fields_are_known_in_any_letter_case() {
        for (name, field) in [
            ("ResCod", AnswerField::ResCod),
            ("rescod", AnswerField::ResCod),
            ("RESCOD", AnswerField::ResCod),
            ("message", AnswerField::Message),
            ("PayLinkSendId", AnswerField::SendId),
            ("payLinkURL", AnswerField::Url),
            (
                "prmPayLinkFirstStatus",
                AnswerField::FirstStatus(Prefix::Prm),
            ),
            ("payLinkFirstStatus", AnswerField::FirstStatus(Prefix::None)),
            (
                "PRMPAYLINKFIRSTREFNO",
                AnswerField::FirstReference(Prefix::Prm),
            ),
            ("PayLinkListStatus", AnswerField::List(Prefix::None)),
            ("d", AnswerField::Wrapped),
        ] {
            assert_eq!(AnswerField::named(name), Some(field), "{name}");
            let as_documented = AnswerField::named(field.as_str()).unwrap();
            assert_eq!(as_documented.as_str(), field.as_str());
        }
        let long = format!("ResCod{}", " ".repeat(50));
        assert_eq!(AnswerField::named(&long), Some(AnswerField::ResCod));
        let longer = "x".repeat(LONGEST + 1);
        for name in [
            "",
            "ResCode",
            "prmResCod",
            "SendID",
            "PayLinkStatus",
            &longer,
        ] {
            assert_eq!(AnswerField::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_link_s_fields_are_known_in_any_letter_case() {
        for (name, field) in [
            ("PayLinkSendID", LinkField::SendId),
            ("paylinksendid", LinkField::SendId),
            ("ID", LinkField::SendId),
            ("InvoiceNo", LinkField::InvoiceNumber),
            ("invoice_no", LinkField::InvoiceNumber),
            ("PAYLINKFACTORNO", LinkField::InvoiceNumber),
            ("prmPayLinkStatus", LinkField::Status),
            ("payStatus", LinkField::Status),
            ("RefNo", LinkField::Reference),
            ("PayLinkRefNo", LinkField::Reference),
            ("PayLinkURL", LinkField::Url),
        ] {
            assert_eq!(LinkField::named(name), Some(field), "{name}");
        }
        let forty = "i".repeat(LONGEST);
        for name in ["Amount", "MobileNo", "", "StatusText", "\u{130}D", &forty] {
            assert_eq!(LinkField::named(name), None, "{name}");
        }
    }
}
