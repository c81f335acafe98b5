//! The texts that SizPay is given, each checked when it is parsed.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use paylink_core::text::check_name;
use paylink_core::{FieldKey, Invalid, digits, try_from_text};
use serde::{Deserialize, Deserializer, Serialize};

use crate::descriptor::PAY_LINK_NAME;

/// The most characters of a customer's name and of a description (document "ASMX", `PayLinkSendSoap`; proven).
const MOST_SHOWN: usize = 50;

/// How many characters of a description stand in the SMS (same place; proven).
const IN_SMS: usize = 25;

/// The most characters of a name or a number whose bound SizPay does not document; it is a reading.
const MOST_SENT: usize = 100;

/// The merchant's own number of an invoice: 1 to 100 characters, its digits Latin however they were typed.
///
/// It finds a link again whose answer was lost, so make it unique. A comma separates numbers in SizPay's lists: a number
/// that holds one could never be asked about, and is refused.
///
/// ```
/// use sizpay_client::InvoiceNumber;
///
/// let number: InvoiceNumber = "۹۹۱۱۲۱۰۰".parse()?;
/// assert_eq!(number.as_str(), "99112100");
/// assert!("1,2".parse::<InvoiceNumber>().is_err());
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvoiceNumber(Box<str>);

/// The name that the payer sees on the pay page: 1 to 50 characters in one line.
///
/// It is personal data: `Debug` and errors do not show it.
///
/// ```
/// use sizpay_client::CustomerName;
///
/// let name: CustomerName = "سارا احمدی".parse()?;
/// assert_eq!(name.as_str(), "سارا احمدی");
/// assert!("x".repeat(51).parse::<CustomerName>().is_err());
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CustomerName(Box<str>);

/// What the payment is for: 1 to 50 characters in one line, of which the SMS shows the first 25.
///
/// ```
/// use sizpay_client::Description;
///
/// let short: Description = "سفارش ۱۰۰۰".parse()?;
/// assert_eq!(short.omitted_from_sms(), None);
///
/// let long: Description = "two tickets for the night train".parse()?;
/// assert_eq!(long.in_sms(), "two tickets for the night");
/// assert_eq!(long.omitted_from_sms(), Some(" train"));
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Description {
    text: Box<str>,
    /// Where the SMS stops, in bytes.
    sms_ends: usize,
}

/// The name that the merchant gave the payment link in SizPay's panel (`PayLinkName`).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkName(Box<str>);

impl InvoiceNumber {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("invoice_number", "invoice number");

    /// The number as it goes over the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InvoiceNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<InvoiceNumber, Invalid> {
        check_unchanged(InvoiceNumber::KEY, text)?;
        check_name(InvoiceNumber::KEY, text, MOST_SENT)?;
        if text.contains(',') {
            return Err(Invalid::new(InvoiceNumber::KEY, "holds a comma")
                .with_value(text)
                .with_remedy("write it without one; a comma separates numbers in SizPay's lists"));
        }
        Ok(InvoiceNumber(digits::latin(text).into()))
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvoiceNumber({:?})", self.0)
    }
}

paylink_core::serde_as_text!(InvoiceNumber);

impl CustomerName {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("customer_name", "customer name");

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CustomerName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<CustomerName, Invalid> {
        let shorter = "shorten it; SizPay keeps no more";
        check_shown(CustomerName::KEY, text, shorter)?;
        Ok(CustomerName(text.into()))
    }
}

impl fmt::Debug for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerName(…)")
    }
}

impl Description {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("description", "description");

    /// The whole text, as the pay page shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the SMS shows of it.
    #[must_use]
    pub fn in_sms(&self) -> &str {
        self.text.get(..self.sms_ends).unwrap_or(&self.text)
    }

    /// What the SMS leaves out, if anything: warn the merchant.
    #[must_use]
    pub fn omitted_from_sms(&self) -> Option<&str> {
        self.text.get(self.sms_ends..).filter(|cut| !cut.is_empty())
    }
}

impl FromStr for Description {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Description, Invalid> {
        let shorter = "shorten it; SizPay keeps no more, and the SMS shows 25";
        check_shown(Description::KEY, text, shorter)?;
        let cut = text.char_indices().nth(IN_SMS);
        Ok(Description {
            text: text.into(),
            sms_ends: cut.map_or(text.len(), |(at, _)| at),
        })
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is free text, and may well name the payer.
        f.write_str("Description(…)")
    }
}

try_from_text!(InvoiceNumber, CustomerName, Description);

