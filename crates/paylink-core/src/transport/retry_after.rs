#[cfg(test)]
mod http_date_tests;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, header};

/// How long the server asked to be left alone by `Retry-After`, as seconds or as a date (RFC 9110, section 10.2.3).
///
/// A date counts from the server's own `Date`, if the answer has one, since the two clocks may differ; else from `now`.
/// One that has passed asks for nothing. What cannot be read asks for longer than anybody waits: the server did ask.
pub(super) fn asked_for(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let date = headers.get(header::DATE).and_then(as_date).unwrap_or(now);
    headers
        .get_all(header::RETRY_AFTER)
        .iter()
        .map(|value| wait(value, date).unwrap_or(Duration::MAX))
        .max()
}

fn wait(value: &HeaderValue, date: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let until = parse_date(text)?;
    Some(until.duration_since(date).unwrap_or_default())
}

fn as_date(value: &HeaderValue) -> Option<SystemTime> {
    parse_date(value.to_str().ok()?.trim())
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads a date in any of the three forms of RFC 9110, section 5.6.7; one before 1970 is read as the first moment of it.
///
/// The day of the week is not held against the date. A year of two digits lies from 1970 to 2069.
pub(super) fn parse_date(text: &str) -> Option<SystemTime> {
    let mut parts = text.split([' ', ',', '-']).filter(|part| !part.is_empty());
    let mut next = || parts.next();
    let (_weekday, second, third, fourth, fifth, sixth) =
        (next()?, next()?, next()?, next()?, next()?, next());
    if next().is_some() {
        return None;
    }
    let (day, month, year, time) = match sixth {
        // Sun, 06 Nov 1994 08:49:37 GMT, or Sunday, 06-Nov-94 08:49:37 GMT
        Some("GMT") => (second, third, fourth, fifth),
        // Sun Nov  6 08:49:37 1994
        None => (third, second, fifth, fourth),
        Some(_) => return None,
    };
    let days = days_since_1970(year_of(year)?, month_of(month)?, number(day, 1..=2)?)?;
    let seconds = days.checked_mul(86_400)?.checked_add(seconds_of(time)?)?;
    let seconds = u64::try_from(seconds).unwrap_or(0);
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn year_of(text: &str) -> Option<i64> {
    if text.len() == 4 {
        return number(text, 4..=4);
    }
    let year = number(text, 2..=2)?;
    Some(if year < 70 { year + 2000 } else { year + 1900 })
}

fn month_of(text: &str) -> Option<i64> {
    let index = MONTHS.iter().position(|month| *month == text)?;
    i64::try_from(index + 1).ok()
}

fn seconds_of(time: &str) -> Option<i64> {
    let mut parts = time.split(':').map(|part| number(part, 2..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // The sixtieth second is a leap second.
    let valid = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;
    valid.then_some((hour * 60 + minute) * 60 + second)
}

/// The days of the Gregorian calendar from 1 January 1970 to this date; `None` if the month has no such day.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Counted from March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + day - 719_469)
}
