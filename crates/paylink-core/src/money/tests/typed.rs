//! Amounts as people type them, against the plain decimals that they mean.

use proptest::prelude::*;

use crate::digits::latin;
use crate::digits::scripts::{SCRIPTS, persian};
use crate::{Currency, Money};

const MARKS: [char; 3] = [',', '،', '٬'];

fn read(text: &str, currency: Currency) -> Result<String, String> {
    Money::parse(text, currency)
        .map(|money| money.amount())
        .map_err(|error| error.problem().to_owned())
}

#[test]
fn what_people_type_is_read() {
    use Currency::{Irr, Irt, Usd, Usdt};

    for (text, currency, amount) in [
        ("250,000", Irt, "250000"),
        ("250،000", Irr, "250000"),
        ("۲۵۰٬۰۰۰", Irt, "250000"),
        ("۲۵۰،۰۰۰", Irt, "250000"),
        ("٢٥٠,٠٠٠", Irr, "250000"),
        ("1,500", Irr, "1500"),
        ("1,234,567.5", Irt, "1234567.5"),
        ("15000.125", Irt, "15000.125"),
        ("0.125", Irt, "0.125"),
        ("250.00", Irt, "250.00"),
        ("250.0000", Irt, "250.0000"),
        ("1,250.750", Irt, "1250.750"),
        ("1,000.50", Usd, "1000.50"),
        ("۱٬۰۰۰٫۵", Usd, "1000.5"),
        ("1٬000", Usd, "1000"),
        ("1,000,000", Usdt, "1000000"),
        ("1.234", Usdt, "1.234"),
        ("100.99", Usd, "100.99"),
        ("0", Usd, "0"),
    ] {
        let read = read(text, currency);
        assert_eq!(read.as_deref(), Ok(amount), "{text} {currency}");
    }
}

#[test]
fn a_decimal_comma_is_never_taken_for_a_thousands_mark_nor_the_other_way_round() {
    use Currency::{Irr, Irt, Usd, Usdt};

    let two_ways = "can be read in two ways";
    for (text, currency, remedy) in [
        ("1,000", Usd, "write 1000 or 1.000"),
        ("۱،۲۳۴", Usdt, "write 1234 or 1.234"),
        ("250,125", Usd, "write 250125 or 250.125"),
        ("250.000", Irt, "write 250000 or 250.0000"),
        ("۲۵۰٫۰۰۰", Irr, "write 250000 or 250.0000"),
        ("1.500", Irr, "write 1500 or 1.5000"),
    ] {
        let error = Money::parse(text, currency).unwrap_err();
        let told = (error.problem(), error.remedy());
        assert_eq!(told, (two_ways, Some(remedy)), "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
    for text in [
        "12,5",
        "12,50",
        "1,0000",
        "1000,000",
        ",500",
        "1,500,",
        "1,,500",
        "1,500٬000",
        "1.500,00",
        "0,500",
        "1,00.5",
        "1.5,000",
        "1,000,00",
        "1 000",
        "1'000",
    ] {
        for currency in Currency::ALL {
            assert!(read(text, currency).is_err(), "{text} {currency}");
        }
    }
}

#[test]
fn whatever_is_no_number_is_shown_as_it_was_typed() {
    for text in [
        "-1",
        "+1",
        "1e3",
        "1.",
        ".5",
        " 1",
        "007",
        "1.2.3",
        "1٫2.3",
        "۱x",
        "1\u{200f}000",
        "$1",
    ] {
        let error = Money::parse(text, Currency::Irt).unwrap_err();
        assert_eq!(error.label(), "amount");
        let typed = crate::text::excerpt(text, 60);
        let quoted = format!("\"{typed}\"");
        assert!(error.to_string().contains(&quoted), "{error}");
    }
    let error = Money::parse("", Currency::Irt).unwrap_err();
    let told = "amount is empty: write a number, such as 100.99";
    assert_eq!(error.to_string(), told);
    // Programs and providers write no marks, and reading theirs forgives none.
    for text in ["250,000", "۲۵۰٬۰۰۰", "250،000"] {
        assert!(Money::new(text, Currency::Irt).is_err());
        let stored = format!(r#"{{"amount":"{text}","currency":"IRT"}}"#);
        assert!(serde_json::from_str::<Money>(&stored).is_err());
    }
}

fn grouped(whole: &str, mark: char) -> String {
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

proptest! {
    #[test]
    fn every_amount_reads_back_however_it_is_grouped(
        whole in "0|[1-9][0-9]{0,11}",
        fraction in proptest::option::of("[0-9]{1,6}"),
        mark in prop::sample::select(&MARKS),
        currency in prop::sample::select(&Currency::ALL),
        point in prop::sample::select(&['.', '٫']),
    ) {
        let plain = fraction.iter().fold(whole.clone(), |whole, fraction| format!("{whole}.{fraction}"));
        let exact = Money::new(&plain, currency).unwrap();
        let groups = grouped(&whole, mark);
        let typed = fraction.iter().fold(groups.clone(), |whole, fraction| format!("{whole}{point}{fraction}"));
        let iranian = matches!(currency, Currency::Irr | Currency::Irt);
        let marks = groups.matches(mark).count();
        let ambiguous = match &fraction {
            None => !iranian && marks == 1 && mark != '٬',
            Some(fraction) => iranian && whole != "0" && whole.len() <= 3 && fraction.len() == 3,
        };
        for write in SCRIPTS {
            let read = Money::parse(&write(&typed), currency);
            if ambiguous {
                let error = read.unwrap_err();
                prop_assert_eq!(error.problem(), "can be read in two ways");
            } else {
                prop_assert_eq!(read.unwrap().amount(), exact.amount());
            }
        }
    }

    /// Whatever is read, its digits are those that were typed, in their order, with the point where it was typed.
    #[test]
    fn nothing_is_guessed(text in "[0-9.٫,٬،۰-۹]{1,14}", currency in prop::sample::select(&Currency::ALL)) {
        let bare: String = text.chars().filter(|c| !MARKS.contains(c)).collect();
        let meant = latin(&bare).replace('٫', ".");
        if let Ok(money) = Money::parse(&text, currency) {
            prop_assert_eq!(money.amount(), meant);
            let used = MARKS.iter().filter(|mark| text.contains(**mark)).count();
            prop_assert!(used <= 1);
            let whole = text.split(['.', '٫']).next().unwrap();
            for group in whole.split(MARKS).skip(1) {
                prop_assert_eq!(group.chars().count(), 3);
            }
        } else if bare == text && Money::new(&text, currency).is_ok() {
            prop_assert!(matches!(currency, Currency::Irr | Currency::Irt));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        for currency in Currency::ALL {
            let _ = Money::parse(&text, currency);
            let _ = Money::parse(&persian(&text), currency);
        }
    }
}
