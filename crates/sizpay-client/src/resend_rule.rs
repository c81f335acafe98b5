use std::time::{Duration, SystemTime};

use paylink_core::provider::PaymentRecord;
use paylink_core::{ClientConfig, FieldKey, Invalid};
use serde::{Deserialize, Serialize};

use crate::config::SizPayConfig;

/// The least time between two SMS of one link (document "REST", section 4; proven).
const APART: Duration = Duration::from_secs(120);

/// How often the SMS may be sent again (same place; proven).
const MOST: u8 = 3;

/// When a link's SMS may be sent again: at least two minutes after the one before, and at most three times.
///
/// Store it with the order, as the JSON that it serialises to; the clock is the caller's.
/// [`SizPay::resend_by_rule`](crate::SizPay::resend_by_rule) asks it, and notes the SMS. The two minutes are counted from
/// the first SMS as well, which is a reading.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sizpay_client::{MayResend, ResendRule};
///
/// let sent = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_866_909);
/// let mut rule = ResendRule::new(sent);
/// let wait = Duration::from_secs(20);
/// assert_eq!(rule.may_resend_at(sent + Duration::from_secs(100)), MayResend::After(wait));
/// assert_eq!(rule.may_resend_at(sent + Duration::from_secs(120)), MayResend::Now);
/// rule.record(sent + Duration::from_secs(120));
/// assert_eq!(rule.resends_left(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendRule {
    resends: u8,
    last_sms_at_ms: u64,
}

/// Whether an SMS may be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MayResend {
    /// It may.
    Now,
    /// Not before this time has passed.
    After(Duration),
    /// It was sent three times already: never again.
    Never,
}

impl ResendRule {
    /// The field under which an SMS is refused that comes too soon, or once too often.
    pub const KEY: FieldKey = FieldKey::new("resend", "resend");

    /// The rule for a link whose first SMS went out at this time.
    #[must_use]
    pub fn new(at: SystemTime) -> ResendRule {
        ResendRule {
            resends: 0,
            last_sms_at_ms: to_millis(at),
        }
    }

    /// The rule that [`keep_in`](ResendRule::keep_in) put into a record of this client's; a new one, from when the link was
    /// sent, if none was put there.
    ///
    /// # Errors
    ///
    /// If the record is of another provider, or holds something else in its place: give back the record as it was stored.
    pub fn of_record(record: &PaymentRecord) -> Result<ResendRule, Invalid> {
        record.check_provider(SizPayConfig::PROVIDER)?;
        let Some(kept) = record.detail() else {
            return Ok(ResendRule::new(record.created_at()));
        };
        serde_json::from_str(kept).map_err(|_| {
            Invalid::new(PaymentRecord::KEY, "does not hold what SizPay put into it")
                .with_remedy("give back the record as it was stored")
        })
    }

    /// Puts the rule into the record of its link: store that in place of the one before. It settles like it.
    #[must_use]
    pub fn keep_in(&self, record: PaymentRecord) -> PaymentRecord {
        record.with_detail(format!(
            r#"{{"resends":{},"last_sms_at_ms":{}}}"#,
            self.resends, self.last_sms_at_ms
        ))
    }

    /// Whether the SMS may be sent again at `now`. A clock that went back is taken to say that no time has passed.
    #[must_use]
    pub fn may_resend_at(&self, now: SystemTime) -> MayResend {
        if self.resends_left() == 0 {
            return MayResend::Never;
        }
        let passed = to_millis(now).saturating_sub(self.last_sms_at_ms);
        match APART.saturating_sub(Duration::from_millis(passed)) {
            Duration::ZERO => MayResend::Now,
            wait => MayResend::After(wait),
        }
    }

    /// Notes that the SMS was sent again, or may have been: an unknown outcome counts.
    pub fn record(&mut self, at: SystemTime) {
        self.resends = self.resends.saturating_add(1);
        self.last_sms_at_ms = self.last_sms_at_ms.max(to_millis(at));
    }

