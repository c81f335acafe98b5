//! Dates as the providers and the pages write them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jalali_calendar::{JalaliDateTime, digits};
use jiff::Timestamp;
use serde::Serializer;

/// Iran keeps this offset the whole year since summer time was abolished in 1401.
const TEHRAN: Duration = Duration::from_secs(3 * 3600 + 30 * 60);

/// Writes the date and the time of day in UTC: `2023-03-31T17:01:53+00:00`.
pub(crate) fn utc(time: SystemTime) -> String {
    gregorian(time)
        .strftime("%Y-%m-%dT%H:%M:%S+00:00")
        .to_string()
}

/// Writes the date and the time of day in UTC with the day first: `31/03/2023 17:01 UTC`.
pub(crate) fn day_first(time: SystemTime) -> String {
    gregorian(time).strftime("%d/%m/%Y %H:%M UTC").to_string()
}

/// Reads a time as jiff's, at most the end of the year 9999.
fn gregorian(time: SystemTime) -> Timestamp {
    i64::try_from(unix_seconds(time))
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
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

/// Writes the Gregorian date and the time in Tehran: `2026-11-29 20:15 +03:30`.
pub(crate) fn gregorian_in_tehran(time: SystemTime) -> String {
    let there = gregorian(time.checked_add(TEHRAN).unwrap_or(time));
    there.strftime("%Y-%m-%d %H:%M +03:30").to_string()
}

/// Writes the Gregorian date and the time in Tehran to the second: `2026-11-29 20:15:07`.
pub(crate) fn gregorian_to_the_second(time: SystemTime) -> String {
    let there = gregorian(time.checked_add(TEHRAN).unwrap_or(time));
    there.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Serialises a time in RFC 3339.
pub(crate) fn rfc3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&utc(*time))
}

/// Serialises a time in RFC 3339, to the second, and reads it again.
pub(crate) mod moment {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use jiff::Timestamp;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer};

    pub(crate) use super::rfc3339 as serialize;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(from)?;
        let read: Timestamp = text.parse().map_err(D::Error::custom)?;
        let seconds = u64::try_from(read.as_second()).unwrap_or_default();
        let moment = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        moment.ok_or_else(|| D::Error::custom("the time is too far away"))
    }
}

/// The same of a time that may be missing.
pub(crate) mod moment_or_none {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Moment(#[serde(with = "super::moment")] SystemTime);

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<SystemTime>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(Moment).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        let read = Option::<Moment>::deserialize(from)?;
        Ok(read.map(|Moment(time)| time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_dates_of_the_documented_sample() {
        let sample = UNIX_EPOCH + Duration::from_millis(1_680_282_113_999);
        assert_eq!(day_first(sample), "31/03/2023 17:01 UTC");
        assert_eq!(utc(sample), "2023-03-31T17:01:53+00:00");
    }

    #[test]
    fn the_clock_can_be_moved_beyond_what_a_date_can_say() {
        let early = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(utc(early), "1970-01-01T00:00:00+00:00");
        let late = UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert!(utc(late).starts_with("9999-12-30T"), "{}", utc(late));
    }

    #[test]
    fn writes_the_jalali_date_of_tehran() {
        // 20:30 UTC is midnight in Tehran: the first moment of 1403.
        let new_year = UNIX_EPOCH + Duration::from_secs(1_710_880_200);
        assert_eq!(in_tehran(new_year).unwrap(), "۱ فروردین ۱۴۰۳، ساعت ۰۰:۰۰");
    }
}
