#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use rust_persian_tools::verity_card_number::verify_card_number;
use zeroize::Zeroizing;

use crate::identity::mask::Masked;
use crate::{FieldKey, Invalid, digits};

const LENGTH: usize = 16;

/// The number of a bank card: 16 digits with a correct check digit (Luhn).
///
/// Read in Latin, Persian or Arabic digits, with spaces and dashes. It is personal data: Debug and Display show the
/// first six and the last four digits, it cannot be serialised, and its memory is wiped when it is dropped. The whole
/// number is had by [`CardNumber::expose`] alone.
///
/// ```
/// use paylink_core::CardNumber;
///
/// let card: CardNumber = "۶۰۳۷-7016-8909-5443".parse()?;
/// assert_eq!(card.to_string(), "603770******5443");
/// assert_eq!(card.expose(), "6037701689095443");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(Zeroizing<String>);

impl CardNumber {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("card_number", "card number");

    /// Reads a card number in any of the forms described for the type.
    ///
    /// # Errors
    ///
    /// Too few or too many digits, anything that is not a digit, or a wrong check digit; ask the person again.
    /// The error does not repeat what was written.
    ///
    /// ```
    /// use paylink_core::CardNumber;
    ///
    /// assert!(CardNumber::parse("6037 7016 8909 5443").is_ok());
    /// let error = CardNumber::parse("6037 7016 8909 5434").unwrap_err();
    /// assert_eq!(error.label(), "card number");
    /// assert!(!error.to_string().contains("6037"));
    /// ```
    pub fn parse(text: &str) -> Result<CardNumber, Invalid> {
        // The room never grows: a reallocation would leave a copy behind that nobody wipes.
        let mut number = Zeroizing::new(String::with_capacity(LENGTH));
        for c in digits::ungrouped(text) {
            if !c.is_ascii_digit() {
                return Err(refused("has a character that is not a digit"));
            }
            if number.len() == LENGTH {
                return Err(refused("has more than 16 digits"));
            }
            number.push(c);
        }
        if number.len() < LENGTH {
            return Err(refused("has fewer than 16 digits"));
        }
        if number.starts_with('0') {
            // No bank's cards do, and sixteen zeros, a common filler, would pass the check.
            return Err(refused("starts with a zero"));
        }
        if verify_card_number(number.as_str()).is_err() {
            return Err(refused("does not pass the check of a card number"));
        }
        Ok(CardNumber(number))
    }

    /// The whole number, 16 Latin digits. Never write it to a log or an error.
    ///
    /// ```
    /// use paylink_core::CardNumber;
    ///
    /// assert_eq!(CardNumber::parse("6037-7016-8909-5443")?.expose(), "6037701689095443");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for CardNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<CardNumber, Invalid> {
        CardNumber::parse(text)
    }
}

impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked {
            digits: &self.0,
            head: 6,
            tail: 4,
        }
        .fmt(f)
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardNumber({self})")
    }
}

fn refused(problem: &'static str) -> Invalid {
    Invalid::new(CardNumber::KEY, problem)
        .with_remedy("write the 16 digits on the front of the card")
}
