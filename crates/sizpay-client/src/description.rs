use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};

use crate::wire_text;

/// The most characters of a description (document "ASMX", `PayLinkSendSoap`; proven).
const LONGEST: usize = 50;

/// How many of them stand in the SMS (same place; proven).
const IN_SMS: usize = 25;

/// What the payment is for: 1 to 50 characters in one line, of which the SMS shows the first 25.
///
/// ```
/// use sizpay_client::Description;
///
/// let short: Description = "سفارش ۱۰۰۰".parse()?;
/// assert_eq!(short.cut_from_sms(), None);
///
/// let long: Description = "two tickets for the night train".parse()?;
/// assert_eq!(long.in_sms(), "two tickets for the night");
/// assert_eq!(long.cut_from_sms(), Some(" train"));
/// # Ok::<(), sizpay_client::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Description {
    text: Box<str>,
    /// Where the SMS stops, in bytes.
    sms_ends: usize,
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

    /// What the SMS leaves out, if anything: warn whoever wrote it.
    #[must_use]
    pub fn cut_from_sms(&self) -> Option<&str> {
        self.text.get(self.sms_ends..).filter(|cut| !cut.is_empty())
    }
}

impl FromStr for Description {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Description, Invalid> {
        wire_text::check(Description::KEY, text)?;
        if text.trim().is_empty() {
            return Err(
                Invalid::new(Description::KEY, "is empty").remedy("leave it out altogether")
            );
        }
        if text.chars().count() > LONGEST {
            return Err(
                Invalid::new(Description::KEY, "is longer than 50 characters")
                    .remedy("shorten it; SizPay keeps no more, and the SMS shows 25"),
            );
        }
        let sms_ends = text
            .char_indices()
            .nth(IN_SMS)
            .map_or(text.len(), |(at, _)| at);
        Ok(Description {
            text: text.into(),
            sms_ends,
        })
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is free text, and may well name the payer.
        f.write_str("Description(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Description;

    #[test]
    fn the_sms_is_cut_between_characters() {
        for (length, cut) in [(1, 0), (25, 0), (26, 1), (50, 25)] {
            let text = "س".repeat(length);
            let description: Description = text.parse().unwrap();
            assert_eq!(description.in_sms().chars().count(), length - cut);
            let left_out = description.cut_from_sms().unwrap_or_default();
            assert_eq!(left_out.chars().count(), cut);
            assert_eq!(format!("{}{left_out}", description.in_sms()), text);
        }
        assert!("س".repeat(51).parse::<Description>().is_err());
        assert!("".parse::<Description>().is_err());
    }
}
