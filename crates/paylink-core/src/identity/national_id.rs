use std::borrow::Cow;
use std::fmt;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digits::scripts::SCRIPTS;

    #[test]
    fn every_script_is_read() {
        for text in ["0076229645", "۰۰۷۶۲۲۹۶۴۵", "٠٠٧٦٢٢٩٦٤٥"] {
            let id = NationalId::parse(text).unwrap();
            assert_eq!(id.as_str(), "0076229645", "{text}");
        }
    }

    #[test]
    fn whatever_else_is_refused() {
        let wrong_check = "does not pass the check of a national id";
        let character = "has a character that is not a digit";
        for (text, problem) in [
            ("", "does not have 10 digits"),
            ("76229645", "does not have 10 digits"),
            ("00762296450", "does not have 10 digits"),
            ("007-622964-5", character),
            (" 0076229645", character),
            ("+076229645", character),
            ("００７６２２９６４５", character),
            ("0076229646", wrong_check),
            ("0000000000", wrong_check),
            ("1111111111", wrong_check),
            ("1230000000", wrong_check),
        ] {
            let error = NationalId::parse(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("national id", problem), "{text}");
        }
    }

    #[test]
    fn a_foreigners_code_is_taken_where_it_is_said_to_be_one_and_nowhere_else() {
        for write in SCRIPTS {
            let code = write("100234567890");
            let id = NationalId::parse_foreign(&code).unwrap();
            assert_eq!(id.as_str(), "100234567890");
            assert!(id.is_foreign());
            let shown = format!("{id} {id:?}");
            assert_eq!(shown, "**********90 NationalId(**********90)");
            let error = NationalId::parse(&code).unwrap_err();
            assert_eq!(error.problem(), "has 12 digits, as a foreigner's code has");
            assert!(error.remedy().unwrap().contains("foreigner"));
            assert!(code.parse::<NationalId>().is_err());
        }
        assert!(!NationalId::parse("0076229645").unwrap().is_foreign());
    }

    #[test]
    fn what_is_no_foreigners_code_is_refused_and_not_repeated() {
        let length = "does not have the 12 digits of a foreigner's code";
        for (text, problem) in [
            ("", length),
            ("0076229645", length),
            ("10023456789", length),
            ("1002345678901", length),
            ("1002-3456-7890", "has a character that is not a digit"),
            ("10023456789x", "has a character that is not a digit"),
            ("000000000000", "is one digit 12 times"),
            ("۹۹۹۹۹۹۹۹۹۹۹۹", "is one digit 12 times"),
        ] {
            let error = NationalId::parse_foreign(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("national id", problem), "{text}");
            assert!(!format!("{error} {error:?}").contains("234567"), "{text}");
            let remedy = "write all 12 digits of the foreigner's code";
            assert_eq!(error.remedy(), Some(remedy));
        }
        assert!(NationalId::parse_foreign("000000000001").is_ok());
    }

    #[test]
    fn only_two_digits_are_shown() {
        let id = NationalId::parse("0076229645").unwrap();
        assert_eq!(id.to_string(), "********45");
        assert_eq!(format!("{id:?}"), "NationalId(********45)");
    }

    #[test]
    fn errors_do_not_repeat_what_was_written() {
        for text in ["0076229646", "00762296450", "76229645", "0076-229645"] {
            let error = NationalId::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("229645"), "{text}");
        }
    }

    /// The check digit for each remainder of the weighted sum by 11. Remainders 1 and 10 share one.
    const CHECK_DIGIT: [u32; 11] = [0, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];

    fn check_digit(first_nine: &[u32]) -> u32 {
        let sum: u32 = first_nine
            .iter()
            .zip((2..=10).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        CHECK_DIGIT[(sum % 11) as usize]
    }

    /// Ten digits with their check digit, not all the same, with a serial number between place and check digit.
    fn is_national_id(digits: &[u32]) -> bool {
        let same = digits.iter().all(|digit| *digit == digits[0]);
        let has_serial = digits[3..9].iter().any(|digit| *digit != 0);
        !same && has_serial && digits[9] == check_digit(&digits[..9])
    }

    fn text_of(digits: &[u32]) -> String {
        digits.iter().map(u32::to_string).collect()
    }

    fn id_digits() -> impl Strategy<Value = Vec<u32>> {
        prop::collection::vec(0_u32..10, 9)
            .prop_map(|mut digits| {
                digits.push(check_digit(&digits));
                digits
            })
            .prop_filter("is an id", |digits| is_national_id(digits))
    }

    proptest! {
        #[test]
        fn ids_with_a_right_check_digit_are_read(digits in id_digits()) {
            let text = text_of(&digits);
            for write in SCRIPTS {
                let id = NationalId::parse(&write(&text)).unwrap();
                prop_assert_eq!(id.as_str(), text.as_str());
                prop_assert_eq!(id.to_string(), format!("********{}", text_of(&digits[8..])));
            }
        }

        #[test]
        fn a_single_wrong_digit_is_noticed_unless_the_check_digit_is_shared(digits in id_digits()) {
            for place in 0..10 {
                for wrong in (0..10).filter(|wrong| *wrong != digits[place]) {
                    let mut mistyped = digits.clone();
                    mistyped[place] = wrong;
                    // Remainders 1 and 10 lead to the same check digit: that one error cannot be noticed by anybody.
                    let shared = place < 9 && digits[9] == 1 && check_digit(&mistyped[..9]) == 1;
                    prop_assert_eq!(NationalId::parse(&text_of(&mistyped)).is_ok(), shared && is_national_id(&mistyped));
                }
            }
        }

        #[test]
        fn the_check_agrees_with_the_rule(digits in prop::collection::vec(0_u32..10, 10)) {
            prop_assert_eq!(NationalId::parse(&text_of(&digits)).is_ok(), is_national_id(&digits));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9۰-۹+-]{8,11}") {
            for text in [text, near] {
                if let Ok(id) = text.parse::<NationalId>() {
                    prop_assert_eq!(NationalId::parse(id.as_str()), Ok(id));
                }
            }
        }
    }
}
