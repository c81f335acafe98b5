//! Decimals without rounding: every result is exact, or there is none.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::Money;
use crate::{Invalid, digits};

/// Reads a plain decimal: digits in any of the three scripts, at most one decimal point (`.` or `٫`) between them.
pub(super) fn read(text: &str) -> Result<Decimal, Invalid> {
    if text.is_empty() {
        return Err(
            Invalid::new(Money::KEY, "is empty").with_remedy("write a number, such as 100.99")
        );
    }
    let plain = in_latin(text);
    if !is_plain(&plain) {
        return Err(Invalid::new(Money::KEY, "is not a plain decimal number").with_value(text).with_remedy(
            "write digits with at most one decimal point, such as 100.99, without sign, separators or leading zeros",
        ));
    }
    // Zeros at the end are kept where there is room for them, since they are how the amount was written.
    // Where there is none they go, since they do not change it.
    Decimal::from_str_exact(&plain)
        .or_else(|_| Decimal::from_str_exact(without_trailing_zeros(&plain)))
        .map_err(|_| {
            Invalid::new(Money::KEY, "has more digits than can be kept exactly")
                .with_value(text)
                .with_remedy("use at most 28 significant digits and 28 decimal places")
        })
}

/// Adds, unless the exact sum has too many digits.
pub(super) fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    at_common_scale(a, b, i128::checked_add)
}

/// Subtracts, unless the exact difference has too many digits.
pub(super) fn subtract(a: Decimal, b: Decimal) -> Option<Decimal> {
    at_common_scale(a, b, i128::checked_sub)
}

/// The whole number `amount * times / parts`, unless there is a remainder or it is too large.
pub(super) fn whole(amount: Decimal, times: u128, parts: u128) -> Option<u64> {
    let numerator = amount.mantissa().unsigned_abs().checked_mul(times)?;
    let denominator = 10_u128.checked_pow(amount.scale())?.checked_mul(parts)?;
    if numerator.checked_rem(denominator)? == 0 {
        u64::try_from(numerator.checked_div(denominator)?).ok()
    } else {
        None
    }
}

fn in_latin(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let point = |c| {
        if c == '٫' {
            '.'
        } else {
            digits::latin_char(c)
        }
    };
    Cow::Owned(text.chars().map(point).collect())
}

fn is_plain(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    are_digits(whole) && !leading_zero && fraction.is_none_or(are_digits)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_trailing_zeros(plain: &str) -> &str {
    if plain.contains('.') {
        plain.trim_end_matches('0').trim_end_matches('.')
    } else {
        plain
    }
}

/// `Decimal`'s own sums are rounded when they are long, so both sides are counted in their smaller unit instead.
fn at_common_scale(
    a: Decimal,
    b: Decimal,
    operation: fn(i128, i128) -> Option<i128>,
) -> Option<Decimal> {
    let attempt = |a: Decimal, b: Decimal| {
        let scale = a.scale().max(b.scale());
        fit(
            operation(mantissa_at(a, scale)?, mantissa_at(b, scale)?)?,
            scale,
        )
    };
    attempt(a, b).or_else(|| attempt(a.normalize(), b.normalize()))
}

fn mantissa_at(amount: Decimal, scale: u32) -> Option<i128> {
    let shift = scale.checked_sub(amount.scale())?;
    amount.mantissa().checked_mul(10_i128.checked_pow(shift)?)
}

/// Drops zeros at the end until the number fits.
fn fit(mut mantissa: i128, mut scale: u32) -> Option<Decimal> {
    loop {
        match Decimal::try_from_i128_with_scale(mantissa, scale) {
            Ok(exact) => return Some(exact),
            Err(_) if scale > 0 && mantissa % 10 == 0 => {
                mantissa /= 10;
                scale -= 1;
            }
            Err(_) => return None,
        }
    }
}
