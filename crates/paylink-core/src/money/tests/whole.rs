use proptest::prelude::*;

use crate::digits::latin;
use crate::digits::scripts::SCRIPTS;
use crate::{Rial, Toman};

#[test]
fn plain_and_grouped_amounts_are_read() {
    for (text, amount) in [
        ("0", 0),
        ("7", 7),
        ("150000", 150_000),
        ("150,000", 150_000),
        ("1,500,000", 1_500_000),
        ("۱۵۰٬۰۰۰", 150_000),
        ("١٥٠٬٠٠٠", 150_000),
        ("۱۵۰،۰۰۰", 150_000),
        ("۱،۵۰۰،۰۰۰", 1_500_000),
        ("1،500", 1_500),
        ("18446744073709551615", u64::MAX),
        ("18,446,744,073,709,551,615", u64::MAX),
    ] {
        assert_eq!(Rial::parse(text), Ok(Rial::new(amount)), "{text}");
        assert_eq!(Toman::parse(text), Ok(Toman::new(amount)), "{text}");
    }
}

#[test]
fn whatever_else_is_refused() {
    let too_large = "is larger than 18446744073709551615";
    for (text, problem) in [
        ("", "is empty"),
        ("12,5x", "is not a whole number"),
        ("1,50", "is not a whole number"),
        ("1,5000", "is not a whole number"),
        ("1500,000", "is not a whole number"),
        (",500", "is not a whole number"),
        ("1,500,", "is not a whole number"),
        ("1,,500", "is not a whole number"),
        ("1,500٬000", "is not a whole number"),
        ("1,500،000", "is not a whole number"),
        ("1٬500،000", "is not a whole number"),
        ("1٫500", "is not a whole number"),
        ("1.500", "is not a whole number"),
        ("1.500.000", "is not a whole number"),
        ("1 500", "is not a whole number"),
        ("1'500", "is not a whole number"),
        ("1\u{200f}500", "is not a whole number"),
        ("1,5a0", "is not a whole number"),
        ("1234,567", "is not a whole number"),
        ("1,23٬", "is not a whole number"),
        (",", "is not a whole number"),
        ("1_000", "is not a whole number"),
        ("+5", "is not a whole number"),
        ("-5", "is not a whole number"),
        ("5.0", "is not a whole number"),
        ("5٫5", "is not a whole number"),
        ("1e3", "is not a whole number"),
        (" 5", "is not a whole number"),
        ("5 ", "is not a whole number"),
        ("5 rial", "is not a whole number"),
        ("１２", "is not a whole number"),
        ("09123456789", "starts with a zero"),
        ("00", "starts with a zero"),
        ("۰۵", "starts with a zero"),
        ("0,500", "starts with a zero"),
        ("18446744073709551616", too_large),
        ("99999999999999999999999999", too_large),
    ] {
        let error = Rial::parse(text).unwrap_err();
        let told = (error.label(), error.problem());
        assert_eq!(told, ("amount", problem), "{text}");
        assert_eq!(Toman::parse(text), Err(error));
    }
}

#[test]
fn a_refused_amount_is_shown() {
    assert_eq!(
        Rial::parse("12,5x").unwrap_err().to_string(),
        "amount \"12,5x\" is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or \
         fraction"
    );
}

#[test]
fn storage_takes_integers_only() {
    let written = serde_json::to_string(&Rial::new(u64::MAX)).unwrap();
    assert_eq!(written, "18446744073709551615");
    let read: Toman = serde_json::from_str("15000").unwrap();
    assert_eq!(read, Toman::new(15_000));
    for document in [
        "-1",
        "1.0",
        "1.5",
        "1e3",
        "\"150000\"",
        "18446744073709551616",
        "null",
        "[1]",
    ] {
        let rial = serde_json::from_str::<Rial>(document);
        let toman = serde_json::from_str::<Toman>(document);
        assert!(rial.is_err() && toman.is_err(), "{document}");
    }
}

#[test]
fn toman_refuses_a_remainder_of_rial() {
    for rial in 0..=100 {
        assert_eq!(Rial::new(rial).to_toman().is_ok(), rial % 10 == 0, "{rial}");
    }
}

fn grouped(amount: u64, separator: char) -> String {
    let plain = amount.to_string();
    let mut text = String::new();
    for (place, digit) in plain.chars().enumerate() {
        if place > 0 && (plain.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

proptest! {
    #[test]
    fn every_amount_reads_back_in_every_script(amount in any::<u64>()) {
        for write in SCRIPTS {
            for text in [amount.to_string(), grouped(amount, ','), grouped(amount, '٬'), grouped(amount, '،')] {
                prop_assert_eq!(Rial::parse(&write(&text)), Ok(Rial::new(amount)));
                prop_assert_eq!(Toman::parse(&write(&text)), Ok(Toman::new(amount)));
            }
        }
    }

    #[test]
    fn printing_carries_the_unit(amount in any::<u64>()) {
        prop_assert_eq!(Rial::new(amount).to_string(), format!("{amount} rial"));
        prop_assert_eq!(Toman::new(amount).to_string(), format!("{amount} toman"));
    }

    #[test]
    fn what_is_read_is_what_the_digits_say(text in "[0-9,٬،۰-۹]{1,24}") {
        let bare: String = text.chars().filter(|c| !matches!(c, ',' | '٬' | '،')).collect();
        let digits = latin(&bare).into_owned();
        match Rial::parse(&text) {
            Ok(rial) => prop_assert_eq!(rial.get().to_string(), digits),
            Err(_) => prop_assert!(bare != text || digits.starts_with('0') || digits.len() > 19),
        }
    }

    #[test]
    fn arithmetic_agrees_with_wider_integers(a in any::<u64>(), b in any::<u64>()) {
        let narrow = |wide: u128| u64::try_from(wide).ok();
        let sum = narrow(u128::from(a) + u128::from(b));
        let difference = u128::from(a).checked_sub(u128::from(b)).and_then(narrow);
        let product = narrow(u128::from(a) * u128::from(b));
        prop_assert_eq!(Rial::new(a).checked_add(Rial::new(b)).map(Rial::get), sum);
        prop_assert_eq!(Rial::new(a).checked_sub(Rial::new(b)).map(Rial::get), difference);
        prop_assert_eq!(Rial::new(a).checked_mul(b).map(Rial::get), product);
        prop_assert_eq!(Toman::new(a).checked_add(Toman::new(b)).map(Toman::get), sum);
        prop_assert_eq!(Toman::new(a).checked_sub(Toman::new(b)).map(Toman::get), difference);
        prop_assert_eq!(Toman::new(a).checked_mul(b).map(Toman::get), product);
    }

    #[test]
    fn small_products_are_not_refused(a in any::<u32>(), b in any::<u32>()) {
        let (a, b) = (u64::from(a), u64::from(b));
        prop_assert_eq!(Rial::new(a).checked_mul(b), Some(Rial::new(a * b)));
        prop_assert_eq!(Toman::new(a).checked_mul(b), Some(Toman::new(a * b)));
    }

    #[test]
    fn units_convert_there_and_back(toman in any::<u64>()) {
        match Toman::new(toman).to_rial() {
            Ok(rial) => {
                prop_assert_eq!(u128::from(rial.get()), u128::from(toman) * 10);
                prop_assert_eq!(rial.to_toman(), Ok(Toman::new(toman)));
            }
            Err(_) => prop_assert!(toman > u64::MAX / 10),
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Rial::parse(&text);
        let _ = Toman::parse(&text);
    }
}
