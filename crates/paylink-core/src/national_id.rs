#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use rust_persian_tools::national_id::verify_iranian_national_id;

use crate::mask::Masked;
use crate::{Invalid, digits};

const FIELD: &str = "national id";
const LENGTH: usize = 10;

/// The national id of an Iranian person: 10 digits with a correct check digit.
///
/// Read in Latin, Persian or Arabic digits, leading zeros written out, nothing between them. It is personal data:
/// Debug and Display show the last two digits only; the whole id is had by [`NationalId::as_str`].
///
/// ```
/// use paylink_core::NationalId;
///
/// let id: NationalId = "۰۰۷۶۲۲۹۶۴۵".parse()?;
/// assert_eq!(id.as_str(), "0076229645");
/// assert_eq!(id.to_string(), "********45");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalId(Box<str>);

impl NationalId {
    /// Reads a national id in the form described for the type.
    ///
    /// # Errors
    ///
    /// Anything but 10 digits, or a wrong check digit; ask the person again. The error does not repeat what was written.
    ///
    /// ```
    /// use paylink_core::NationalId;
    ///
    /// assert!(NationalId::parse("0076229645").is_ok());
    /// let error = NationalId::parse("0076229654").unwrap_err();
    /// assert_eq!(error.field(), "national id");
    /// assert!(!error.to_string().contains("7622"));
    /// ```
    pub fn parse(text: &str) -> Result<NationalId, Invalid> {
        let id = digits::latin(text);
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused("has a character that is not a digit"));
        }
        if id.len() != LENGTH {
            return Err(refused("does not have 10 digits"));
        }
        if verify_iranian_national_id(&id).is_err() {
            return Err(refused("does not pass the check of a national id"));
        }
        Ok(NationalId(id.into()))
    }

    /// The whole id, 10 Latin digits, as providers take it. Never write it to a log or an error.
    ///
    /// ```
    /// use paylink_core::NationalId;
    ///
    /// assert_eq!(NationalId::parse("0076229645")?.as_str(), "0076229645");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NationalId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<NationalId, Invalid> {
        NationalId::parse(text)
    }
}

impl fmt::Display for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked {
            digits: &self.0,
            head: 0,
            tail: 2,
        }
        .fmt(f)
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId({self})")
    }
}

fn refused(problem: &'static str) -> Invalid {
    Invalid::new(FIELD, problem).remedy("write all 10 digits, with the zeros it starts with")
}
