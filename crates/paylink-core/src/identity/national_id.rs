#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_persian_tools::national_id::verify_iranian_national_id;

use crate::identity::mask::Masked;
use crate::{FieldKey, Invalid, digits};

const LENGTH: usize = 10;

/// Digits of the code that a foreigner in Iran has in place of a national id.
const FOREIGNERS_LENGTH: usize = 12;

/// The national id of a person: an Iranian's 10 digits with their check digit, or a foreigner's 12.
///
/// Text is read as an Iranian's id. That of a foreigner (fida code, «کد فراگیر») is taken by
/// [`NationalId::parse_foreign`] alone, since a mistyped id must not pass for one.
///
/// Both are read in Latin, Persian or Arabic digits, leading zeros written out, nothing between them. It is personal data:
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
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("national_id", "national id");

    /// Reads an Iranian's national id in the form described for the type.
    ///
    /// # Errors
    ///
    /// Anything but 10 digits, a foreigner's 12 included, or a wrong check digit; ask the person again. The error does not repeat what was written.
    ///
    /// ```
    /// use paylink_core::NationalId;
    ///
    /// assert!(NationalId::parse("0076229645").is_ok());
    /// let error = NationalId::parse("0076229654").unwrap_err();
    /// assert_eq!(error.label(), "national id");
    /// assert!(!error.to_string().contains("7622"));
    /// ```
    pub fn parse(text: &str) -> Result<NationalId, Invalid> {
        let id = only_digits(text)?;
        if id.len() == FOREIGNERS_LENGTH {
            return Err(refused("has 12 digits, as a foreigner's code has")
                .with_remedy("give it as the code of a foreigner, or write the 10 digits of an Iranian's national id"));
        }
        if id.len() != LENGTH {
            return Err(refused("does not have 10 digits"));
        }
        if verify_iranian_national_id(&id).is_err() {
            return Err(refused("does not pass the check of a national id"));
        }
        Ok(NationalId(id.into()))
    }

    /// Reads the code that a foreigner in Iran has in place of a national id (fida code, «کد فراگیر»): 12 digits.
    ///
    /// Length and digits are checked, and that they are not all the same. Whether the code has a check digit is not
    /// published, so one that was mistyped passes (a reading).
    ///
    /// # Errors
    ///
    /// Anything but 12 digits, or one digit twelve times; ask the person again. The error does not repeat what was written.
    ///
    /// ```
    /// use paylink_core::NationalId;
    ///
    /// let id = NationalId::parse_foreign("۱۰۰۲۳۴۵۶۷۸۹۰")?;
    /// assert_eq!(id.as_str(), "100234567890");
    /// assert!(id.is_foreign());
    /// assert!(NationalId::parse("100234567890").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse_foreign(text: &str) -> Result<NationalId, Invalid> {
        const REMEDY: &str = "write all 12 digits of the foreigner's code";

        let id = only_digits(text).map_err(|invalid| invalid.with_remedy(REMEDY))?;
        if id.len() != FOREIGNERS_LENGTH {
            return Err(
                refused("does not have the 12 digits of a foreigner's code").with_remedy(REMEDY)
            );
        }
        if id.bytes().all(|byte| id.starts_with(char::from(byte))) {
            return Err(refused("is one digit 12 times").with_remedy(REMEDY));
        }
        Ok(NationalId(id.into()))
    }

    /// Whether it is the code of a foreigner.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.0.len() == FOREIGNERS_LENGTH
    }

    /// The whole id, 10 or 12 Latin digits, as providers take it. Never write it to a log or an error.
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

fn only_digits(text: &str) -> Result<Cow<'_, str>, Invalid> {
    let id = digits::latin(text);
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(id)
    } else {
        Err(refused("has a character that is not a digit"))
    }
}

fn refused(problem: &'static str) -> Invalid {
    Invalid::new(NationalId::KEY, problem)
        .with_remedy("write all 10 digits, with the zeros it starts with")
}
