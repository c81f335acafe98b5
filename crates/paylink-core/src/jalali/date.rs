use std::fmt;
use std::ops::RangeInclusive;
use std::time::SystemTime;

use super::JalaliDateTime;
use crate::{FieldKey, Invalid, digits};

/// The years in which the calendar's arithmetic was checked, day by day.
const YEARS: RangeInclusive<i32> = 1300..=1499;

/// A day of the Jalali calendar, in the years 1300 to 1499.
///
/// Read as `yyyy/mm/dd` or `yyyy-mm-dd` in Latin, Persian or Arabic digits; month and day may be written with one
/// digit. Printed and serialised as `yyyy/mm/dd` in Latin digits.
///
/// ```
/// use paylink_core::JalaliDate;
///
/// let day: JalaliDate = "۱۳۹۹/۱۱/۲۱".parse()?;
/// assert_eq!(day, JalaliDate::new(1399, 11, 21)?);
/// assert_eq!(day.to_string(), "1399/11/21");
/// assert_eq!(day.to_gregorian(), (2021, 2, 9));
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JalaliDate(jalali_calendar::JalaliDate);

impl JalaliDate {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("date", "date");

    /// Takes year (1300 to 1499), month (1 is Farvardin) and day.
    ///
    /// # Errors
    ///
    /// A day that the calendar does not have, such as 30 Esfand of a common year; correct the date.
    ///
    /// ```
    /// use paylink_core::JalaliDate;
    ///
    /// assert!(JalaliDate::new(1403, 12, 30).is_ok());
    /// assert!(JalaliDate::new(1404, 12, 30).is_err());
    /// assert!(JalaliDate::new(2021, 2, 9).is_err());
    /// ```
    pub fn new(year: i32, month: u32, day: u32) -> Result<JalaliDate, Invalid> {
        let refused = |problem| {
            Invalid::new(JalaliDate::KEY, problem)
                .with_value(&format!("{year:04}/{month:02}/{day:02}"))
                .with_remedy("write a Jalali date, such as 1399/11/21")
        };
        if !YEARS.contains(&year) {
            return Err(refused("is not in the years 1300 to 1499"));
        }
        match jalali_calendar::JalaliDate::new(year, month, day) {
            Ok(date) => Ok(JalaliDate(date)),
            Err(_) => Err(refused("is not a day of the Jalali calendar")),
        }
    }

