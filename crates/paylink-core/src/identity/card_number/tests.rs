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
        assert_eq!(
            CardNumber::parse(text).unwrap().expose(),
            "6037701689095443",
            "{text}"
        );
    }
}

#[test]
fn whatever_else_is_refused() {
    for (text, problem) in [
        ("", "has fewer than 16 digits"),
        ("603770168909544", "has fewer than 16 digits"),
        ("60377016890954433", "has more than 16 digits"),
        ("603770168909544x", "has a character that is not a digit"),
        ("6037_7016_8909_5443", "has a character that is not a digit"),
        (
            "６０３７７０１６８９０９５４４３",
            "has a character that is not a digit",
        ),
        (
            "6037701689095444",
            "does not pass the check of a card number",
        ),
        ("0000000000000000", "starts with a zero"),
    ] {
        let error = CardNumber::parse(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("card number", problem),
            "{text}"
        );
    }
}

#[test]
fn only_six_and_four_digits_are_shown() {
    let card = CardNumber::parse("6037701689095443").unwrap();
    assert_eq!(card.to_string(), "603770******5443");
    assert_eq!(format!("{card:?}"), "CardNumber(603770******5443)");
    assert_eq!(
        format!("{:?}", Some(card)),
        "Some(CardNumber(603770******5443))"
    );
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
