use std::collections::hash_map::RandomState;
use std::fmt::Debug;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// The clock, the waiting and the chance that a transport uses, so that time-dependent rules are tested without waiting.
///
/// Programs leave it alone; tests inject one of their own with
/// [`TransportBuilder::runtime`](crate::TransportBuilder::runtime). Timeouts of a running attempt follow
/// tokio's clock, which tokio's own test mode can pause.
pub trait Runtime: Debug + Send + Sync {
    /// The wall clock: it dates handles and decides whether a provider's settling time has passed.
    fn now(&self) -> SystemTime;

    /// Waits between two attempts.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Any number: it spreads the waits of many clients, and nothing secret hangs on it.
    fn random(&self) -> u64;
}

/// The machine's own clock and tokio's sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRuntime;

impl Runtime for SystemRuntime {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }

    fn random(&self) -> u64 {
        // Every `RandomState` of the standard library is seeded afresh.
        RandomState::new().build_hasher().finish()
    }
}

#[cfg(test)]
pub(crate) use moved_clock::MovedClock;

#[cfg(test)]
mod moved_clock {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::settlement::handle::from_millis;

    /// A clock that shows what a test sets, and waits that are over at once.
    #[derive(Debug, Default)]
    pub(crate) struct MovedClock {
        millis: AtomicU64,
        /// How far a wait moves it.
        waits_ms: u64,
    }

    impl MovedClock {
        pub(crate) fn at(millis: u64) -> MovedClock {
            MovedClock {
                millis: AtomicU64::new(millis),
                waits_ms: 0,
            }
        }

        pub(crate) fn waiting(self, waits_ms: u64) -> MovedClock {
            MovedClock { waits_ms, ..self }
        }

        pub(crate) fn set(&self, millis: u64) {
            self.millis.store(millis, Ordering::Relaxed);
        }
    }

    impl Runtime for MovedClock {
        fn now(&self) -> SystemTime {
            from_millis(self.millis.load(Ordering::Relaxed))
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            self.millis.fetch_add(self.waits_ms, Ordering::Relaxed);
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> u64 {
            0
        }
    }
}
