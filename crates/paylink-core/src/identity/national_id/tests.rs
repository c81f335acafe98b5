use proptest::prelude::*;

use super::*;
use crate::digits::scripts::SCRIPTS;

#[test]
fn every_script_is_read() {
    for text in ["0076229645", "۰۰۷۶۲۲۹۶۴۵", "٠٠٧٦٢٢٩٦٤٥"] {
        assert_eq!(
            NationalId::parse(text).unwrap().as_str(),
            "0076229645",
            "{text}"
        );
    }
}

#[test]
fn whatever_else_is_refused() {
    let wrong_check = "does not pass the check of a national id";
    for (text, problem) in [
        ("", "does not have 10 digits"),
        ("76229645", "does not have 10 digits"),
        ("00762296450", "does not have 10 digits"),
        ("007-622964-5", "has a character that is not a digit"),
        (" 0076229645", "has a character that is not a digit"),
        ("+076229645", "has a character that is not a digit"),
        (
            "００７６２２９６４５",
            "has a character that is not a digit",
        ),
        ("0076229646", wrong_check),
        ("0000000000", wrong_check),
        ("1111111111", wrong_check),
        ("1230000000", wrong_check),
    ] {
        let error = NationalId::parse(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("national id", problem),
            "{text}"
        );
    }
}

#[test]
fn a_foreigners_code_is_taken_where_it_is_said_to_be_one_and_nowhere_else() {
    for write in SCRIPTS {
        let code = write("100234567890");
        let id = NationalId::parse_foreign(&code).unwrap();
        assert_eq!(id.as_str(), "100234567890");
        assert!(id.is_foreign());
        assert_eq!(
            format!("{id} {id:?}"),
            "**********90 NationalId(**********90)"
        );
        let error = NationalId::parse(&code).unwrap_err();
        assert_eq!(error.problem(), "has 12 digits, as a foreigner's code has");
        assert!(error.remedy().unwrap().contains("foreigner"));
        assert!(code.parse::<NationalId>().is_err());
    }
    assert!(!NationalId::parse("0076229645").unwrap().is_foreign());
}

#[test]
fn what_is_no_foreigners_code_is_refused_and_not_repeated() {
    for (text, problem) in [
        ("", "does not have the 12 digits of a foreigner's code"),
        (
            "0076229645",
            "does not have the 12 digits of a foreigner's code",
        ),
        (
            "10023456789",
            "does not have the 12 digits of a foreigner's code",
        ),
        (
            "1002345678901",
            "does not have the 12 digits of a foreigner's code",
        ),
        ("1002-3456-7890", "has a character that is not a digit"),
        ("10023456789x", "has a character that is not a digit"),
        ("000000000000", "is one digit 12 times"),
        ("۹۹۹۹۹۹۹۹۹۹۹۹", "is one digit 12 times"),
    ] {
        let error = NationalId::parse_foreign(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("national id", problem),
            "{text}"
        );
        assert!(!format!("{error} {error:?}").contains("234567"), "{text}");
        assert_eq!(
            error.remedy(),
            Some("write all 12 digits of the foreigner's code")
        );
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
