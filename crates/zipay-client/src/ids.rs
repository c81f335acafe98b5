use std::fmt;
use std::str::FromStr;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid, try_from_text};
use serde::Serialize;

try_from_text!(TrackId, InvoiceNumber);

/// The most characters of a trackid. The documented ones are UUIDs of 36.
const LONGEST_ID: usize = 64;

/// ZiPay's id of an invoice: ASCII letters, digits, `-` and `_`, as it came.
///
/// ```
/// use zipay_client::TrackId;
///
/// let id: TrackId = "de7d44ae-9df9-487f-a175-ade1ecfab28b".parse()?;
/// assert!("../7".parse::<TrackId>().is_err());
/// # Ok::<(), zipay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TrackId(Box<str>);

impl TrackId {
    /// The field under which a trackid is refused.
    pub const KEY: FieldKey = FieldKey::new("trackid", "trackid");

    /// The id as ZiPay wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TrackId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<TrackId, Invalid> {
        let wrong = |problem: &'static str| {
            Invalid::new(TrackId::KEY, problem)
                .with_value(text)
                .with_remedy(
                    "give it as ZiPay wrote it, such as de7d44ae-9df9-487f-a175-ade1ecfab28b",
                )
        };
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if text.len() > LONGEST_ID {
            return Err(wrong("is longer than 64 characters"));
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            return Err(wrong("holds a character that no trackid has"));
        }
        Ok(TrackId(text.into()))
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrackId({})", self.0)
    }
}

paylink_core::serde_as_text!(TrackId);

/// The most characters of an invoice number (document "Create Invoice"; proven).
const LONGEST_NUMBER: usize = 200;

/// The merchant's own number of an invoice: 1 to 200 characters that can be seen, unique per terminal.
///
/// ```
/// use zipay_client::InvoiceNumber;
///
/// assert!("1000".parse::<InvoiceNumber>().is_ok());
/// assert!("".parse::<InvoiceNumber>().is_err());
/// assert!("x".repeat(201).parse::<InvoiceNumber>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct InvoiceNumber(String);

impl InvoiceNumber {
    /// The field under which an invoice number is refused.
    pub const KEY: FieldKey = FieldKey::new("invoice_number", "invoice number");

    /// The number as the merchant wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InvoiceNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<InvoiceNumber, Invalid> {
        let wrong =
            |problem: &'static str| Invalid::new(InvoiceNumber::KEY, problem).with_value(text);
        if text.trim().is_empty() {
            return Err(
                wrong("is empty").with_remedy("give the order's own number, 1 to 200 characters")
            );
        }
        if text.chars().count() > LONGEST_NUMBER {
            return Err(wrong("is longer than 200 characters")
                .with_remedy("shorten it; ZiPay keeps no more"));
        }
        check_visible(InvoiceNumber::KEY, text)?;
        if text.trim() != text {
            return Err(wrong("begins or ends with a space").with_remedy(
                "trim it; a number that comes back trimmed would not be found again",
            ));
        }
        Ok(InvoiceNumber(text.to_owned()))
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
