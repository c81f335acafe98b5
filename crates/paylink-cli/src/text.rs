use std::time::Duration;

use paylink::core::digits;
use paylink::core::text::excerpt;
use paylink::{CardNumber, Currency, Money};

/// The most characters of one value on a line.
const LONGEST: usize = 300;

/// Makes text from elsewhere fit for a terminal: no control characters, no marks that turn a line around.
pub(crate) fn shown(text: &str) -> String {
    excerpt(text, LONGEST)
}

/// An amount as people say it: ZiPay's IRT is toman, which its code does not tell.
pub(crate) fn amount(money: &Money) -> String {
    match money.currency() {
        Currency::Irt => format!("{money} (toman)"),
        Currency::Irr => format!("{money} (rial)"),
        _ => money.to_string(),
    }
}

/// Makes a text that repeats what was typed fit to be shown: no card number, and nothing of a database's URL, which may hold
/// a password.
pub(crate) fn without_private(text: &str) -> String {
    without_database_urls(&without_cards(text))
}

/// Cuts each URL of PostgreSQL after its scheme, up to the last quote of the line: a password may hold anything.
fn without_database_urls(text: &str) -> String {
    const MARK: &str = "://";
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some((before, url_and_more)) = rest.split_once(MARK) {
        out.push_str(before);
        out.push_str(MARK);
        let scheme = before.to_ascii_lowercase();
        rest = url_and_more;
        if scheme.ends_with("postgres") || scheme.ends_with("postgresql") {
            let (line, _) = rest.split_once('\n').unwrap_or((rest, ""));
            let end = line.rfind(['\'', '"']).unwrap_or(line.len());
            out.push('…');
            rest = rest.split_at(end).1;
        }
    }
    out + rest
}

/// Masks the card numbers in a text that repeats what was typed, grouped in any of the usual ways.
pub(crate) fn without_cards(text: &str) -> String {
    let is_part = |c: char| matches!(c, ' ' | '-') || digits::latin_char(c).is_ascii_digit();
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(start) = rest.find(is_part) {
        let (before, number_and_more) = rest.split_at(start);
        let end = number_and_more
            .find(|c| !is_part(c))
            .unwrap_or(number_and_more.len());
        let (run, more) = number_and_more.split_at(end);
        let typed = run.trim_matches([' ', '-']);
        out.push_str(before);
        match CardNumber::parse(typed) {
            Ok(card) => out.push_str(&run.replace(typed, &card.to_string())),
            Err(_) => out.push_str(run),
        }
        rest = more;
    }
    out + rest
}

/// Each glyph is three pixels wide and six high; a bit is a pixel, the left one the highest.
const DIGITS: [[u8; 6]; 10] = [
    [7, 5, 5, 5, 7, 0],
    [2, 6, 2, 2, 7, 0],
    [7, 1, 7, 4, 7, 0],
    [7, 1, 7, 1, 7, 0],
    [5, 5, 7, 1, 1, 0],
    [7, 4, 7, 1, 7, 0],
    [7, 4, 7, 5, 7, 0],
    [7, 1, 1, 1, 1, 0],
    [7, 5, 7, 5, 7, 0],
    [7, 5, 7, 1, 7, 0],
];

/// The mark between thousands.
const MARK: [u8; 6] = [0, 0, 0, 0, 2, 4];

/// Columns of a terminal that may be assumed.
const WIDTH: usize = 80;

/// Draws a whole number, its thousands marked off; none if it is too wide to be read at a glance.
pub(crate) fn large_number(number: u64) -> Option<[String; 3]> {
    let mut lines = [const { String::new() }; 3];
    for (place, character) in grouped(number).chars().enumerate() {
        let glyph = glyph(character)?;
        for (line, rows) in lines.iter_mut().zip(glyph.as_chunks::<2>().0) {
            if place > 0 {
                line.push(' ');
            }
            line.extend((0..3).rev().map(|column| cell(*rows, column)));
        }
    }
    let fits = |line: &String| line.chars().count() <= WIDTH;
    lines.iter().all(fits).then_some(lines)
}

/// Writes a whole number with its thousands marked off.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

fn glyph(character: char) -> Option<[u8; 6]> {
    match character.to_digit(10) {
        Some(digit) => DIGITS.get(usize::try_from(digit).ok()?).copied(),
        None => Some(MARK),
    }
}

/// Two pixels, one above the other.
fn cell([upper, lower]: [u8; 2], column: u32) -> char {
    let is_set = |row: u8| row >> column & 1 == 1;
    match (is_set(upper), is_set(lower)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

/// How much time is left, as a person says it.
pub(crate) fn time_left(left: Duration) -> String {
    let seconds = left.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {seconds} s"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_masked_however_it_was_typed_and_nothing_else_is() {
        let masked = "error: unexpected argument '603770******5443' found";
        for typed in [
            "6037701689095443",
            "6037-7016-8909-5443",
            "6037 7016 8909 5443",
            "۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳",
        ] {
            let text = format!("error: unexpected argument '{typed}' found");
            assert_eq!(without_cards(&text), masked);
        }
        for text in [
            "",
            "--trackid 7-8",
            "1735237765123456",
            "0912 345 2730",
            " -- سفارش ۱۰۰۰ -",
        ] {
            assert_eq!(without_cards(text), text);
        }
    }

    #[test]
    fn no_url_of_a_database_is_repeated() {
        assert_eq!(
            without_private("error: 'Postgres://u:p' @ss@db/x?a=b' found\nsee https://u@h/ 'x'"),
            "error: 'Postgres://…' found\nsee https://u@h/ 'x'"
        );
        assert_eq!(without_private("postgresql://u:p@db"), "postgresql://…");
    }

    #[test]
    fn toman_is_called_by_its_name() {
        assert_eq!(
            amount(&Money::new("250000", Currency::Irt).unwrap()),
            "250000 IRT (toman)"
        );
        assert_eq!(
            amount(&Money::new("1.50", Currency::Usd).unwrap()),
            "1.50 USD"
        );
    }
}

#[cfg(test)]
mod large_tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_number_is_drawn_as_it_is_read() {
        let drawn = large_number(1_023_456_789).unwrap().map(|line| line + "|");
        assert_eq!(
            drawn.join("\n"),
            "\
▄█      █▀█ ▀▀█ ▀▀█     █ █ █▀▀ █▀▀     ▀▀█ █▀█ █▀█|
 █      █ █ █▀▀ ▀▀█     ▀▀█ ▀▀█ █▀█       █ █▀█ ▀▀█|
▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀ ▄▀    ▀ ▀▀▀ ▀▀▀ ▄▀    ▀ ▀▀▀ ▀▀▀|"
        );
    }

    #[test]
    fn no_two_digits_look_alike() {
        let drawn: HashSet<_> = (0..10).map(|digit| large_number(digit).unwrap()).collect();
        assert_eq!(drawn.len(), 10);
    }

    #[test]
    fn what_is_too_wide_is_not_drawn() {
        assert!(large_number(999_999_999_999_999).is_some());
        assert_eq!(large_number(u64::MAX), None);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(grouped(0), "0");
    }
}

#[cfg(test)]
mod time_left_tests {
    use super::*;

    #[test]
    fn the_largest_unit_comes_first() {
        let said = |seconds| time_left(Duration::from_secs(seconds));
        assert_eq!(said(0), "0 s");
        assert_eq!(said(59), "59 s");
        assert_eq!(said(60), "1 min 0 s");
        assert_eq!(said(899), "14 min 59 s");
        assert_eq!(said(7_260), "2 h 1 min");
        assert_eq!(time_left(Duration::from_millis(999)), "0 s");
    }
}
