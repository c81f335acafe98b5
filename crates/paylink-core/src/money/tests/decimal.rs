use std::hash::{BuildHasher, RandomState};

use proptest::prelude::*;

use super::{trimmed, usd};
use crate::digits::scripts::SCRIPTS;
use crate::{Currency, Money};

#[test]
fn digits_are_kept_as_written() {
    for text in [
        "0",
        "0.00",
        "100.99",
        "100.990",
        "1.00000000000000000000",
        "79228162514264337593543950335",
    ] {
        assert_eq!(usd(text).amount(), text);
    }
}

#[test]
fn zeros_without_room_are_dropped_and_nothing_else() {
    // A milliard with the twenty decimals a provider may print needs 30 digits, of which 20 say nothing.
    assert_eq!(
        usd("1000000000.00000000000000000000").amount(),
        "1000000000"
    );
    assert_eq!(
        usd("1000000000.50000000000000000000").amount(),
        "1000000000.5"
    );
    assert_eq!(usd("0.00000000000000000000000000000000000").amount(), "0");
    assert!(Money::new("1000000000.00000000000000000001", Currency::Usd).is_err());
}

#[test]
fn the_last_number_that_fits_is_kept_and_the_next_refused() {
    assert!(Money::new("79228162514264337593543950335", Currency::Usd).is_ok());
    assert!(Money::new("79228162514264337593543950336", Currency::Usd).is_err());
    assert!(Money::new("7.9228162514264337593543950335", Currency::Usd).is_ok());
    assert!(Money::new("7.9228162514264337593543950336", Currency::Usd).is_err());
    assert!(Money::new("0.0000000000000000000000000001", Currency::Usd).is_ok());
    assert!(Money::new("0.00000000000000000000000000001", Currency::Usd).is_err());
}

#[test]
fn whatever_is_not_a_plain_decimal_is_refused() {
    for text in [
        "-1", "+1", "-0", "1e3", "1E3", "1.", ".5", ".", "1..2", "1.2.3", "1,000", "1٬000",
        "1_000", " 1", "1 ", "1\n", "0x10", "007", "00", "00.5", "NaN", "inf", "12,5x", "１２",
        "1/5", "1٫", "$1",
    ] {
        let error = Money::new(text, Currency::Usd).unwrap_err();
        let told = (error.label(), error.problem());
        assert_eq!(told, ("amount", "is not a plain decimal number"), "{text}");
    }
    assert_eq!(
        Money::new("", Currency::Usd).unwrap_err().problem(),
        "is empty"
    );
}

#[test]
fn the_persian_decimal_point_is_read() {
    assert_eq!(usd("۱۰۰٫۹۹").amount(), "100.99");
    assert_eq!(usd("١٠٠٫٩٩").amount(), "100.99");
    assert_eq!(usd("۱۰۰.۹۹").amount(), "100.99");
}

#[test]
fn equal_numbers_are_equal_money_in_one_currency_alone() {
    let hasher = RandomState::new();
    assert_eq!(usd("100.990"), usd("100.99"));
    assert_eq!(
        hasher.hash_one(usd("100.990")),
        hasher.hash_one(usd("100.99"))
    );
    assert_eq!(usd("0.00"), usd("0"));
    assert_eq!(hasher.hash_one(usd("0.00")), hasher.hash_one(usd("0")));
    assert_ne!(usd("1"), Money::new("1", Currency::Usdt).unwrap());
}

#[test]
fn order_exists_within_a_currency_alone() {
    assert!(usd("9") < usd("10"));
    assert!(usd("0.10") > usd("0.0999999999999999999999999999"));
    assert!(usd("79228162514264337593543950335") > usd("0.0000000000000000000000000001"));
    assert_eq!(
        usd("1").partial_cmp(&Money::new("2", Currency::Usdt).unwrap()),
        None
    );
}

#[test]
fn zero_is_not_positive() {
    assert!(!usd("0").is_positive());
    assert!(!usd("0.000").is_positive());
    assert!(usd("0.0000000000000000000000000001").is_positive());
}

proptest! {
    #[test]
    fn up_to_28_digits_survive_in_every_script(
        digits in "[1-9][0-9]{0,27}",
        decimals in 0_usize..=28,
    ) {
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        let text = if decimals == 0 { digits } else { format!("{whole}.{fraction}") };
        for write in SCRIPTS {
            for written in [write(&text), write(&text).replace('.', "٫")] {
                prop_assert_eq!(Money::new(&written, Currency::Irt).unwrap().amount(), text.as_str());
            }
        }
    }

    #[test]
    fn longer_ones_are_exact_or_refused(text in "(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?") {
        let significant = trimmed(&text).replace('.', "");
        let significant = significant.trim_start_matches('0').len();
        let decimals = trimmed(&text).split_once('.').map_or(0, |(_, fraction)| fraction.len());
        match Money::new(&text, Currency::Usd) {
            Ok(money) => {
                let amount = money.amount();
                prop_assert_eq!(trimmed(&amount), trimmed(&text));
            }
            Err(error) => {
                prop_assert_eq!(error.problem(), "has more digits than can be kept exactly");
                prop_assert!(significant > 28 || decimals > 28);
            }
        }
    }

    #[test]
    fn zeros_at_the_end_change_no_value(text in "[1-9][0-9]{0,9}\\.[0-9]{1,9}", zeros in 0_usize..60) {
        prop_assert_eq!(usd(&format!("{text}{}", "0".repeat(zeros))), usd(&text));
    }

    #[test]
    fn order_and_equality_are_those_of_the_numbers(a in any::<u64>(), b in any::<u64>(), zeros in 0_usize..9) {
        let (left, right) = (usd(&format!("{a}.{}", "0".repeat(zeros + 1))), usd(&b.to_string()));
        prop_assert_eq!(left.partial_cmp(&right), Some(a.cmp(&b)));
        prop_assert_eq!(left == right, a == b);
    }

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[0-9.٫,٬_eE+۰-۹ -]{0,40}") {
        for text in [text, near] {
            if let Ok(money) = Money::new(&text, Currency::Usd) {
                prop_assert_eq!(Money::new(&money.amount(), Currency::Usd), Ok(money));
            }
        }
    }
}
