use std::fmt;
use std::str::FromStr;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid};
use serde::Serialize;

/// The most characters of an invoice number (document "Create Invoice"; proven).
const LONGEST: usize = 200;

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
        let wrong = |problem: &'static str| Invalid::new(InvoiceNumber::KEY, problem).value(text);
        if text.trim().is_empty() {
            return Err(
                wrong("is empty").remedy("give the order's own number, 1 to 200 characters")
            );
        }
        if text.chars().count() > LONGEST {
            return Err(
                wrong("is longer than 200 characters").remedy("shorten it; ZiPay keeps no more")
            );
        }
        check_visible(InvoiceNumber::KEY, text)?;
        if text.trim() != text {
            return Err(wrong("begins or ends with a space")
                .remedy("trim it; a number that comes back trimmed would not be found again"));
        }
        Ok(InvoiceNumber(text.to_owned()))
    }
}

paylink_core::try_from_text!(InvoiceNumber);

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
