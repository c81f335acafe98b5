use std::fmt;

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

impl fmt::Display for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = Masked {
            digits: &self.0,
            head: 4,
            tail: 4,
        };
        write!(f, "Mobile({masked})")
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digits::scripts::SCRIPTS;

    #[test]
    fn every_form_people_write_is_the_same_number() {
        for text in [
            "09123452730",
            "9123452730",
            "989123452730",
            "+989123452730",
            "00989123452730",
            "0912 345 2730",
            "0912-345-27-30",
            "+98 912 345 2730",
            "۰۹۱۲۳۴۵۲۷۳۰",
            "+٩٨٩١٢٣٤٥٢٧٣٠",
            " 09123452730 ",
        ] {
            let mobile = Mobile::parse(text).unwrap();
            assert_eq!(mobile.as_str(), "09123452730", "{text}");
        }
    }

    #[test]
    fn a_number_that_begins_like_the_country_code_is_not_cut() {
        for text in ["9812345678", "989812345678"] {
            assert_eq!(Mobile::parse(text).unwrap().as_str(), "09812345678");
        }
    }

    #[test]
    fn whatever_else_is_refused() {
        let length = "does not have the length of an Iranian mobile number";
        let start = "does not start with 09";
        let character = "has a character that does not belong in a mobile number";
        for (text, problem) in [
            ("", length),
            ("0912345273", length),
            ("091234527300", length),
            ("+98912345273", length),
            ("+9809123452730", length),
            ("98989123452730", length),
            ("02188001122", start),
            ("8123452730", start),
            ("+988123452730", start),
            ("+449123452730", character),
            ("0912345273x", character),
            ("(0912)3452730", character),
            ("0912.345.2730", character),
            ("09123452730\n", character),
        ] {
            let error = Mobile::parse(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("mobile", problem), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_middle_and_errors_everything() {
        let mobile = Mobile::parse("09123452730").unwrap();
        assert_eq!(format!("{mobile:?}"), "Mobile(0912***2730)");
        assert_eq!(mobile.to_string(), "09123452730");
        let error = Mobile::parse("091234527301").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("345273"));
    }

    proptest! {
        #[test]
        fn normalised_numbers_read_back(national in "9[0-9]{9}") {
            let expected = format!("0{national}");
            for write in SCRIPTS {
                for prefix in ["", "0", "98", "+98", "0098"] {
                    let mobile = Mobile::parse(&write(&format!("{prefix}{national}"))).unwrap();
                    prop_assert_eq!(mobile.as_str(), expected.as_str());
                }
            }
        }

        #[test]
        fn what_is_accepted_has_one_shape(text in any::<String>(), near in "[+0-9۰-۹ -]{8,16}") {
            for text in [text, near] {
                if let Ok(mobile) = text.parse::<Mobile>() {
                    prop_assert_eq!(mobile.as_str().len(), 11);
                    prop_assert!(mobile.as_str().starts_with("09"));
                    prop_assert_eq!(Mobile::parse(mobile.as_str()), Ok(mobile));
                }
            }
        }
    }
}
