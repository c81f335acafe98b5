//! Dates as the providers and the pages write them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jalali_calendar::{JalaliDateTime, digits};
use serde::Serializer;

/// Iran keeps this offset the whole year since summer time was abolished in 1401.
const TEHRAN: Duration = Duration::from_secs(3 * 3600 + 30 * 60);

/// A Gregorian date and time of day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Utc {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

impl Utc {
    /// Reckons in eras of 400 years that begin on the first of March, so that leap days come last.
    pub(crate) fn at(time: SystemTime) -> Self {
        let seconds = unix_seconds(time);
        let (days, of_day) = (seconds / 86_400, seconds % 86_400);
        let since_march_0 = days + 719_468;
        let (era, of_era) = (since_march_0 / 146_097, since_march_0 % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }

    /// Writes `31/03/2023 17:01 UTC`.
    pub(crate) fn day_first(self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            ..
        } = self;
        format!("{day:02}/{month:02}/{year:04} {hour:02}:{minute:02} UTC")
    }
}

/// Writes `2023-03-31T17:01:53+00:00`.
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00"
        )
    }
}

/// Returns the whole seconds since 1970, or 0 for a time before.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Returns the Jalali date and the time of day in Tehran.
pub(crate) fn tehran(time: SystemTime) -> Option<JalaliDateTime> {
    let there = i64::try_from(unix_seconds(time.checked_add(TEHRAN)?)).ok()?;
    JalaliDateTime::from_unix_timestamp(there).ok()
}

/// Returns the moment of a Jalali date and time of day in Tehran, from 1970 on.
pub(crate) fn from_tehran(there: &JalaliDateTime) -> Option<SystemTime> {
    let there = u64::try_from(there.to_unix_timestamp()).ok()?;
    let utc = Duration::from_secs(there).checked_sub(TEHRAN)?;
    UNIX_EPOCH.checked_add(utc)
}

/// Writes the Jalali date and the time in Tehran with Persian digits.
pub(crate) fn in_tehran(time: SystemTime) -> Option<String> {
    let date = tehran(time)?;
    Some(digits::to_persian(&format!(
        "{} {} {}، ساعت {:02}:{:02}",
        date.day(),
        date.month_name(),
        date.year(),
        date.hour(),
        date.minute()
    )))
}

/// Serialises a time in RFC 3339.
pub(crate) fn rfc3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Utc::at(*time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Utc {
        Utc::at(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    #[test]
    fn writes_the_dates_of_the_documented_sample() {
        assert_eq!(at(1_680_282_113).day_first(), "31/03/2023 17:01 UTC");
        assert_eq!(at(1_680_282_113).to_string(), "2023-03-31T17:01:53+00:00");
    }

    #[test]
    fn knows_leap_years() {
        assert_eq!(at(0).to_string(), "1970-01-01T00:00:00+00:00");
        assert_eq!(at(951_782_399).to_string(), "2000-02-28T23:59:59+00:00");
        assert_eq!(at(951_782_400).to_string(), "2000-02-29T00:00:00+00:00");
        assert_eq!(at(1_709_251_199).to_string(), "2024-02-29T23:59:59+00:00");
        assert_eq!(at(1_735_689_599).to_string(), "2024-12-31T23:59:59+00:00");
        assert_eq!(at(4_107_542_400).to_string(), "2100-03-01T00:00:00+00:00");
    }

    #[test]
    fn writes_the_jalali_date_of_tehran() {
        // 20:30 UTC is midnight in Tehran: the first moment of 1403.
        let new_year = UNIX_EPOCH + Duration::from_secs(1_710_880_200);
        assert_eq!(in_tehran(new_year).unwrap(), "۱ فروردین ۱۴۰۳، ساعت ۰۰:۰۰");
    }
}
