mod typed;
mod whole;

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

use proptest::prelude::*;

use super::Money;
use super::currency::Currency;
use crate::digits::scripts::SCRIPTS;
use crate::{Rial, Toman};

/// A decimal without the zeros that do not change its value, for comparing numbers as text.
fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

fn usd(amount: &str) -> Money {
    Money::new(amount, Currency::Usd).unwrap()
}

#[test]
fn codes_are_read_in_either_case() {
    for currency in Currency::ALL {
        assert_eq!(currency.code().parse(), Ok(currency));
        assert_eq!(currency.code().to_lowercase().parse(), Ok(currency));
    }
}

#[test]
fn what_is_not_a_code_is_refused() {
    for code in [
        "",
        "US",
        "USDTT",
        " USD",
        "EUR",
        "rial",
        "تومان",
        "U\u{17f}D",
    ] {
        let error = Currency::parse(code).unwrap_err();
        let told = (error.label(), error.problem());
        assert_eq!(told, ("currency", "is not known"), "{code}");
    }
}

#[test]
fn the_remedy_names_every_currency() {
    let error = Currency::parse("EUR").unwrap_err();
    let remedy = error.remedy().unwrap();
    for currency in Currency::ALL {
        assert!(remedy.contains(currency.code()), "{currency}");
    }
}

#[test]
fn serde_uses_the_code() {
    assert_eq!(serde_json::to_string(&Currency::Irt).unwrap(), "\"IRT\"");
    let read = serde_json::from_str::<Currency>;
    assert_eq!(read("\"IRT\"").unwrap(), Currency::Irt);
    for document in ["\"EUR\"", "0", "null", "{\"Usd\":null}"] {
        assert!(read(document).is_err(), "{document}");
    }
}

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
    for (text, amount) in [
        ("1000000000.00000000000000000000", "1000000000"),
        ("1000000000.50000000000000000000", "1000000000.5"),
        ("0.00000000000000000000000000000000000", "0"),
    ] {
        assert_eq!(usd(text).amount(), amount);
    }
    assert!(Money::new("1000000000.00000000000000000001", Currency::Usd).is_err());
}

#[test]
fn the_last_number_that_fits_is_kept_and_the_next_refused() {
    let is_kept = |text| Money::new(text, Currency::Usd).is_ok();
    assert!(is_kept("79228162514264337593543950335"));
    assert!(!is_kept("79228162514264337593543950336"));
    assert!(is_kept("7.9228162514264337593543950335"));
    assert!(!is_kept("7.9228162514264337593543950336"));
    assert!(is_kept("0.0000000000000000000000000001"));
    assert!(!is_kept("0.00000000000000000000000000001"));
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
    let nothing = Money::new("", Currency::Usd).unwrap_err();
    assert_eq!(nothing.problem(), "is empty");
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
    for (one, other) in [("100.990", "100.99"), ("0.00", "0")] {
        assert_eq!(usd(one), usd(other));
        assert_eq!(hasher.hash_one(usd(one)), hasher.hash_one(usd(other)));
    }
    assert_ne!(usd("1"), Money::new("1", Currency::Usdt).unwrap());
}

