//! A number that nobody reads wrongly: digits three lines high.

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
pub(crate) fn number(number: u64) -> Option<[String; 3]> {
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_number_is_drawn_as_it_is_read() {
        let drawn = number(1_023_456_789).unwrap().map(|line| line + "|");
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
        let drawn: HashSet<_> = (0..10).map(|digit| number(digit).unwrap()).collect();
        assert_eq!(drawn.len(), 10);
    }

    #[test]
    fn what_is_too_wide_is_not_drawn() {
        assert!(number(999_999_999_999_999).is_some());
        assert_eq!(number(u64::MAX), None);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(grouped(0), "0");
    }
}