    /// Reads a date written as year, month and day, in any of the forms described for the type.
    ///
    /// # Errors
    ///
    /// Another form, or a day that the calendar does not have; correct the text.
    ///
    /// ```
    /// use paylink_core::JalaliDate;
    ///
    /// assert_eq!(JalaliDate::parse("1399-1-5")?.to_string(), "1399/01/05");
    /// assert!(JalaliDate::parse("99/01/05").is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<JalaliDate, Invalid> {
        match year_month_day(&digits::latin(text)) {
            Some((year, month, day)) => JalaliDate::new(year, month, day),
            None => Err(Invalid::new(JalaliDate::KEY, "is not a date")
                .with_value(text)
                .with_remedy("write it as yyyy/mm/dd, such as 1399/11/21")),
        }
    }

    /// The Jalali day of a Gregorian one.
    ///
    /// # Errors
    ///
    /// A day that the Gregorian calendar does not have, or one outside the Jalali years 1300 to 1499.
    ///
    /// ```
    /// use paylink_core::JalaliDate;
    ///
    /// assert_eq!(JalaliDate::from_gregorian(2021, 2, 9)?, JalaliDate::new(1399, 11, 21)?);
    /// assert!(JalaliDate::from_gregorian(2021, 2, 29).is_err());
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn from_gregorian(year: i32, month: u32, day: u32) -> Result<JalaliDate, Invalid> {
        // The years are bounded before the calendar's arithmetic, which would overflow on far ones.
        let date = if (1921..=2121).contains(&year) {
            jalali_calendar::JalaliDate::from_gregorian(year, month, day).ok()
        } else {
            None
        };
        date.filter(|date| YEARS.contains(&date.year()))
            .map(JalaliDate)
            .ok_or_else(|| {
                Invalid::new(
                    JalaliDate::KEY,
                    "is not a Gregorian day in the Jalali years 1300 to 1499",
                )
                .with_value(&format!("{year:04}-{month:02}-{day:02}"))
            })
    }

    /// The Gregorian year, month and day of this day.
    ///
    /// ```
    /// use paylink_core::JalaliDate;
    ///
    /// assert_eq!(JalaliDate::new(1403, 1, 1)?.to_gregorian(), (2024, 3, 20));
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    #[must_use]
    pub fn to_gregorian(&self) -> (i32, u32, u32) {
        self.0.to_gregorian()
    }

    /// The day it is in Tehran at `instant`, by the clock that [`JalaliDateTime`] describes.
    ///
    /// # Errors
    ///
    /// An instant outside the Jalali years 1300 to 1499; a machine whose clock says so is set wrongly.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use paylink_core::JalaliDate;
    ///
    /// // 2021-02-08 20:30 UTC is midnight in Tehran.
    /// let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_816_200);
    /// assert_eq!(JalaliDate::from_system_time(midnight)?.to_string(), "1399/11/21");
    /// assert_eq!(JalaliDate::from_system_time(midnight - Duration::from_secs(1))?.to_string(), "1399/11/20");
    /// # Ok::<(), paylink_core::Invalid>(())
    /// ```
    pub fn from_system_time(instant: SystemTime) -> Result<JalaliDate, Invalid> {
        JalaliDateTime::from_system_time(instant).map(|time| time.date())
    }

    crate::getters! { self;
        /// The year, 1300 to 1499.
        ///
        /// ```
        /// # use paylink_core::JalaliDate;
        /// assert_eq!(JalaliDate::new(1399, 11, 21)?.year(), 1399);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        year: i32 = self.0.year();
        /// The month, 1 (Farvardin) to 12 (Esfand).
        ///
        /// ```
        /// # use paylink_core::JalaliDate;
        /// assert_eq!(JalaliDate::new(1399, 11, 21)?.month(), 11);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        month: u32 = self.0.month();
        /// The day of the month, 1 to 31.
        ///
        /// ```
        /// # use paylink_core::JalaliDate;
        /// assert_eq!(JalaliDate::new(1399, 11, 21)?.day(), 21);
        /// # Ok::<(), paylink_core::Invalid>(())
        /// ```
        day: u32 = self.0.day();
    }

    /// The day that `seconds` fall on, counted from 1970-01-01 without regard to any offset.
    pub(super) fn from_seconds(seconds: i64) -> Option<JalaliDate> {
        // Two hundred years at most lie between 1970 and either end: farther ones would overflow the arithmetic.
        let within = seconds.unsigned_abs() < 200 * 366 * 86_400;
        within
            .then(|| jalali_calendar::JalaliDate::from_unix_timestamp(seconds).ok())
            .flatten()
            .filter(|date| YEARS.contains(&date.year()))
            .map(JalaliDate)
    }

    /// The day's first second, counted from 1970-01-01 without regard to any offset.
    pub(super) fn seconds(&self) -> i64 {
        self.0.to_unix_timestamp()
    }
}

impl fmt::Display for JalaliDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}/{:02}/{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl fmt::Debug for JalaliDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JalaliDate({self})")
    }
}

crate::serde_as_text!(JalaliDate);

fn year_month_day(latin: &str) -> Option<(i32, u32, u32)> {
    let separator = if latin.contains('/') { '/' } else { '-' };
    let mut parts = latin.split(separator);
    let year = number(parts.next()?, 4..=4)?;
    let month = number(parts.next()?, 1..=2)?;
    let day = number(parts.next()?, 1..=2)?;
    if parts.next().is_some() {
        return None;
    }
    Some((i32::try_from(year).ok()?, month, day))
}

/// A number of Latin digits and nothing else, of a length in `lengths`.
pub(super) fn number(text: &str, lengths: RangeInclusive<usize>) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && lengths.contains(&text.len()) {
        text.parse().ok()
    } else {
        None
    }
}