#[test]
fn order_exists_within_a_currency_alone() {
    assert!(usd("9") < usd("10"));
    assert!(usd("0.10") > usd("0.0999999999999999999999999999"));
    assert!(usd("79228162514264337593543950335") > usd("0.0000000000000000000000000001"));
    let usdt = Money::new("2", Currency::Usdt).unwrap();
    assert_eq!(usd("1").partial_cmp(&usdt), None);
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

fn irt(amount: &str) -> Money {
    Money::new(amount, Currency::Irt).unwrap()
}

fn irr(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

#[test]
fn conversion_is_by_value() {
    assert_eq!(Toman::try_from(irt("15000.00")), Ok(Toman::new(15_000)));
    assert_eq!(Rial::try_from(irt("15000.50")), Ok(Rial::new(150_005)));
    assert_eq!(Rial::try_from(irr("150000.0")), Ok(Rial::new(150_000)));
    assert_eq!(Toman::try_from(irr("150000")), Ok(Toman::new(15_000)));
    assert_eq!(Toman::try_from(irr("0")), Ok(Toman::new(0)));
    let padded = irt("15000.00000000000000000000");
    assert_eq!(Rial::try_from(padded), Ok(Rial::new(150_000)));
}

#[test]
fn fractions_are_refused() {
    assert!(Rial::try_from(irt("15000.05")).is_err());
    assert!(Toman::try_from(irt("0.5")).is_err());
    assert!(Toman::try_from(irr("150005")).is_err());
    assert!(Rial::try_from(irr("0.9999999999999999999999999999")).is_err());
    assert_eq!(
        Toman::try_from(irr("150005")).unwrap_err().to_string(),
        "amount \"150005 IRR\" is not a whole number of toman, or too large a one: amounts are never rounded"
    );
}

#[test]
fn what_is_too_large_is_refused() {
    let (rial, toman) = (Rial::new(u64::MAX), Toman::new(u64::MAX));
    assert_eq!(Rial::try_from(irr("18446744073709551615")), Ok(rial));
    assert!(Rial::try_from(irr("18446744073709551616")).is_err());
    assert_eq!(Rial::try_from(irt("1844674407370955161.5")), Ok(rial));
    assert!(Rial::try_from(irt("1844674407370955161.6")).is_err());
    assert_eq!(Toman::try_from(irr("184467440737095516150")), Ok(toman));
    assert!(Rial::try_from(irt("79228162514264337593543950335")).is_err());
}

#[test]
fn dollars_are_not_exchanged() {
    for currency in [Currency::Usd, Currency::Usdt] {
        let money = Money::new("10", currency).unwrap();
        let (rial, toman) = (Rial::try_from(money), Toman::try_from(money));
        for error in [rial.unwrap_err(), toman.unwrap_err()] {
            assert_eq!(error.problem(), "is neither in toman nor in rial");
        }
    }
}

proptest! {
    #[test]
    fn whole_amounts_come_back(amount in any::<u64>()) {
        let (rial, toman) = (Rial::new(amount), Toman::new(amount));
        prop_assert_eq!(Rial::try_from(Money::from(rial)), Ok(rial));
        prop_assert_eq!(Toman::try_from(Money::from(toman)), Ok(toman));
        prop_assert_eq!(Toman::try_from(Money::from(rial)).ok(), rial.to_toman().ok());
        prop_assert_eq!(Rial::try_from(Money::from(toman)).ok(), toman.to_rial().ok());
    }
}

#[test]
fn it_is_written_as_text_with_its_currency() {
    let document = serde_json::to_string(&usd("100.990")).unwrap();
    assert_eq!(document, r#"{"amount":"100.990","currency":"USD"}"#);
}

#[test]
fn it_is_read_in_any_order() {
    let read: Money = serde_json::from_str(r#"{"currency":"USD","amount":"100.99"}"#).unwrap();
    assert_eq!(read, usd("100.99"));
}

#[test]
fn every_other_shape_is_refused() {
    for document in [
        r#"{"amount":100.99,"currency":"USD"}"#,
        r#"{"amount":100,"currency":"USD"}"#,
        r#"{"amount":null,"currency":"USD"}"#,
        r#"{"amount":"","currency":"USD"}"#,
        r#"{"amount":"-1","currency":"USD"}"#,
        r#"{"amount":"0.00000000000000000000000000001","currency":"USD"}"#,
        r#"{"amount":"100.99"}"#,
        r#"{"currency":"USD"}"#,
        r#"{"amount":"100.99","currency":"EUR"}"#,
        r#"{"amount":"100.99","currency":null}"#,
        r#"{"amount":"100.99","currency":"USD","note":"x"}"#,
        r#"{"amount":"100.99","amount":"100.99","currency":"USD"}"#,
        r#"{"amount":"100.99","currency":"USD","currency":"USD"}"#,
        r#"["100.99","USD"]"#,
        r#""100.99 USD""#,
        "null",
    ] {
        let read = serde_json::from_str::<Money>(document);
        assert!(read.is_err(), "{document}");
    }
}

proptest! {
    #[test]
    fn what_is_stored_comes_back_digit_by_digit(
        text in "(0|[1-9][0-9]{0,12})(\\.[0-9]{1,15})?",
        place in 0..Currency::ALL.len(),
    ) {
        let money = Money::new(&text, Currency::ALL[place]).unwrap();
        let stored = serde_json::to_vec(&money).unwrap();
        let read: Money = serde_json::from_slice(&stored).unwrap();
        prop_assert_eq!(read.amount(), text);
        prop_assert_eq!(read.currency(), money.currency());
    }
}

#[test]
fn places_are_those_of_the_finer_amount() {
    for (result, amount) in [
        (usd("100.99").checked_add(usd("0.01")), "101.00"),
        (usd("1.5").checked_sub(usd("0.500")), "1.000"),
        (usd("0").checked_add(usd("0.0")), "0.0"),
    ] {
        assert_eq!(result.unwrap().amount(), amount);
    }
}

#[test]
fn a_sum_that_would_have_to_be_rounded_is_refused() {
    let large = usd("70000000000000000000000000000");
    let error = large.checked_add(usd("0.1")).unwrap_err();
    assert_eq!(error.problem(), "plus 0.1 USD cannot be kept exactly");
    let error = large.checked_sub(usd("0.1")).unwrap_err();
    assert_eq!(error.problem(), "minus 0.1 USD cannot be kept exactly");
    // Zeros make no sum long.
    let without = usd("70000000000000000000000000001");
    let padded = usd("1.0000000000000000000000000000");
    assert_eq!(large.checked_add(padded), Ok(without));
    // Two halves make a whole, which needs one digit less than they do.
    let half = usd("5000000000000000000000000000.5");
    let whole = usd("10000000000000000000000000001");
    assert_eq!(half.checked_add(half), Ok(whole));
}

#[test]
fn the_largest_sum_is_kept_and_the_next_refused() {
    let largest = usd("79228162514264337593543950335");
    let last_but_one = usd("79228162514264337593543950334");
    assert_eq!(last_but_one.checked_add(usd("1")), Ok(largest));
    assert!(largest.checked_add(usd("1")).is_err());
}

#[test]
fn nothing_goes_below_zero() {
    assert_eq!(usd("1").checked_sub(usd("1.00")).unwrap(), usd("0"));
    let error = usd("1").checked_sub(usd("1.01")).unwrap_err();
    assert_eq!(error.to_string(), "amount \"1 USD\" is less than 1.01 USD");
}

#[test]
fn currencies_are_not_mixed() {
    let usdt = Money::new("1", Currency::Usdt).unwrap();
    for refused in [usd("1").checked_add(usdt), usd("1").checked_sub(usdt)] {
        let error = refused.unwrap_err();
        assert_eq!(error.problem(), "is in another currency than 1 USDT");
    }
}

proptest! {
    #[test]
    fn sums_are_exact_or_do_not_exist(a in amount(), b in amount()) {
        let expected = long_hand_sum(&a, &b);
        match usd(&a).checked_add(usd(&b)) {
            Ok(sum) => {
                let amount = sum.amount();
                prop_assert_eq!(trimmed(&amount), expected);
            }
            Err(_) => prop_assert!(!fits(&expected), "{}", expected),
        }
    }

    #[test]
    fn differences_are_exact_or_do_not_exist(a in amount(), b in amount()) {
        match usd(&a).checked_sub(usd(&b)) {
            Ok(difference) => prop_assert_eq!(long_hand_sum(&difference.amount(), &b), trimmed(&a)),
            Err(_) if usd(&a) < usd(&b) => {}
            Err(_) => prop_assert!(!fits(&long_hand_difference(&a, &b))),
        }
    }

    #[test]
    fn a_sum_can_be_taken_apart(a in amount(), b in amount()) {
        if let Ok(sum) = usd(&a).checked_add(usd(&b)) {
            prop_assert_eq!(sum.checked_sub(usd(&b)), Ok(usd(&a)));
            prop_assert_eq!(sum.partial_cmp(&usd(&a)) == Some(Ordering::Equal), !usd(&b).is_positive());
        }
    }
}

/// Amounts of every length, short ones as often as those at the edge of what fits.
fn amount() -> impl Strategy<Value = String> {
    prop_oneof![
        "(0|[1-9][0-9]{0,9})(\\.[0-9]{1,8})?",
        "(0|[1-9][0-9]{0,3})\\.[0-9]{20,24}",
        "[1-9][0-9]{20,27}",
        ((1_u128 << 96) - 10_000..1 << 96).prop_map(|integer| integer.to_string()),
    ]
}

const DECIMALS: usize = 28;
const PLACES: usize = 60;

/// The digits of a decimal, the last one first, with 28 decimals.
fn columns(text: &str) -> Vec<u8> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<DECIMALS$}");
    format!("{digits:0>PLACES$}")
        .bytes()
        .rev()
        .map(|digit| digit - b'0')
        .collect()
}

fn from_columns(columns: &[u8]) -> String {
    let digits: String = columns
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect();
    let (whole, fraction) = digits.split_at(PLACES - DECIMALS);
    let whole = whole.trim_start_matches('0');
    let text = format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole });
    trimmed(&text).to_owned()
}

fn long_hand_sum(a: &str, b: &str) -> String {
    let mut carry = 0;
    long_hand(a, b, |a, b| {
        let column = a + b + carry;
        carry = column / 10;
        column % 10
    })
}

fn long_hand_difference(a: &str, b: &str) -> String {
    let mut borrow = 0;
    long_hand(a, b, |a, b| {
        let column = 10 + a - b - borrow;
        borrow = 1 - column / 10;
        column % 10
    })
}

fn long_hand(a: &str, b: &str, mut digit: impl FnMut(u8, u8) -> u8) -> String {
    let columns = columns(a).into_iter().zip(columns(b));
    from_columns(&columns.map(|(a, b)| digit(a, b)).collect::<Vec<_>>())
}

/// Whether the digits, read as one integer, fit in 96 bits.
fn fits(decimal: &str) -> bool {
    let digits = trimmed(decimal).replace('.', "");
    digits
        .parse::<u128>()
        .is_ok_and(|integer| integer < 1 << 96)
}
