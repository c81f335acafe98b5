use super::latin;
use super::marks::{has_mark, has_one_comma, ungrouped_by_marks};
use crate::{FieldKey, Invalid};

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
/// What can be read in two ways is refused, and both are told. What else is wrong with it is found by whoever reads the
/// plain form.
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
        Invalid::new(field, "is not a number").value(text).remedy(
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
            .value(text)
            .remedy(format!("write {digits} or {point}"))
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
