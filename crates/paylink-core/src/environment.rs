use std::collections::hash_map::RandomState;
use std::fmt::Debug;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// The clock, the waiting and the chance that a transport uses, so that time-dependent rules are tested without waiting.
///
/// Programs leave it alone; tests inject one of their own with
/// [`TransportBuilder::environment`](crate::TransportBuilder::environment). Timeouts of a running attempt follow
/// tokio's clock, which tokio's own test mode can pause.
pub trait Environment: Debug + Send + Sync {
    /// The wall clock: it dates handles and decides whether a provider's settling time has passed.
    fn now(&self) -> SystemTime;

    /// Waits between two attempts.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Any number: it spreads the waits of many clients, and nothing secret hangs on it.
    fn random(&self) -> u64;
}

/// The machine's own clock and tokio's sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
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
pub(crate) mod moved_clock;
