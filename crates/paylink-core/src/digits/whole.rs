use super::latin_char;
use super::marks::ungrouped_by_marks;
use crate::{FieldKey, Invalid};

/// Reads a whole number that a person typed, which is known to that person as `field`.
///
/// Digits may be Latin, Persian or Arabic, plain or in groups of three with one kind of mark between them: `,`, `،` or
/// `٬`. Nothing is guessed: signs, spaces, fractions, exponents, ill-placed or mixed marks and leading zeros are refused.
/// A whole number has no decimal comma, so `1,500` is fifteen hundred and `1,5` is refused.
///
/// # Errors
///
/// Shows the text, says what is wrong with it and how to write it; [`Invalid::remedy`] says something better where more
/// is known about the field. Never read a secret with it.
///
/// ```
/// use paylink_core::digits::whole;
/// use paylink_core::{FieldKey, Money};
///
/// const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");
/// assert_eq!(whole(TERMINAL, "۱۰۰۳")?, 1003);
/// assert_eq!(whole(Money::KEY, "1,500,000")?, 1_500_000);
/// for refused in ["", "1,5", "1,50,000", "1,500٬000", "1.5", "-1", " 1", "007", "1e3"] {
///     assert_eq!(whole(Money::KEY, refused).unwrap_err().key(), "amount");
/// }
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
pub fn whole(field: FieldKey, text: &str) -> Result<u64, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(field, "is empty").remedy("write digits, such as 150000"));
    }
    if has_leading_zero(text) {
        // Such a text is more often a mobile number or a code in the wrong place than a number.
        return Err(Invalid::new(field, "starts with a zero")
            .value(text)
            .remedy("write the number without leading zeros"));
    }
    let malformed = || {
        Invalid::new(field, "is not a whole number")
            .value(text)
            .remedy("write digits only, such as 150000 or 150,000, without sign, unit or fraction")
    };
    let bare = ungrouped_by_marks(text).ok_or_else(malformed)?;
    let mut number = Some(0_u64);
    for c in bare.chars() {
        let digit = latin_char(c).to_digit(10).ok_or_else(malformed)?;
        number = number.and_then(|number| number.checked_mul(10)?.checked_add(u64::from(digit)));
    }
    number.ok_or_else(|| {
        Invalid::new(field, format!("is larger than {}", u64::MAX))
            .value(text)
            .remedy("check the number of digits")
    })
}

fn has_leading_zero(text: &str) -> bool {
    let mut chars = text.chars().map(latin_char);
    chars.next() == Some('0') && chars.next().is_some()
}