    /// How many more times the SMS may be sent.
    #[must_use]
    pub fn resends_left(&self) -> u8 {
        MOST.saturating_sub(self.resends)
    }

    /// The same question, as the error to refuse with.
    pub(crate) fn check(&self, now: SystemTime) -> Result<(), Invalid> {
        match self.may_resend_at(now) {
            MayResend::Now => Ok(()),
            MayResend::After(wait) => {
                let seconds = wait.as_millis().div_ceil(1_000);
                Err(Invalid::new(
                    ResendRule::KEY,
                    "is too soon: SizPay wants two minutes between two SMS",
                )
                .with_remedy(format!("wait {seconds} seconds")))
            }
            MayResend::Never => Err(Invalid::new(
                ResendRule::KEY,
                "is one too many: SizPay sends an SMS again three times at most",
            )
            .with_remedy("disable the link and send a new one")),
        }
    }
}

fn to_millis(time: SystemTime) -> u64 {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use paylink_core::{Money, Rial};
    use paylink_testkit::assert_matches;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_866_909 + seconds)
    }

    #[test]
    fn three_times_two_minutes_apart() {
        let mut rule = ResendRule::new(at(0));
        for (number, second) in [(1, 120), (2, 240), (3, 1_000)] {
            let early = at(second - 1).min(at(119 + 120 * (number - 1)));
            assert_matches!(rule.may_resend_at(early), MayResend::After(_), "{number}");
            assert_eq!(rule.may_resend_at(at(second)), MayResend::Now, "{number}");
            rule.record(at(second));
        }
        assert_eq!(rule.may_resend_at(at(100_000)), MayResend::Never);
        rule.record(at(100_000));
        assert_eq!(rule.resends_left(), 0);
    }

    #[test]
    fn the_wait_is_told_to_the_second() {
        let rule = ResendRule::new(at(0));
        let almost = at(119) + Duration::from_millis(1);
        let error = rule.check(almost).unwrap_err();
        assert_eq!(error.remedy(), Some("wait 1 seconds"));
        assert!(rule.check(at(120)).is_ok());
    }

    #[test]
    fn a_clock_that_went_back_does_not_shorten_the_wait() {
        let mut rule = ResendRule::new(at(0));
        let long_ago = at(0) - APART * 10;
        assert_eq!(rule.may_resend_at(long_ago), MayResend::After(APART));
        rule.record(long_ago);
        assert_matches!(rule.may_resend_at(at(100)), MayResend::After(_));
    }

    #[test]
    fn a_record_keeps_it() {
        let amount = Money::from(Rial::new(10_000));
        let reference = "1000".parse().unwrap();
        let record = PaymentRecord::new("sizpay", reference, amount, at(0));
        let mut rule = ResendRule::of_record(&record).unwrap();
        assert_eq!(rule, ResendRule::new(at(0)));
        rule.record(at(120));
        let kept = rule.keep_in(record.clone());
        let stored = serde_json::to_string(&kept).unwrap();
        let record_again: PaymentRecord = serde_json::from_str(&stored).unwrap();
        assert_eq!(ResendRule::of_record(&record_again).unwrap(), rule);

        let other = record.clone().with_detail("{}");
        assert!(ResendRule::of_record(&other).is_err());
        let amount = *record.amount();
        let other = PaymentRecord::new("zipay", "1000".parse().unwrap(), amount, at(0));
        assert!(ResendRule::of_record(&other).is_err());
    }

    #[test]
    fn it_comes_back_from_a_store_and_nothing_else_does() {
        let mut rule = ResendRule::new(at(0));
        rule.record(at(120));
        let stored = serde_json::to_string(&rule).unwrap();
        assert_eq!(stored, r#"{"resends":1,"last_sms_at_ms":1612867029000}"#);
        assert_eq!(serde_json::from_str::<ResendRule>(&stored).unwrap(), rule);
        assert!(serde_json::from_str::<ResendRule>(r#"{"resends":1}"#).is_err());
        assert!(
            serde_json::from_str::<ResendRule>(r#"{"resends":-1,"last_sms_at_ms":0}"#).is_err()
        );
    }
}
