use std::time::{Duration, SystemTime};

use crate::settlement::handle::to_millis;
use crate::{Handle, Resolution, Runtime};

/// The shortest wait before a look-up is worth repeating that proved nothing although its time had come.
const PAUSE: Duration = Duration::from_secs(10);

/// The time of a look-up: what was not found had not shown when the look-up **began**, and nothing is known of later.
///
/// "Not found" means "not executed" only if the look-up began when the provider's settling time had passed since the last
/// moment in which a byte of the operation may have left. So there is no other way to a
/// [`Resolution::NotExecuted`] by time than through the look-up itself: [`by`](Inquiry::of) reads the clock, then lets
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
mod tests;
