//! Numbers as people in Iran type them.
//!
//! Persian (`۰` to `۹`) and Arabic (`٠` to `٩`) digits mean what Latin ones mean. Digits of any other script are left
//! alone, so that a parser refuses them as it refuses a letter.
//!
//! [`whole`] is the one reading of a typed whole number, and [`Money::parse`](crate::Money::parse) that of a typed
//! decimal; both take thousands marks. What a provider or a program writes is not read here: it has no marks.

#[cfg(test)]
pub(crate) mod scripts;
use std::borrow::Cow;

use crate::{FieldKey, Invalid};

/// Writes the Persian and Arabic digits of `text` as Latin ones and leaves all else as it is.
///
/// Text without such digits is handed back without copying it.
///
/// ```
/// use paylink_core::digits;
///
/// assert_eq!(digits::latin("۱۳۹۹/۱۱/٢١"), "1399/11/21");
/// assert_eq!(digits::latin("order 7"), "order 7");
/// ```
#[must_use]
pub fn latin(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| latin_char(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(latin_char).collect())
    }
}

/// Gives the Latin digit for a Persian or Arabic one, and any other character as it is.
///
/// ```
/// use paylink_core::digits;
///
/// assert_eq!(digits::latin_char('۷'), '7');
/// assert_eq!(digits::latin_char('x'), 'x');
/// ```
#[must_use]
pub fn latin_char(c: char) -> char {
    let zero = match c {
        '\u{06f0}'..='\u{06f9}' => '\u{06f0}',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        _ => return c,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// The characters of a number that people group with spaces and dashes, without those, its digits Latin.
pub(crate) fn ungrouped(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(latin_char)
}

/// Whether a typed number has a fraction as a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fractions {
    /// Rial and toman: three digits after a point are rather a group of thousands.
    Rare,
    /// Dollars: three digits after a comma may be either.
    Usual,
}

/// Writes a decimal that a person typed as machines write it: Latin digits, a point, no thousands marks.
///
/// What can be read in two ways is refused, and both are told. What else is wrong with it is found where
/// the plain form is read.
pub(crate) fn plain_decimal(
    field: FieldKey,
    text: &str,
    fractions: Fractions,
) -> Result<String, Invalid> {
    let latin = latin(text);
    let (whole, fraction) = match latin.split_once(['.', '٫']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (&*latin, None),
    };
    let malformed = || {
        Invalid::new(field, "is not a number").with_value(text).with_remedy(
            "write digits, thousands marks between groups of three or none, and a decimal point if there is a fraction, \
             such as 250,000 or 1,250.75",
        )
    };
    let bare = ungrouped_by_marks(whole).ok_or_else(malformed)?;
    if fraction.is_some_and(has_mark) || (has_mark(whole) && bare.starts_with('0')) {
        return Err(malformed());
    }
    let read_twice = |digits: &str, point: &str| {
        Invalid::new(field, "can be read in two ways")
            .with_value(text)
            .with_remedy(format!("write {digits} or {point}"))
    };
    match fraction {
        None if fractions == Fractions::Usual && has_one_comma(whole) => {
            let (thousands, rest) = bare
                .split_at_checked(bare.len().saturating_sub(3))
                .unwrap_or((&bare, ""));
            Err(read_twice(&bare, &format!("{thousands}.{rest}")))
        }
        None => Ok(bare),
        Some(rest) if fractions == Fractions::Rare && looks_grouped(whole, rest) => Err(
            read_twice(&format!("{bare}{rest}"), &format!("{bare}.{rest}0")),
        ),
        Some(rest) => Ok(format!("{bare}.{rest}")),
    }
}

/// `250.000` is two hundred and fifty thousand to many.
fn looks_grouped(whole: &str, fraction: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(whole.len(), 1..=3)
        && fraction.len() == 3
        && digits(whole)
        && digits(fraction)
        && !whole.starts_with('0')
}

/// The comma, the comma of Persian keyboards, and the thousands separator proper.
const MARKS: [char; 3] = [',', '،', '٬'];

/// Whether a mark of either kind stands in the text.
fn has_mark(text: &str) -> bool {
    text.contains(MARKS)
}

/// The text without its thousands marks; `None` if they do not stand, all of one kind, between groups of three.
///
/// A group may hold anything that is not a mark.
fn ungrouped_by_marks(text: &str) -> Option<String> {
    let Some(mark) = text.chars().find(|c| MARKS.contains(c)) else {
        return Some(text.to_owned());
    };
    let mut lengths = text.split(mark).map(|group| group.chars().count());
    let in_threes = matches!(lengths.next(), Some(1..=3)) && lengths.all(|length| length == 3);
    let bare: String = text.chars().filter(|c| *c != mark).collect();
    (in_threes && !has_mark(&bare)).then_some(bare)
}

/// Whether the only mark of the text is a comma: elsewhere in the world that is a decimal point.
fn has_one_comma(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| MARKS.contains(c));
    matches!((marks.next(), marks.next()), (Some(',' | '،'), None))
}

