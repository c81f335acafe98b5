use paylink_core::digits;

/// The digits that may stay of a number which is longer than this: six and four.
const HEAD: usize = 6;
const TAIL: usize = 4;

/// Hides all digits of `text` but the first six and the last four, in whatever script they are written.
pub(crate) fn six_and_four(text: &str) -> String {
    hide(text, HEAD)
}

/// Hides in a script's message whatever could be a card number or a phone number, but for its last four digits.
///
/// A script may repeat in a message what it was given, and messages go into errors and logs.
pub(crate) fn without_long_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = String::new();
    for c in text.chars() {
        // What people write between the digits of a number belongs to it.
        if is_digit(c) || (!number.is_empty() && !c.is_alphabetic()) {
            number.push(c);
        } else {
            out.push_str(&short(&number));
            number.clear();
            out.push(c);
        }
    }
    out.push_str(&short(&number));
    out
}

fn short(number: &str) -> String {
    if number.chars().filter(|c| is_digit(*c)).count() > HEAD + TAIL {
        hide(number, 0)
    } else {
        number.to_owned()
    }
}

/// Hides the digits after the first `head`, but for the last four.
fn hide(text: &str, head: usize) -> String {
    let count = text.chars().filter(|c| is_digit(*c)).count();
    let hidden = head..count.saturating_sub(TAIL);
    let mut seen = 0;
    let masked = |c| {
        if !is_digit(c) {
            return c;
        }
        seen += 1;
        if hidden.contains(&(seen - 1)) { '*' } else { c }
    };
    text.chars().map(masked).collect()
}

fn is_digit(c: char) -> bool {
    digits::latin_char(c).is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_six_and_four_digits_of_a_card_stay() {
        for (text, masked) in [
            ("****", "****"),
            ("6037701689095443", "603770******5443"),
            ("6037-7016-8909-5443", "6037-70**-****-5443"),
            ("۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳", "۶۰۳۷۷۰******۵۴۴۳"),
            ("6037 70** **** 5443", "6037 70** **** 5443"),
            ("IR820540102680020817909002", "IR820540**************9002"),
            ("", ""),
        ] {
            assert_eq!(six_and_four(text), masked);
        }
    }

    #[test]
    fn messages_keep_their_words_and_their_short_numbers() {
        for (text, masked) in [
            ("fid 1000 was used", "fid 1000 was used"),
            ("HTTP 500, code -3", "HTTP 500, code -3"),
            (
                "card 6037701689095443 is wrong",
                "card ************5443 is wrong",
            ),
            ("6037-7016 8909.5443", "****-**** ****.5443"),
            ("کارت ۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳", "کارت ************۵۴۴۳"),
            ("call 09123452730", "call *******2730"),
        ] {
            assert_eq!(without_long_numbers(text), masked);
        }
    }
}
