//! Jalali dates in Tehran's time, as POD writes them.

use std::time::SystemTime;

use jalali_calendar::JalaliDateTime;

use crate::calendar;

/// Reads `yyyy/mm/dd` as the moment at which that day begins.
pub(super) fn day(text: &str) -> Option<SystemTime> {
    let [year, month, day] = split(text, '/', [4, 2, 2])?;
    let date = JalaliDateTime::new(i32::try_from(year).ok()?, month, day, 0, 0, 0).ok()?;
    calendar::from_tehran(&date)
}

/// Reads `yyyy/mm/dd HH:MM:SS`.
pub(super) fn moment(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(' ')?;
    let [year, month, day] = split(date, '/', [4, 2, 2])?;
    let [hour, minute, second] = split(time, ':', [2, 2, 2])?;
    let year = i32::try_from(year).ok()?;
    let moment = JalaliDateTime::new(year, month, day, hour, minute, second).ok()?;
    calendar::from_tehran(&moment)
}

/// Writes `yyyy/mm/dd HH:MM:SS`.
pub(super) fn write_moment(time: SystemTime) -> Option<String> {
    let there = calendar::tehran(time)?;
    Some(format!(
        "{:04}/{:02}/{:02} {:02}:{:02}:{:02}",
        there.year(),
        there.month(),
        there.day(),
        there.hour(),
        there.minute(),
        there.second()
    ))
}

/// Splits digits of exactly these lengths.
fn split(text: &str, mark: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(mark);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_tehran() {
        let new_year = UNIX_EPOCH + Duration::from_secs(1_710_880_200);
        assert_eq!(day("1403/01/01"), Some(new_year));
        assert_eq!(moment("1403/01/01 00:00:00"), Some(new_year));
        let later = new_year + Duration::from_secs(13 * 3600 + 5 * 60 + 9);
        assert_eq!(moment("1403/01/01 13:05:09"), Some(later));
        assert_eq!(write_moment(later).unwrap(), "1403/01/01 13:05:09");
    }

    #[test]
    fn other_texts_are_no_dates() {
        #[rustfmt::skip]
        let cases = [
            "", "1403/1/1", "1403-01-01", "1403/13/01", "1403/07/31", "1404/12/30", "1403/01/01 ",
            "۱۴۰۳/۰۱/۰۱", "1403/01/01/01",
        ];
        for text in cases {
            assert_eq!(day(text), None, "{text}");
        }
        for text in [
            "1403/01/01",
            "1403/01/01 24:00:00",
            "1403/01/01 1:00:00",
            "1403/01/01T01:00:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
