//! The fields of SizPay's answers: what they are called, in any letter case, and the kinds of values that they hold, each
//! readable from JSON and from the text of an XML element.

use std::fmt;
use std::marker::PhantomData;

use paylink_core::digits;
use paylink_core::json::FromJson;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::descriptor::SEND_ID;
use crate::{InvoiceNumber, PayState, SendId};

pub(crate) const RES_COD: &str = "ResCod";
pub(crate) const MESSAGE: &str = "Message";
pub(crate) const URL: &str = "PayLinkURL";
pub(crate) const FIRST_STATUS: &str = "PayLinkFirstStatus";
pub(crate) const FIRST_REFERENCE: &str = "PayLinkFirstRefNo";
pub(crate) const LIST: &str = "PayLinkListStatus";

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
            AnswerField::ResCod => RES_COD,
            AnswerField::Message => MESSAGE,
            AnswerField::SendId => SEND_ID,
            AnswerField::Url => URL,
            AnswerField::FirstStatus(_) => FIRST_STATUS,
            AnswerField::FirstReference(_) => FIRST_REFERENCE,
            AnswerField::List(_) => LIST,
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

/// The most characters of a payment's number that are taken for one.
const LONGEST_REFERENCE: usize = 64;

/// `ResCod`: a whole number, as a number or as text. A sibling service of SizPay's sends it as either.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ResCod(pub(crate) i64);

impl FromJson<'_> for ResCod {
    const EXPECTED: &'static str = "a whole number";

    fn from_text(text: &str) -> Option<ResCod> {
        whole(text).map(ResCod)
    }

    fn from_u64(value: u64) -> Option<ResCod> {
        i64::try_from(value).ok().map(ResCod)
    }

    fn from_negative(value: i64) -> Option<ResCod> {
        Some(ResCod(value))
    }
}

/// The id of a link that a list names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct IdField(pub(crate) SendId);

impl FromJson<'_> for IdField {
    const EXPECTED: &'static str = "the id of a link";

    fn from_text(text: &str) -> Option<IdField> {
        IdField::from_u64(whole(text)?.try_into().ok()?)
    }

    fn from_u64(value: u64) -> Option<IdField> {
        SendId::new(value).ok().map(IdField)
    }
}

/// The invoice number of a link that a list names; `None` if it is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NumberField(pub(crate) Option<InvoiceNumber>);

impl FromJson<'_> for NumberField {
    const EXPECTED: &'static str = "an invoice number";

    fn from_text(text: &str) -> Option<NumberField> {
        match text.trim() {
            "" => Some(NumberField(None)),
            number => number.parse().ok().map(Some).map(NumberField),
        }
    }

    fn from_u64(value: u64) -> Option<NumberField> {
        NumberField::from_text(&value.to_string())
    }

    fn from_negative(value: i64) -> Option<NumberField> {
        NumberField::from_text(&value.to_string())
    }
}

/// The documented 0 and 1, as a number, as text or as a truth value; anything else is a state that nobody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StateField(pub(crate) PayState);

impl FromJson<'_> for StateField {
    const EXPECTED: &'static str = "a number, text or a truth value";

    fn from_text(text: &str) -> Option<StateField> {
        Some(StateField(PayState::of(text)))
    }

    fn from_u64(value: u64) -> Option<StateField> {
        Some(StateField(match value {
            0 => PayState::Unpaid,
            1 => PayState::Paid,
            other => PayState::of(&other.to_string()),
        }))
    }

    fn from_negative(value: i64) -> Option<StateField> {
        StateField::from_text(&value.to_string())
    }

    fn from_bool(value: bool) -> Option<StateField> {
        Some(StateField(if value {
            PayState::Paid
        } else {
            PayState::Unpaid
        }))
    }
}

/// The number under which a payment was made; `None` where it says that there is none: empty, zero, false.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ReferenceField(pub(crate) Option<String>);

impl FromJson<'_> for ReferenceField {
    const EXPECTED: &'static str = "a reference number";

    fn from_text(text: &str) -> Option<ReferenceField> {
        let text = text.trim();
        if text.bytes().all(|byte| byte == b'0') {
            return Some(ReferenceField(None));
        }
        let plain =
            !text.chars().any(char::is_control) && text.chars().count() <= LONGEST_REFERENCE;
        plain.then(|| ReferenceField(Some(text.to_owned())))
    }

    fn from_u64(value: u64) -> Option<ReferenceField> {
        ReferenceField::from_text(&value.to_string())
    }

    fn from_negative(value: i64) -> Option<ReferenceField> {
        ReferenceField::from_text(&value.to_string())
    }

    fn from_bool(value: bool) -> Option<ReferenceField> {
        (!value).then_some(ReferenceField(None))
    }
}

/// A whole number in digits of any script, with white space around it as XML schema allows.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let latin = digits::latin(text.trim());
    let unsigned = latin.strip_prefix('-').unwrap_or(&latin);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| latin.parse().ok()).flatten()
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

    #[test]
    fn whole_numbers_and_nothing_else() {
        for (text, number) in [("1", 1), (" 1\n", 1), ("01", 1), ("-105", -105), ("۱", 1)] {
            assert_eq!(whole(text), Some(number), "{text:?}");
        }
        for text in [
            "",
            "-",
            "+1",
            "1.0",
            "1 0",
            "true",
            "0x1",
            "9223372036854775808",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_link_s_id_is_above_zero() {
        assert_eq!(IdField::from_text(" ۲۶۰۴۱ ").unwrap().0.get(), 26041);
        assert_eq!(IdField::from_u64(1).unwrap().0.get(), 1);
        for text in ["0", "-1", "", "x", "1.0", "9223372036854775808"] {
            assert_eq!(IdField::from_text(text), None, "{text:?}");
        }
        assert_eq!(IdField::from_u64(0), None);
        assert_eq!(IdField::from_u64(1 << 63), None);
    }

    #[test]
    fn a_reference_number_is_kept_to_the_letter_or_said_to_be_none() {
        for none in ["", " ", "0", "000"] {
            let read = ReferenceField::from_text(none);
            assert_eq!(read, Some(ReferenceField(None)), "{none:?}");
        }
        let number = |text: &str| ReferenceField::from_text(text)?.0;
        assert_eq!(number(" 0077 ").as_deref(), Some("0077"));
        assert_eq!(number(&"7".repeat(64)), Some("7".repeat(64)));
        assert_eq!(ReferenceField::from_text(&"7".repeat(65)), None);
        assert_eq!(ReferenceField::from_text("7\n7"), None);
        assert_eq!(ReferenceField::from_bool(false), Some(ReferenceField(None)));
        assert_eq!(ReferenceField::from_bool(true), None);
    }
}