/// Reads a whole number that a person typed, which is known to that person as `field`.
///
/// Digits may be Latin, Persian or Arabic, plain or in groups of three with one kind of mark between them: `,`, `،` or
/// `٬`. Nothing is guessed: signs, spaces, fractions, exponents, ill-placed or mixed marks and leading zeros are refused.
/// A whole number has no decimal comma, so `1,500` is fifteen hundred and `1,5` is refused.
///
/// # Errors
///
/// Shows the text, says what is wrong with it and how to write it; [`Invalid::with_remedy`] says something better where more
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
        return Err(Invalid::new(field, "is empty").with_remedy("write digits, such as 150000"));
    }
    if has_leading_zero(text) {
        // Such a text is more often a mobile number or a code in the wrong place than a number.
        return Err(Invalid::new(field, "starts with a zero")
            .with_value(text)
            .with_remedy("write the number without leading zeros"));
    }
    let malformed = || {
        Invalid::new(field, "is not a whole number")
            .with_value(text)
            .with_remedy(
                "write digits only, such as 150000 or 150,000, without sign, unit or fraction",
            )
    };
    let bare = ungrouped_by_marks(text).ok_or_else(malformed)?;
    let mut number = Some(0_u64);
    for c in bare.chars() {
        let digit = latin_char(c).to_digit(10).ok_or_else(malformed)?;
        number = number.and_then(|number| number.checked_mul(10)?.checked_add(u64::from(digit)));
    }
    number.ok_or_else(|| {
        Invalid::new(field, format!("is larger than {}", u64::MAX))
            .with_value(text)
            .with_remedy("check the number of digits")
    })
}

fn has_leading_zero(text: &str) -> bool {
    let mut chars = text.chars().map(latin_char);
    chars.next() == Some('0') && chars.next().is_some()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_digit_of_both_scripts_is_read() {
        assert_eq!(latin("۰۱۲۳۴۵۶۷۸۹"), "0123456789");
        assert_eq!(latin("٠١٢٣٤٥٦٧٨٩"), "0123456789");
    }

    #[test]
    fn digits_of_other_scripts_and_their_neighbours_stay() {
        // Devanagari, fullwidth and superscript digits; then what stands beside the two ranges in Unicode.
        for text in [
            "१२३",
            "１２３",
            "¹²³",
            "\u{065f}\u{066a}",
            "\u{06ef}\u{06fa}",
            "٫٬",
        ] {
            assert_eq!(latin(text), text);
        }
    }

    #[test]
    fn text_without_such_digits_is_not_copied() {
        assert!(matches!(latin("123 ریال"), Cow::Borrowed(_)));
    }

    #[test]
    fn ungrouped_drops_spaces_and_dashes_alone() {
        assert_eq!(ungrouped("۶۰۳۷-70 16/x").collect::<String>(), "60377016/x");
    }

    proptest! {
        #[test]
        fn every_script_reads_back(text in "[0-9a-zآ-غ /.-]{0,40}") {
            for write in scripts::SCRIPTS {
                let written = write(&text);
                prop_assert_eq!(latin(&written), text.as_str());
            }
        }

        #[test]
        fn the_number_of_characters_never_changes(text in any::<String>()) {
            prop_assert_eq!(latin(&text).chars().count(), text.chars().count());
        }
    }

    #[test]
    fn a_thousands_mark_stands_before_the_point_and_not_after_a_zero() {
        const AMOUNT: FieldKey = FieldKey::new("amount", "amount");
        for text in ["1.2,3", "1,234.5,6", "0,250", "0,250.5"] {
            for fractions in [Fractions::Rare, Fractions::Usual] {
                let refused = plain_decimal(AMOUNT, text, fractions).unwrap_err();
                assert_eq!(refused.problem(), "is not a number", "{text}");
            }
        }
        for (text, plain) in [
            ("0.25", "0.25"),
            ("1,250.75", "1250.75"),
            ("12,000", "12000"),
        ] {
            let read = plain_decimal(AMOUNT, text, Fractions::Rare);
            assert_eq!(read.as_deref(), Ok(plain));
        }
    }
}
