use std::fmt;
use std::time::{Duration, SystemTime};

use super::JalaliDate;
use super::date::number;
use crate::{FieldKey, Invalid, digits};

/// A day of the Jalali calendar with the time the clocks of Tehran show, to the second.
///
/// Read as `yyyy/mm/dd HH:MM:ss` in Latin, Persian or Arabic digits: the day as [`JalaliDate`] reads it, one space,
/// then hour, minute and second with two digits each. Printed and serialised in that form, in Latin digits.
///
/// Tehran is 3:30 ahead of UTC. In the years 1371 to 1384 and 1387 to 1401 clocks were one hour further ahead from
/// the start of 2 Farvardin to the end of 30 Shahrivar; that is accounted for. Summer time has been abolished since.
/// Other times of summer time, all before 1371, are not accounted for.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use paylink_core::JalaliDateTime;
///
/// let paid = JalaliDateTime::parse("۱۳۹۹/۱۱/۲۱ ۱۴:۰۵:۰۹")?;
/// assert_eq!(paid.to_string(), "1399/11/21 14:05:09");
/// assert_eq!(paid.to_system_time(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_866_909));
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JalaliDateTime {
    date: JalaliDate,
    hour: u32,
    minute: u32,
    second: u32,
}

impl JalaliDateTime {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("time", "time");

    /// Takes a day and a time of it: hour 0 to 23, minute and second 0 to 59.
    ///
    /// # Errors
    ///
    /// A time that no day has; correct it.
    ///
    /// ```
    /// use paylink_core::{JalaliDate, JalaliDateTime};
    ///
    /// let day = JalaliDate::new(1399, 11, 21)?;
    /// assert_eq!(JalaliDateTime::new(day, 9, 5, 0)?.to_string(), "1399/11/21 09:05:00");
    /// assert!(JalaliDateTime::new(day, 24, 0, 0).is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn new(
        date: JalaliDate,
        hour: u32,
        minute: u32,
        second: u32,
    ) -> Result<JalaliDateTime, Invalid> {
        if hour < 24 && minute < 60 && second < 60 {
            Ok(JalaliDateTime {
                date,
                hour,
                minute,
                second,
            })
        } else {
            Err(Invalid::new(JalaliDateTime::KEY, "is not a time of day")
                .with_value(&format!("{hour:02}:{minute:02}:{second:02}"))
                .with_remedy("write hour, minute and second between 00:00:00 and 23:59:59"))
        }
    }

    /// Reads a date and a time in the form described for the type.
    ///
    /// # Errors
    ///
    /// Another form, a day that the calendar does not have, or a time that no day has; correct the text.
    ///
    /// ```
    /// use paylink_core::JalaliDateTime;
    ///
    /// assert_eq!(JalaliDateTime::parse("1399-1-5 09:05:00")?.to_string(), "1399/01/05 09:05:00");
    /// assert!(JalaliDateTime::parse("1399/01/05 9:05").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<JalaliDateTime, Invalid> {
        let latin = digits::latin(text);
        let parts = latin.split_once(' ');
        match parts.and_then(|(date, time)| Some((date, hour_minute_second(time)?))) {
            Some((date, (hour, minute, second))) => {
                JalaliDateTime::new(JalaliDate::parse(date)?, hour, minute, second)
            }
            None => Err(
                Invalid::new(JalaliDateTime::KEY, "is not a date with a time")
                    .with_value(text)
                    .with_remedy("write it as yyyy/mm/dd HH:MM:ss, such as 1399/11/21 14:05:09"),
            ),
        }
    }

    /// What calendar and clock show in Tehran at `instant`, fractions of the second cut off.
    ///
    /// # Errors
    ///
    /// An instant outside the Jalali years 1300 to 1499; a machine whose clock says so is set wrongly.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use paylink_core::JalaliDateTime;
    ///
    /// let instant = SystemTime::UNIX_EPOCH + Duration::from_millis(1_612_866_909_999);
    /// assert_eq!(JalaliDateTime::from_system_time(instant)?.to_string(), "1399/11/21 14:05:09");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn from_system_time(instant: SystemTime) -> Result<JalaliDateTime, Invalid> {
        clock_at(instant)
            .and_then(JalaliDateTime::from_seconds)
            .ok_or_else(|| {
                Invalid::new(
                    JalaliDateTime::KEY,
                    "is not in the Jalali years 1300 to 1499",
                )
            })
    }

    /// The instant at which calendar and clock in Tehran show this.
    ///
    /// Where summer time ended, one hour was shown twice: it is taken the first time. Where it began, one hour was
    /// never shown: it is counted on from the hour before.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use paylink_core::JalaliDateTime;
    ///
    /// let time = JalaliDateTime::parse("1403/01/01 03:30:00")?;
    /// assert_eq!(time.to_system_time(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_710_892_800));
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn to_system_time(&self) -> SystemTime {
        let time_of_day = (self.hour * 60 + self.minute) * 60 + self.second;
        instant_of(self.date.seconds() + i64::from(time_of_day))
    }

    crate::getters! { const self;
        /// The day.
        ///
        /// ```
        /// # use paylink_core::JalaliDateTime;
        /// assert_eq!(JalaliDateTime::parse("1399/11/21 14:05:09")?.date().to_string(), "1399/11/21");
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        date: JalaliDate = self.date;
        /// The hour, 0 to 23.
        ///
        /// ```
        /// # use paylink_core::JalaliDateTime;
        /// assert_eq!(JalaliDateTime::parse("1399/11/21 14:05:09")?.hour(), 14);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        hour: u32 = self.hour;
        /// The minute, 0 to 59.
        ///
        /// ```
        /// # use paylink_core::JalaliDateTime;
        /// assert_eq!(JalaliDateTime::parse("1399/11/21 14:05:09")?.minute(), 5);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        minute: u32 = self.minute;
        /// The second, 0 to 59.
        ///
        /// ```
        /// # use paylink_core::JalaliDateTime;
        /// assert_eq!(JalaliDateTime::parse("1399/11/21 14:05:09")?.second(), 9);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        second: u32 = self.second;
    }

    fn from_seconds(seconds: i64) -> Option<JalaliDateTime> {
        let date = JalaliDate::from_seconds(seconds)?;
        let time_of_day = u32::try_from(seconds.rem_euclid(86_400)).ok()?;
        Some(JalaliDateTime {
            date,
            hour: time_of_day / 3600,
            minute: time_of_day / 60 % 60,
            second: time_of_day % 60,
        })
    }
}

impl fmt::Display for JalaliDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:02}:{:02}:{:02}",
            self.date, self.hour, self.minute, self.second
        )
    }
}

impl fmt::Debug for JalaliDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JalaliDateTime({self})")
    }
}

crate::serde_as_text!(JalaliDateTime);

fn hour_minute_second(latin: &str) -> Option<(u32, u32, u32)> {
    let mut parts = latin.split(':').map(|part| number(part, 2..=2));
    let time = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(time)
}

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
