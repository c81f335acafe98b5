#[cfg(test)]
mod tests;

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, header};

use super::fault::{Again, Fault};
use crate::{Idempotency, Runtime};

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(200);

/// The longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(2);

/// The longest wait that a provider may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(10);

/// How long to wait before the next attempt; `None` if there must be none.
///
/// Only what is proved unsent, and reads and idempotent operations, are sent again.
pub(super) fn pause(
    idempotency: Idempotency,
    fault: &Fault,
    attempts: u32,
    limit: u32,
    runtime: &dyn Runtime,
) -> Option<Duration> {
    let allowed = match idempotency {
        Idempotency::NonIdempotent => fault.is_unsent(),
        Idempotency::ReadOnly | Idempotency::Idempotent => true,
    };
    let asked = match fault.again() {
        _ if !allowed || attempts >= limit => return None,
        Again::Never => return None,
        Again::Once if attempts > 1 => return None,
        Again::Once | Again::Yes => Duration::ZERO,
        Again::After(asked) if asked > LONGEST_ASKED => return None,
        Again::After(asked) => asked,
    };
    Some(asked.saturating_add(back_off(attempts, runtime)))
}

/// Doubles with every attempt, and is spread over its upper half so that many clients do not come back together.
fn back_off(attempts: u32, runtime: &dyn Runtime) -> Duration {
    let doublings = attempts.saturating_sub(1).min(8);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = whole / 2;
    let span = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX).max(1);
    half.saturating_add(Duration::from_nanos(runtime.random() % span))
}

tokio::task_local! {
    static ENDS_CALLS: ();
}

/// Does `work`, in which a call that is answered with 429, or with a `Retry-After`, ends at once and is not tried again.
///
/// It is for work that strangers can cause, which must not cost more of the merchant's quota the less is left of it. What
/// the provider asked for is told by [`Error::retry_after`](crate::Error::retry_after). It holds for the calls of the
/// task that awaits it, not for tasks that `work` spawns.
///
/// ```
/// use paylink_core::{Error, without_rate_limit_retries};
///
/// # async fn read() -> Result<(), Error> { Ok(()) }
/// # async fn example() -> Result<(), Error> {
/// without_rate_limit_retries(read()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn without_rate_limit_retries<W: Future>(work: W) -> W::Output {
    ENDS_CALLS.scope((), work).await
}

/// Whether this task is inside of [`without_rate_limit_retries`].
pub(super) fn ends_calls() -> bool {
    ENDS_CALLS.try_with(|()| ()).is_ok()
}

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

