#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use crate::identity::mask::Masked;
use crate::{FieldKey, Invalid, digits};

/// Digits of a mobile number after the country code or the leading zero.
const NATIONAL_LENGTH: usize = 10;

/// An Iranian mobile number, normalised to `09xxxxxxxxx`.
///
/// Read from the forms people write: `0912…`, `912…`, `98912…`, `+98912…` and `0098912…`, in Latin, Persian or Arabic
/// digits, with spaces and dashes. Display gives the whole number; Debug hides its middle.
///
/// ```
/// use paylink_core::Mobile;
///
/// let mobile: Mobile = "+98 ۹۱۲ ۳۴۵ ۲۷۳۰".parse()?;
/// assert_eq!(mobile.as_str(), "09123452730");
/// assert_eq!(format!("{mobile:?}"), "Mobile(0912***2730)");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mobile(Box<str>);

impl Mobile {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("mobile", "mobile");

    /// Reads a mobile number in any of the forms described for the type.
    ///
    /// # Errors
    ///
    /// Whatever is not an Iranian mobile number; ask the person again. The error does not repeat what was written.
    ///
    /// ```
    /// use paylink_core::Mobile;
    ///
    /// assert_eq!(Mobile::parse("0098-912-345-2730")?, Mobile::parse("9123452730")?);
    /// assert!(Mobile::parse("02188001122").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Mobile, Invalid> {
        let written: String = digits::ungrouped(text).collect();
        let national = national_number(&written);
        if !national.bytes().all(|byte| byte.is_ascii_digit()) {
            Err(refused(
                "has a character that does not belong in a mobile number",
            ))
        } else if national.len() != NATIONAL_LENGTH {
            Err(refused(
                "does not have the length of an Iranian mobile number",
            ))
        } else if !national.starts_with('9') {
            Err(refused("does not start with 09"))
        } else {
            Ok(Mobile(format!("0{national}").into_boxed_str()))
        }
    }

    /// The whole number, 11 Latin digits that start with `09`, as providers take it.
    ///
    /// ```
    /// use paylink_core::Mobile;
    ///
    /// assert_eq!(Mobile::parse("989123452730")?.as_str(), "09123452730");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Mobile {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Mobile, Invalid> {
        Mobile::parse(text)
    }
}

impl fmt::Display for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Mobile({})",
            Masked {
                digits: &self.0,
                head: 4,
                tail: 4
            }
        )
    }
}

/// What follows the country code, or the zero that stands for it.
fn national_number(written: &str) -> &str {
    let without_plus = written
        .strip_prefix("+98")
        .or_else(|| written.strip_prefix("0098"));
    let without_code = without_plus.or_else(|| {
        // A national number may itself begin with 98, so the length decides.
        written
            .strip_prefix("98")
            .filter(|rest| rest.len() == NATIONAL_LENGTH)
    });
    without_code
        .or_else(|| written.strip_prefix('0'))
        .unwrap_or(written)
}

fn refused(problem: &'static str) -> Invalid {
    Invalid::new(Mobile::KEY, problem).with_remedy("write it as 09123456789 or +989123456789")
}
