use std::fmt;
use std::str::FromStr;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid, digits, try_from_text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire_text;

/// The most characters that are sent. SizPay documents no bound; this one is a reading.
const LONGEST: usize = 100;

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
        let wrong = |problem: &'static str| Invalid::new(InvoiceNumber::KEY, problem).value(text);
        wire_text::check(InvoiceNumber::KEY, text)?;
        check_visible(InvoiceNumber::KEY, text)?;
        if text.trim().is_empty() {
            return Err(
                wrong("is empty").remedy("give the order's own number, 1 to 100 characters")
            );
        }
        if text.trim() != text {
            return Err(wrong("begins or ends with a space")
                .remedy("trim it; a number that comes back trimmed would not be found again"));
        }
        if text.contains(',') {
            return Err(wrong("holds a comma")
                .remedy("write it without one; a comma separates numbers in SizPay's lists"));
        }
        if text.chars().count() > LONGEST {
            return Err(wrong("is longer than 100 characters").remedy("shorten it"));
        }
        Ok(InvoiceNumber(digits::latin(text).into()))
    }
}

try_from_text!(InvoiceNumber, crate::CustomerName, crate::Description);

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

impl Serialize for InvoiceNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InvoiceNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<InvoiceNumber, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