pub(super) fn as_date(value: &HeaderValue) -> Option<SystemTime> {
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

#[cfg(test)]
mod retry_tests {
    use std::pin::Pin;
    use std::time::SystemTime;

    use super::*;
    use crate::Idempotency::{Idempotent, NonIdempotent, ReadOnly};
    use crate::transport::fault::Proof;
    use crate::{ErrorKind, SystemRuntime};

    fn fault(proof: Proof, again: Again) -> Fault {
        Fault::new(ErrorKind::Timeout, proof, again, "test")
    }

    fn pause_of(idempotency: Idempotency, fault: &Fault, attempts: u32) -> Option<Duration> {
        pause(idempotency, fault, attempts, 3, &SystemRuntime)
    }

    #[test]
    fn once_is_repeated_only_if_proved_unsent() {
        for proof in [Proof::Nothing, Proof::Refused] {
            for again in [Again::Once, Again::Yes, Again::After(Duration::ZERO)] {
                let pause = pause_of(NonIdempotent, &fault(proof, again), 1);
                assert_eq!(pause, None, "{proof:?} {again:?}");
            }
        }
        let unsent = |again| pause_of(NonIdempotent, &fault(Proof::Unsent, again), 1);
        assert!(unsent(Again::Yes).is_some());
        assert_eq!(unsent(Again::Never), None);
    }

    #[test]
    fn attempts_are_bounded_and_waits_grow() {
        let lost = fault(Proof::Nothing, Again::Yes);
        let first = pause_of(ReadOnly, &lost, 1).unwrap();
        let second = pause_of(ReadOnly, &lost, 2).unwrap();
        assert!((100..200).contains(&first.as_millis()), "{first:?}");
        assert!((200..400).contains(&second.as_millis()), "{second:?}");
        assert_eq!(pause_of(ReadOnly, &lost, 3), None);
        let once = fault(Proof::Nothing, Again::Once);
        assert_eq!(pause_of(ReadOnly, &once, 2), None);
    }

    /// An environment with this chance.
    #[derive(Debug)]
    struct Chance(u64);

    impl Runtime for Chance {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn waits_double_up_to_two_seconds_and_are_spread_over_their_upper_half() {
        let lost = fault(Proof::Nothing, Again::Yes);
        for (attempts, whole) in [
            (1, 200),
            (2, 400),
            (3, 800),
            (4, 1_600),
            (5, 2_000),
            (9, 2_000),
            (u32::MAX - 1, 2_000),
        ] {
            let wait = |chance| pause(ReadOnly, &lost, attempts, u32::MAX, &Chance(chance));
            let half = Duration::from_millis(whole / 2);
            assert_eq!(wait(0), Some(half), "{attempts}");
            let span = u64::try_from(half.as_nanos()).unwrap();
            assert_eq!(wait(span), Some(half), "{attempts}");
            let longest = half + Duration::from_nanos(span - 1);
            assert_eq!(wait(span - 1), Some(longest), "{attempts}");
        }
    }

    #[test]
    fn what_may_be_repeated_is_tried_again_like_a_read() {
        for proof in [Proof::Nothing, Proof::Unsent] {
            let pause = |again, attempts| pause_of(Idempotent, &fault(proof, again), attempts);
            assert!(pause(Again::Yes, 1).is_some());
            assert!(pause(Again::Once, 1).is_some());
            assert_eq!(pause(Again::Once, 2), None);
            assert_eq!(pause(Again::Never, 1), None);
        }
    }

    #[test]
    fn a_provider_may_ask_for_time_but_not_for_ever() {
        let asked = |seconds| fault(Proof::Nothing, Again::After(Duration::from_secs(seconds)));
        assert!(pause_of(ReadOnly, &asked(3), 1).unwrap() >= Duration::from_secs(3));
        assert!(pause_of(ReadOnly, &asked(10), 1).unwrap() >= Duration::from_secs(10));
        assert_eq!(pause_of(ReadOnly, &asked(11), 1), None);
        assert_eq!(pause_of(ReadOnly, &asked(3_600), 1), None);
        assert_eq!(pause_of(ReadOnly, &asked(u64::MAX), 1), None);
    }
}

#[cfg(test)]
mod rate_limit_tests {
    use super::*;

    #[tokio::test]
    async fn it_holds_for_the_work_and_no_longer() {
        assert!(!ends_calls());
        let inside = without_rate_limit_retries(async {
            tokio::task::yield_now().await;
            let spawned = tokio::spawn(async { ends_calls() });
            (ends_calls(), spawned.await)
        });
        let (inside, spawned) = inside.await;
        assert!(inside && !ends_calls());
        assert!(!spawned.unwrap(), "a task of its own is a call of its own");
    }
}

#[cfg(test)]
mod http_date_tests {
    //! httpdate is the other reader that ours is held against.

    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::parse_date as parse;

    #[test]
    fn the_three_forms_of_the_rfc_are_one_moment() {
        let moment = UNIX_EPOCH + Duration::from_secs(784_111_777);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
    }

    #[test]
    fn two_digits_are_a_year_from_1970_to_2069() {
        for (text, year) in [
            ("Thursday, 01-Jan-70", "Thu, 01 Jan 1970"),
            ("Tuesday, 01-Jan-69", "Tue, 01 Jan 2069"),
        ] {
            let [text, year] = [text, year].map(|day| format!("{day} 00:00:00 GMT"));
            assert_eq!(
                parse(&text),
                httpdate::parse_http_date(&year).ok(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "soon",
            "3600",
            "-5",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 29 Feb 1900 08:49:37 GMT",
            "Sun, 30 Feb 2000 08:49:37 GMT",
            "Sun, 06 Nvo 1994 08:49:37 GMT",
            "Sun, 06 Nov 994 08:49:37 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun, 006 Nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, ۰۶ Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_time_are_dates() {
        assert_eq!(parse("Mon, 01 Jan 0001 00:00:00 GMT"), Some(UNIX_EPOCH));
        assert_eq!(parse("Wed, 31 Dec 1969 23:59:59 GMT"), Some(UNIX_EPOCH));
        let last = parse("Fri, 31 Dec 9999 23:59:59 GMT").unwrap();
        assert_eq!(last, UNIX_EPOCH + Duration::from_secs(253_402_300_799));
        assert!(parse("Tue, 29 Feb 2000 23:59:60 GMT").is_some());
    }

    proptest! {
        #[test]
        fn every_second_is_read_as_httpdate_writes_it(seconds in 0_u64..253_402_300_800) {
            let moment = UNIX_EPOCH + Duration::from_secs(seconds);
            prop_assert_eq!(parse(&httpdate::fmt_http_date(moment)), Some(moment));
        }

        #[test]
        fn no_text_is_too_much(text in "\\PC{0,40}") {
            parse(&text);
        }
    }
}
