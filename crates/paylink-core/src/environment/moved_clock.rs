//! A clock for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::handle::from_millis;

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

impl Environment for MovedClock {
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
