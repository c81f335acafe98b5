use std::time::{Duration, SystemTime};

use crate::settlement::handle::to_millis;
use crate::{Handle, Resolution, Runtime};

/// The shortest wait before a look-up is worth repeating that proved nothing although its time had come.
const PAUSE: Duration = Duration::from_secs(10);

/// The time of a look-up: what was not found had not shown when the look-up **began**, and nothing is known of later.
///
/// "Not found" means "not executed" only if the look-up began when the provider's settling time had passed since the last
/// moment in which a byte of the operation may have left. So there is no other way to a
/// [`Resolution::NotExecuted`] by time than through the look-up itself: [`of`](Inquiry::of) reads the clock, then lets
/// `asking` ask, however many pages and attempts that takes.
///
/// ```
/// use std::time::Duration;
/// use paylink_core::{Handle, Inquiry, Resolution, Runtime, SystemRuntime};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let clock = SystemRuntime;
/// let handle = Handle::new("example", "create", clock.now()).with_failed_at(clock.now());
/// let (inquiry, found) = Inquiry::of(&clock, async { None::<u32> }).await;
/// let resolution = match found {
///     Some(payment) => Resolution::Executed(payment),
///     None => inquiry.absent(&handle, Duration::from_secs(180)),
/// };
/// assert!(matches!(resolution, Resolution::StillUnknown { .. }));
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it says what it means that nothing was found"]
pub struct Inquiry {
    began_ms: u64,
    shortest_settling: Duration,
}

impl Inquiry {
    /// Looks something up by `asking`, and remembers when that began.
    ///
    /// Clients use [`Transport::inquire`](crate::Transport::inquire), which knows how long a call may take.
    pub async fn of<F: Future>(runtime: &dyn Runtime, asking: F) -> (Inquiry, F::Output) {
        let before = runtime.now();
        let answered = asking.await;
        let inquiry = Inquiry {
            // They differ the other way round if the clock was set back meanwhile: then the earlier one is the right one.
            began_ms: to_millis(before.min(runtime.now())),
            shortest_settling: Duration::ZERO,
        };
        (inquiry, answered)
    }

    /// Takes no settling time to be shorter than this.
    pub(crate) fn settling_at_least(mut self, time: Duration) -> Inquiry {
        self.shortest_settling = time;
        self
    }

    /// What it means that the operation of this handle was not found: not executed if the settling time had passed when the
    /// look-up began, and nothing before.
    ///
    /// The settling time counts from [`Handle::sent_by`]; where the handle does not say that, this is never a proof.
    #[must_use]
    pub fn absent<V>(&self, handle: &Handle, settling: Duration) -> Resolution<V> {
        match self.settling_time_left(handle, settling) {
            None => Resolution::NotExecuted,
            Some(retry_after) => Resolution::StillUnknown { retry_after },
        }
    }

    /// What a look-up means that cannot have seen everything, because what it read changed under its eyes: nothing.
    #[must_use]
    pub fn inconclusive<V>(&self, handle: &Handle, settling: Duration) -> Resolution<V> {
        let wait = self
            .settling_time_left(handle, settling)
            .unwrap_or_default();
        Resolution::StillUnknown {
            retry_after: wait.max(PAUSE),
        }
    }

    /// How long to wait until a look-up can prove something; `None` if this one does.
    fn settling_time_left(&self, handle: &Handle, settling: Duration) -> Option<Duration> {
        let settling = settling.max(self.shortest_settling);
        let Some(sent_by_ms) = handle.sent_by_ms() else {
            return Some(settling.max(PAUSE));
        };
        let settled_ms = sent_by_ms.saturating_add(millis(settling));
        let missing = settled_ms.checked_sub(self.began_ms).filter(|it| *it > 0)?;
        // By a clock that went back it can be any time. By any clock it was no longer than this when it was prepared.
        let longest = settled_ms.saturating_sub(handle.prepared_at_ms());
        Some(Duration::from_millis(missing.min(longest)))
    }
}