impl LinkName {
    pub(crate) fn parse(text: &str) -> Result<LinkName, Invalid> {
        check_unchanged(PAY_LINK_NAME, text)?;
        check_name(PAY_LINK_NAME, text, MOST_SENT).map_err(|invalid| {
            invalid.with_remedy("write the payment link's name as SizPay's panel shows it")
        })?;
        Ok(LinkName(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Checks a text that the payer sees, and that errors do not show.
fn check_shown(field: FieldKey, text: &str, shorter: &'static str) -> Result<(), Invalid> {
    check_unchanged(field, text)?;
    if text.trim().is_empty() {
        return Err(Invalid::new(field, "is empty").with_remedy("leave it out altogether"));
    }
    if text.chars().count() > MOST_SHOWN {
        return Err(Invalid::new(field, "is longer than 50 characters").with_remedy(shorter));
    }
    Ok(())
}

/// Refuses text that would not arrive as it left on every way.
///
/// JSON could carry a control character and XML 1.0 cannot, or arrives with another one (section 2.11 turns CR into LF):
/// what a merchant may write does not depend on the way.
fn check_unchanged(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let Some(c) = text.chars().find(|c| cannot_travel(*c)) else {
        return Ok(());
    };
    let kind = if c.is_control() {
        "the control character"
    } else {
        "the character"
    };
    let problem = format!(
        "holds {kind} U+{:04X}, which cannot be sent unchanged",
        u32::from(c)
    );
    Err(Invalid::new(field, problem).with_remedy("leave it out; write it in one line"))
}

/// XML 1.0, section 2.2: beside most controls it has no U+FFFE and U+FFFF, not even as references.
fn cannot_travel(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// SizPay's id of one sent link (`PayLinkSendID`): a whole number above zero. Zero is how SizPay says that none was sent.
///
/// As text it is read by [`digits::whole`].
///
/// ```
/// use sizpay_client::SendId;
///
/// let id: SendId = "26041".parse()?;
/// assert_eq!(id, SendId::new(26041)?);
/// assert!(SendId::new(0).is_err());
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SendId(NonZeroU64);

impl SendId {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("send_id", "send id");

    /// Takes an id as SizPay gave it.
    ///
    /// # Errors
    ///
    /// Zero, and what does not fit SizPay's own type (a 64-bit integer with a sign).
    pub fn new(id: u64) -> Result<SendId, Invalid> {
        let fits = i64::try_from(id).is_ok();
        NonZeroU64::new(id)
            .filter(|_| fits)
            .map(SendId)
            .ok_or_else(|| {
                Invalid::new(SendId::KEY, "is not the id of a link")
                    .with_value(&id.to_string())
                    .with_remedy("give the id that sending the link brought, such as 26041")
            })
    }

    /// The bare number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for SendId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<SendId, Invalid> {
        let id = digits::whole(SendId::KEY, text)
            .map_err(|invalid| invalid.with_remedy("write digits only, such as 26041"))?;
        SendId::new(id)
    }
}

impl fmt::Display for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SendId({})", self.0)
    }
}

impl<'de> Deserialize<'de> for SendId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SendId, D::Error> {
        SendId::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sms_is_cut_between_characters() {
        for (length, cut) in [(1, 0), (25, 0), (26, 1), (50, 25)] {
            let text = "س".repeat(length);
            let description: Description = text.parse().unwrap();
            assert_eq!(description.in_sms().chars().count(), length - cut);
            let left_out = description.omitted_from_sms().unwrap_or_default();
            assert_eq!(left_out.chars().count(), cut);
            assert_eq!(format!("{}{left_out}", description.in_sms()), text);
        }
        assert!("س".repeat(51).parse::<Description>().is_err());
        assert!("".parse::<Description>().is_err());
    }

    #[test]
    fn what_cannot_travel_is_named() {
        for (text, named) in [
            ("a\nb", "U+000A"),
            ("\0", "U+0000"),
            ("\u{85}", "U+0085"),
            ("x\u{ffff}", "U+FFFF"),
        ] {
            let error = check_unchanged(Description::KEY, text).unwrap_err();
            assert!(error.problem().contains(named), "{error}");
        }
        for text in ["", "سفارش ۱", "]]>", "<&\"'>", "\u{200c}\u{1f4b3}\u{feff}"] {
            assert!(check_unchanged(Description::KEY, text).is_ok(), "{text:?}");
        }
    }
}

#[cfg(test)]
mod send_id_tests {
    use super::SendId;

    #[test]
    fn only_ids_that_sizpay_can_hold() {
        for typed in ["۲۶۰۴۱", "٢٦٠٤١", "26,041", "۲۶٬۰۴۱"] {
            assert_eq!(typed.parse::<SendId>().unwrap().get(), 26041);
        }
        let largest: SendId = "9223372036854775807".parse().unwrap();
        assert_eq!(largest.get(), 9_223_372_036_854_775_807);
        for bad in [
            "",
            "0",
            "00",
            "026041",
            "26040,26041",
            "-1",
            "+1",
            "1.0",
            " 1",
            "9223372036854775808",
            "x",
        ] {
            assert!(bad.parse::<SendId>().is_err(), "{bad:?}");
        }
        let read: SendId = serde_json::from_str("26041").unwrap();
        assert_eq!(read.get(), 26041);
        assert!(serde_json::from_str::<SendId>("0").is_err());
    }
}
