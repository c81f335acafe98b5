//! Sums and differences against long-hand arithmetic on the digits themselves.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::{trimmed, usd};
use crate::{Currency, Money};

#[test]
fn places_are_those_of_the_finer_amount() {
    assert_eq!(
        usd("100.99").checked_add(usd("0.01")).unwrap().amount(),
        "101.00"
    );
    assert_eq!(
        usd("1.5").checked_sub(usd("0.500")).unwrap().amount(),
        "1.000"
    );
    assert_eq!(usd("0").checked_add(usd("0.0")).unwrap().amount(), "0.0");
}

#[test]
fn a_sum_that_would_have_to_be_rounded_is_refused() {
    let large = usd("70000000000000000000000000000");
    let error = large.checked_add(usd("0.1")).unwrap_err();
    assert_eq!(error.problem(), "plus 0.1 USD cannot be kept exactly");
    assert_eq!(
        large.checked_sub(usd("0.1")).unwrap_err().problem(),
        "minus 0.1 USD cannot be kept exactly"
    );
    // Zeros make no sum long.
    let without = usd("70000000000000000000000000001");
    assert_eq!(
        large.checked_add(usd("1.0000000000000000000000000000")),
        Ok(without)
    );
    // Two halves make a whole, which needs one digit less than they do.
    let half = usd("5000000000000000000000000000.5");
    let whole = usd("10000000000000000000000000001");
    assert_eq!(half.checked_add(half), Ok(whole));
}

#[test]
fn the_largest_sum_is_kept_and_the_next_refused() {
    let largest = usd("79228162514264337593543950335");
    assert_eq!(
        usd("79228162514264337593543950334").checked_add(usd("1")),
        Ok(largest)
    );
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
        assert_eq!(
            refused.unwrap_err().problem(),
            "is in another currency than 1 USDT"
        );
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
    let sum: Vec<u8> = columns(a)
        .into_iter()
        .zip(columns(b))
        .map(|(a, b)| {
            let column = a + b + carry;
            carry = column / 10;
            column % 10
        })
        .collect();
    from_columns(&sum)
}

fn long_hand_difference(a: &str, b: &str) -> String {
    let mut borrow = 0;
    let difference: Vec<u8> = columns(a)
        .into_iter()
        .zip(columns(b))
        .map(|(a, b)| {
            let column = 10 + a - b - borrow;
            borrow = 1 - column / 10;
            column % 10
        })
        .collect();
    from_columns(&difference)
}

/// Whether the digits, read as one integer, fit in 96 bits.
fn fits(decimal: &str) -> bool {
    let digits = trimmed(decimal).replace('.', "");
    digits
        .parse::<u128>()
        .is_ok_and(|integer| integer < 1 << 96)
}
