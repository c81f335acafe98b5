use jalali_calendar::digits::{to_latin, to_persian};

/// Writes a decimal amount for reading: Persian digits, and marks between thousands.
pub(crate) fn amount(text: &str) -> String {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut written = String::with_capacity(text.len() * 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            written.push('٬');
        }
        written.push(digit);
    }
    if let Some(fraction) = fraction {
        written.push('٫');
        written.push_str(fraction);
    }
    to_persian(&written)
}

/// Writes an amount of rial in toman, of which each is ten: what is left over is written in rial, since a fraction is misread.
pub(crate) fn toman(rial: u64) -> String {
    let (toman, rest) = (rial / 10, rial % 10);
    let whole = format!("{} تومان", amount(&toman.to_string()));
    let rest_written = format!("{} ریال", digits(&rest.to_string()));
    match (toman, rest) {
        (_, 0) => whole,
        (0, _) => rest_written,
        (_, _) => format!("{whole} و {rest_written}"),
    }
}

/// Writes Latin digits as Persian ones.
pub(crate) fn digits(text: &str) -> String {
    to_persian(text)
}

/// Reads digits typed on a Persian or Arabic keyboard, without the blanks around them.
pub(crate) fn typed_digits(text: &str) -> String {
    to_latin(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_persian_digits_and_marks() {
        assert_eq!(amount("100.99"), "۱۰۰٫۹۹");
        assert_eq!(amount("1000"), "۱٬۰۰۰");
        assert_eq!(amount("123456789.12345"), "۱۲۳٬۴۵۶٬۷۸۹٫۱۲۳۴۵");
        assert_eq!(amount("7"), "۷");
    }

    #[test]
    fn rial_are_written_in_toman_without_a_fraction() {
        assert_eq!(toman(10_000), "۱٬۰۰۰ تومان");
        assert_eq!(toman(12_345), "۱٬۲۳۴ تومان و ۵ ریال");
        assert_eq!(toman(7), "۷ ریال");
    }

    #[test]
    fn digits_of_any_keyboard_are_read() {
        assert_eq!(typed_digits(" ۰۰۱٢٣4 "), "001234");
    }
}
