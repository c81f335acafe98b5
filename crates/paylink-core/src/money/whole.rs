use crate::{Invalid, digits};

const FIELD: &str = "amount";

/// What people write between groups of three digits: the comma, and the Persian thousands separator.
const SEPARATORS: [char; 2] = [',', '٬'];

/// Reads a whole amount: digits in any of the three scripts, plain or in well-formed groups of three.
pub(super) fn read(text: &str) -> Result<u64, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(FIELD, "is empty").remedy("write digits, such as 150000"));
    }
    if has_leading_zero(text) {
        // Such a text is more often a mobile number or a code in the wrong place than an amount.
        return Err(Invalid::new(FIELD, "starts with a zero")
            .value(text)
            .remedy("write the amount without leading zeros"));
    }
    let separator = text.chars().find(|c| SEPARATORS.contains(c));
    if !separator.is_none_or(|separator| is_in_groups_of_three(text, separator)) {
        return Err(malformed(text));
    }
    let mut amount = Some(0_u64);
    for c in text.chars().filter(|c| Some(*c) != separator) {
        let digit = digits::latin_char(c)
            .to_digit(10)
            .ok_or_else(|| malformed(text))?;
        amount = amount.and_then(|amount| amount.checked_mul(10)?.checked_add(u64::from(digit)));
    }
    amount.ok_or_else(|| {
        Invalid::new(FIELD, format!("is larger than {}", u64::MAX))
            .value(text)
            .remedy("check the number of digits")
    })
}

fn has_leading_zero(text: &str) -> bool {
    let mut chars = text.chars().map(digits::latin_char);
    chars.next() == Some('0') && chars.next().is_some()
}

fn is_in_groups_of_three(text: &str, separator: char) -> bool {
    let mut lengths = text.split(separator).map(|group| group.chars().count());
    matches!(lengths.next(), Some(1..=3)) && lengths.all(|length| length == 3)
}

fn malformed(text: &str) -> Invalid {
    Invalid::new(FIELD, "is not a whole number")
        .value(text)
        .remedy("write digits only, such as 150000 or 150,000, without sign, unit or fraction")
}
