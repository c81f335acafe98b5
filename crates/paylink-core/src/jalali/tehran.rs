//! The clocks of Tehran: 3:30 ahead of UTC, and an hour more in the summers that had summer time.
//!
//! Seconds here are counted from 1970-01-01 00:00:00: of UTC for an instant, of what the clocks show for a clock.

use std::time::{Duration, SystemTime};

use super::JalaliDate;

const HOUR: i64 = 3600;
const STANDARD: i64 = 3 * HOUR + HOUR / 2;

/// What the clocks show at `instant`.
pub(super) fn clock_at(instant: SystemTime) -> Option<i64> {
    let utc = seconds_since_epoch(instant)?;
    let standard = utc.checked_add(STANDARD)?;
    if is_summer_time(standard) {
        standard.checked_add(HOUR)
    } else {
        Some(standard)
    }
}

/// The first instant at which the clocks show `clock`.
pub(super) fn instant_of(clock: i64) -> SystemTime {
    let as_summer_time = clock - HOUR;
    let standard = if is_summer_time(as_summer_time) {
        as_summer_time
    } else {
        clock
    };
    let utc = standard - STANDARD;
    let distance = Duration::from_secs(utc.unsigned_abs());
    if utc < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}

/// Whether summer time applied when clocks without it would have shown `standard`.
///
/// The law had clocks go forward at the end of 1 Farvardin and back at the end of 30 Shahrivar, by the clock in force.
fn is_summer_time(standard: i64) -> bool {
    let standard_day = JalaliDate::from_seconds(standard);
    let summer_day = JalaliDate::from_seconds(standard.saturating_add(HOUR));
    let (Some(today), Some(shown)) = (standard_day, summer_day) else {
        return false;
    };
    let in_summer = |date: JalaliDate| ((1, 2)..=(6, 30)).contains(&(date.month(), date.day()));
    matches!(today.year(), 1371..=1384 | 1387..=1401) && in_summer(today) && in_summer(shown)
}

/// Whole seconds, those before the epoch negative; a fraction belongs to the second it began in.
fn seconds_since_epoch(instant: SystemTime) -> Option<i64> {
    match instant.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(error) => {
            let before = error.duration();
            let begun = u64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs().checked_add(begun)?)
                .ok()?
                .checked_neg()
        }
    }
}
