//! The clock that only a test moves.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use paylink_core::Runtime;

/// A clock that stands still until a test moves it. Waiting by it lets other tasks work, and takes no time.
#[derive(Debug)]
pub struct MockClock {
    start: SystemTime,
    ahead_ms: AtomicU64,
}

impl MockClock {
    /// Creates a clock that shows this moment.
    #[must_use]
    pub fn at(start: SystemTime) -> MockClock {
        MockClock {
            start,
            ahead_ms: AtomicU64::new(0),
        }
    }

    /// Moves the clock ahead by this time, of which whole milliseconds count.
    pub fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Default for MockClock {
    /// Creates a clock that shows a moment in January 2027.
    fn default() -> MockClock {
        MockClock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
    }
}

impl Runtime for MockClock {
    fn now(&self) -> SystemTime {
        self.start + Duration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::task::yield_now())
    }

    fn random(&self) -> u64 {
        0
    }
}
