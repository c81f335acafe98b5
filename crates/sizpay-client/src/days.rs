use std::time::{Duration, SystemTime};

use paylink_core::{Invalid, JalaliDate, JalaliDateTime};

/// How far SizPay's clock may be from ours, and how long a call may have been under way.
const SLACK: Duration = Duration::from_secs(15 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// More days than this are no doubt about midnight but a mistake.
const MOST: usize = 32;

/// The days in Tehran on which something may have happened that began and ended at these times by our clock.
///
/// SizPay finds a link by the day on which it was sent. Around midnight that may be another one than ours, so both are
/// looked at.
pub(crate) fn between(began: SystemTime, ended: SystemTime) -> Result<Vec<JalaliDate>, Invalid> {
    let last = JalaliDate::from_system_time(ended.checked_add(SLACK).unwrap_or(ended))?;
    let mut at = began.checked_sub(SLACK).unwrap_or(began);
    let mut days = Vec::new();
    loop {
        let day = JalaliDate::from_system_time(at)?;
        if day >= last || days.len() == MOST {
            break;
        }
        days.push(day);
        at = at.checked_add(DAY).unwrap_or(ended);
    }
    if days.len() == MOST {
        return Err(
            Invalid::new(JalaliDateTime::KEY, "lies between more than 32 days")
                .with_remedy("look the link up in SizPay's panel"),
        );
    }
    days.push(last);
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1399/11/21 00:00 in Tehran.
    const MIDNIGHT: u64 = 1_612_816_200;

    fn days(began: u64, ended: u64) -> Vec<String> {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let days = between(at(began), at(ended)).unwrap();
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_day_unless_it_is_around_midnight() {
        let noon = MIDNIGHT + 12 * 3600;
        assert_eq!(days(noon, noon + 45), ["1399/11/21"]);
        let (eve, morrow) = ("1399/11/20", "1399/11/21");
        assert_eq!(days(MIDNIGHT - 60, MIDNIGHT - 30), [eve, morrow]);
        assert_eq!(days(MIDNIGHT + 60, MIDNIGHT + 90), [eve, morrow]);
        assert_eq!(days(MIDNIGHT - 901, MIDNIGHT - 901), [eve]);
        assert_eq!(days(MIDNIGHT - 900, MIDNIGHT - 900), [eve, morrow]);
        assert_eq!(days(MIDNIGHT + 900, MIDNIGHT + 900), [morrow]);
    }

    #[test]
    fn a_handle_that_was_sent_later_spans_the_days_between() {
        assert_eq!(
            days(MIDNIGHT + 12 * 3600, MIDNIGHT + 62 * 3600),
            ["1399/11/21", "1399/11/22", "1399/11/23"]
        );
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(between(at(MIDNIGHT), at(MIDNIGHT + 40 * 86_400)).is_err());
    }

    #[test]
    fn a_clock_that_went_back_still_names_a_day() {
        assert_eq!(days(MIDNIGHT + 50_000, MIDNIGHT - 50_000), ["1399/11/20"]);
    }
}
