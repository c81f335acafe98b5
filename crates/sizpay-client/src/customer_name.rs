use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};

use crate::wire_text;

/// The most characters of a customer's name (document "ASMX", `PayLinkSendSoap`; proven).
const LONGEST: usize = 50;

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
        wire_text::check(CustomerName::KEY, text)?;
        if text.trim().is_empty() {
            return Err(
                Invalid::new(CustomerName::KEY, "is empty").remedy("leave it out altogether")
            );
        }
        if text.chars().count() > LONGEST {
            return Err(
                Invalid::new(CustomerName::KEY, "is longer than 50 characters")
                    .remedy("shorten it; SizPay keeps no more"),
            );
        }
        Ok(CustomerName(text.into()))
    }
}

impl fmt::Debug for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerName(…)")
    }
}
