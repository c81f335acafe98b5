use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// When a payment's time is over: an instant in whole seconds since 1970.
///
/// It is for showing a countdown. Whether a payment expired is the script's word: [`PaymentState::Expired`].
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cardpay_client::Expiry;
///
/// let expiry = Expiry::from_unix_seconds(1_735_237_765);
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_237_705);
/// assert_eq!(expiry.time_left_at(now), Duration::from_secs(60));
/// ```
///
/// [`PaymentState::Expired`]: crate::PaymentState::Expired
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expiry(u64);

impl Expiry {
    /// Takes the script's own number.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Expiry {
        Expiry(seconds)
    }

    /// The seconds since 1970.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        self.0
    }

    /// The instant, where the machine's clock can show it.
    #[must_use]
    pub fn instant(self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.0))
    }

    /// How much time is left at `now`; zero when it is over. A client tells it by its own clock:
    /// [`CardPay::time_left`](crate::CardPay::time_left).
    #[must_use]
    pub fn time_left_at(self, now: SystemTime) -> Duration {
        match now.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(passed) => Duration::from_secs(self.0).saturating_sub(passed),
            // Before 1970 all of it is left.
            Err(before) => Duration::from_secs(self.0).saturating_add(before.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_out_and_stays_out() {
        let expiry = Expiry::from_unix_seconds(100);
        let at = |ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
        assert_eq!(expiry.time_left_at(at(0)), Duration::from_secs(100));
        assert_eq!(expiry.time_left_at(at(99_999)), Duration::from_millis(1));
        assert_eq!(expiry.time_left_at(at(100_000)), Duration::ZERO);
        assert_eq!(expiry.time_left_at(at(999_999_999)), Duration::ZERO);
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
        assert_eq!(expiry.time_left_at(before), Duration::from_secs(105));
    }

    #[test]
    fn the_largest_number_does_no_harm() {
        let expiry = Expiry::from_unix_seconds(u64::MAX);
        assert!(expiry.time_left_at(SystemTime::now()) > Duration::from_secs(1 << 60));
        assert_eq!(expiry.instant(), None);
    }
}
