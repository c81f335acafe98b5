use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::world::Locked;

/// The furthest the clock can be moved: beyond it dates stop having four-digit years.
const FURTHEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// The time the sandboxed providers live by.
///
/// It starts at the real time and moves with it, plus whatever it was [advanced](Clock::advance) by.
/// Clones share the same time. A client under test lives by a clock of its own: where it judges
/// deadlines, give it this one by [`reader`](Clock::reader), or it stays behind when this is advanced.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started_at: SystemTime,
    started: Instant,
    advanced: Locked<Duration>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::start()
    }
}

impl Clock {
    /// Starts a clock at the real time, such as one that several sandboxes share.
    #[must_use]
    pub fn start() -> Self {
        Self(Arc::new(Inner {
            started_at: SystemTime::now(),
            started: Instant::now(),
            advanced: Locked::new(Duration::ZERO),
        }))
    }

    /// Returns the sandbox time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let moved = self.0.started.elapsed().saturating_add(self.advanced());
        self.0
            .started_at
            .checked_add(moved)
            .unwrap_or(self.0.started_at)
    }

    /// Returns a function that reads this clock, for a client's transport.
    pub fn reader(&self) -> impl Fn() -> SystemTime + Clone + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }

    /// Moves the clock ahead: what falls due in between has happened by the next request.
    ///
    /// The limit is a hundred years in total; what goes beyond is cut off.
    pub fn advance(&self, by: Duration) {
        let mut advanced = self.0.advanced.lock();
        *advanced = advanced.saturating_add(by).min(FURTHEST);
    }

    /// Moves the clock to so many seconds ahead of real time, even if that is back.
    pub(crate) fn set_advanced(&self, seconds: u64) {
        *self.0.advanced.lock() = Duration::from_secs(seconds).min(FURTHEST);
    }

    /// Returns how far the clock was moved ahead of real time.
    #[must_use]
    pub fn advanced(&self) -> Duration {
        *self.0.advanced.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_at_its_limit_instead_of_overflowing() {
        let clock = Clock::start();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.advanced(), FURTHEST);
        assert!(clock.now() > SystemTime::now());
    }
}