fn millis(time: Duration) -> u64 {
    let later = SystemTime::UNIX_EPOCH.checked_add(time);
    later.map_or(u64::MAX, to_millis)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::settlement::handle::from_millis;
    use crate::transport::runtime::MovedClock;

    const SETTLING: Duration = Duration::from_secs(180);

    /// What "not found" means that was asked and answered at these seconds; the handle is of second 0.
    async fn not_found(handle: &Handle, asked: u64, answered: u64) -> Resolution<()> {
        let clock = MovedClock::at(START + asked * 1_000);
        let asking = async { clock.set(START + answered * 1_000) };
        let (inquiry, ()) = Inquiry::of(&clock, asking).await;
        inquiry.absent(handle, SETTLING)
    }

    const START: u64 = 1_000_000_000;

    fn prepared() -> Handle {
        Handle::new("p", "o", from_millis(START))
    }

    fn failed(seconds: u64) -> Handle {
        prepared().with_failed_at(from_millis(START + seconds * 1_000))
    }

    fn wait(seconds: u64) -> Resolution<()> {
        Resolution::StillUnknown {
            retry_after: Duration::from_secs(seconds),
        }
    }

    #[tokio::test]
    async fn what_counts_is_when_the_look_up_began() {
        assert_eq!(not_found(&failed(0), 170, 182).await, wait(10));
        assert_eq!(not_found(&failed(0), 179, 1_000).await, wait(1));
        let settled = not_found(&failed(0), 180, 180).await;
        assert_eq!(settled, Resolution::NotExecuted);
        let settled = not_found(&failed(0), 180, 400).await;
        assert_eq!(settled, Resolution::NotExecuted);
    }

    #[tokio::test]
    async fn it_counts_from_the_last_byte_and_not_from_the_preparing() {
        assert_eq!(not_found(&failed(45), 180, 180).await, wait(45));
        let stored = prepared().with_deadline(from_millis(START + 105_000));
        assert_eq!(not_found(&stored, 0, 0).await, wait(285));
        assert_eq!(not_found(&stored, 284, 290).await, wait(1));
        let settled = not_found(&stored, 285, 290).await;
        assert_eq!(settled, Resolution::NotExecuted);
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_proves_nothing() {
        // Before the look-up, far behind the handle: one settling time, as often as it is asked.
        assert_eq!(not_found(&failed(0).clone(), 0, 0).await, wait(180));
        let behind = Handle::new("p", "o", from_millis(START + 500_000));
        let behind = behind.with_failed_at(from_millis(START + 500_000));
        assert_eq!(not_found(&behind, 0, 0).await, wait(180));
        // While it was asking: it had been ahead.
        assert_eq!(not_found(&failed(0), 3_600, 20).await, wait(160));
    }

    #[tokio::test]
    async fn a_handle_that_does_not_say_when_it_was_sent_is_never_settled() {
        let never = not_found(&prepared(), 1_000_000, 1_000_000).await;
        assert_eq!(never, wait(180));
    }

    #[tokio::test]
    async fn a_settling_time_is_never_shorter_than_a_call() {
        let clock = MovedClock::at(START + 44_999);
        let (inquiry, ()) = Inquiry::of(&clock, async {}).await;
        let inquiry = inquiry.settling_at_least(Duration::from_secs(45));
        for settling in [Duration::ZERO, Duration::from_secs(30)] {
            let retry_after = Duration::from_millis(1);
            let early: Resolution<()> = inquiry.absent(&failed(0), settling);
            assert_eq!(early, Resolution::StillUnknown { retry_after });
        }
    }

    #[tokio::test]
    async fn a_list_that_moved_is_looked_at_again_and_not_at_once() {
        let clock = MovedClock::at(START + 3_600_000);
        let (inquiry, ()) = Inquiry::of(&clock, async {}).await;
        let settled: Resolution<()> = inquiry.inconclusive(&failed(0), SETTLING);
        assert_eq!(settled, wait(10));
        let early: Resolution<()> = inquiry.inconclusive(&failed(3_600), SETTLING);
        assert_eq!(early, wait(180));
    }

    proptest! {
        /// Whatever the times are, nothing is proved before the last byte and the settling time, and the wait leads there.
        #[test]
        fn nothing_is_proved_early_and_the_wait_is_enough(
            sent_by in 0_u64..10_000_000, began in 0_u64..20_000_000, settling in 0_u64..1_000_000,
        ) {
            let handle = Handle::new("p", "o", from_millis(0)).with_deadline(from_millis(sent_by));
            let at = |began_ms| Inquiry { began_ms, shortest_settling: Duration::ZERO };
            let settling = Duration::from_millis(settling);
            let is_late = began >= sent_by + u64::try_from(settling.as_millis()).unwrap();
            match at(began).absent::<()>(&handle, settling) {
                Resolution::NotExecuted => prop_assert!(is_late),
                Resolution::StillUnknown { retry_after } => {
                    prop_assert!(!is_late && !retry_after.is_zero());
                    let later = began + u64::try_from(retry_after.as_millis()).unwrap();
                    let then = at(later).absent::<()>(&handle, settling);
                    prop_assert_eq!(then, Resolution::NotExecuted);
                }
                Resolution::Executed(()) => prop_assert!(false),
            }
        }
    }
}
