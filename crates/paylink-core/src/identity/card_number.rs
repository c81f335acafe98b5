use std::fmt;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digits::scripts::SCRIPTS;

    #[test]
    fn every_form_people_write_is_the_same_number() {
        for text in [
            "6037701689095443",
            "6037 7016 8909 5443",
            "6037-7016-8909-5443",
            "۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳",
            "٦٠٣٧ ٧٠١٦ ٨٩٠٩ ٥٤٤٣",
        ] {
            let card = CardNumber::parse(text).unwrap();
            assert_eq!(card.expose(), "6037701689095443", "{text}");
        }
    }

    #[test]
    fn whatever_else_is_refused() {
        let character = "has a character that is not a digit";
        for (text, problem) in [
            ("", "has fewer than 16 digits"),
            ("603770168909544", "has fewer than 16 digits"),
            ("60377016890954433", "has more than 16 digits"),
            ("603770168909544x", character),
            ("6037_7016_8909_5443", character),
            ("６０３７７０１６８９０９５４４３", character),
            (
                "6037701689095444",
                "does not pass the check of a card number",
            ),
            ("0000000000000000", "starts with a zero"),
        ] {
            let error = CardNumber::parse(text).unwrap_err();
            let told = (error.label(), error.problem());
            assert_eq!(told, ("card number", problem), "{text}");
        }
    }

    #[test]
    fn only_six_and_four_digits_are_shown() {
        let card = CardNumber::parse("6037701689095443").unwrap();
        assert_eq!(card.to_string(), "603770******5443");
        assert_eq!(format!("{card:?}"), "CardNumber(603770******5443)");
        let shown = format!("{:?}", Some(card));
        assert_eq!(shown, "Some(CardNumber(603770******5443))");
    }

    #[test]
    fn errors_do_not_repeat_what_was_written() {
        for text in [
            "6037701689095444",
            "60377016890954433",
            "603770168909544",
            "603770168909544x",
        ] {
            let error = CardNumber::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("6037"), "{text}");
        }
    }

    /// The check digit as ISO/IEC 7812-1 tells it: from the right, every second digit doubled.
    fn luhn(digits: &[u32]) -> bool {
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                if place % 2 == 0 {
                    *digit
                } else {
                    [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][*digit as usize]
                }
            })
            .sum();
        sum.is_multiple_of(10)
    }

    fn text_of(digits: &[u32]) -> String {
        digits.iter().map(u32::to_string).collect()
    }

    /// Sixteen digits of which the last makes them a card number.
    fn card_digits() -> impl Strategy<Value = Vec<u32>> {
        (1_u32..10, prop::collection::vec(0_u32..10, 14)).prop_map(|(first, rest)| {
            let mut digits = vec![first];
            digits.extend(rest);
            let check = (0..10).find(|check| luhn(&[&digits[..], &[*check]].concat()));
            digits.push(check.unwrap());
            digits
        })
    }

    proptest! {
        #[test]
        fn numbers_with_a_right_check_digit_are_read(digits in card_digits()) {
            let text = text_of(&digits);
            for write in SCRIPTS {
                let card = CardNumber::parse(&write(&text)).unwrap();
                prop_assert_eq!(card.expose(), text.as_str());
                let (head, tail) = (text_of(&digits[..6]), text_of(&digits[12..]));
                prop_assert_eq!(card.to_string(), format!("{head}******{tail}"));
            }
        }

        #[test]
        fn every_single_wrong_digit_is_noticed(digits in card_digits()) {
            for place in 0..16 {
                for wrong in (0..10).filter(|wrong| *wrong != digits[place]) {
                    let mut mistyped = digits.clone();
                    mistyped[place] = wrong;
                    prop_assert!(CardNumber::parse(&text_of(&mistyped)).is_err());
                }
            }
        }

        #[test]
        fn the_check_agrees_with_the_standard(digits in prop::collection::vec(0_u32..10, 16)) {
            let expected = luhn(&digits) && digits[0] != 0;
            prop_assert_eq!(CardNumber::parse(&text_of(&digits)).is_ok(), expected);
        }

        #[test]
        fn no_text_panics(text in any::<String>(), near in "[0-9۰-۹ -]{14,20}") {
            for text in [text, near] {
                if let Ok(card) = text.parse::<CardNumber>() {
                    prop_assert_eq!(CardNumber::parse(card.expose()), Ok(card));
                }
            }
        }
    }
}
