use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::outbox::Outbox;
use crate::random::Random;
use crate::sms::SmsOutbox;
use crate::stopping::Stopping;

/// What every provider of one sandbox shares. Clones share the same world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub(crate) origin: Arc<str>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
    pub(crate) sms: SmsOutbox,
    pub(crate) stopping: Stopping,
}

impl World {
    /// Returns the address of a path below a provider's root.
    pub(crate) fn url(&self, provider: &str, path: &str) -> String {
        format!("{}/{provider}{path}", self.origin)
    }
}

/// A value that threads share.
///
/// A thread that panics leaves it as it stands: each change is made at once, so that it is whole.
#[derive(Debug, Default)]
pub(crate) struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Locked<T> {
    pub(crate) fn get(&self) -> T {
        self.lock().clone()
    }

    /// Changes the value; it is not locked meanwhile, so that `change` may look at anything.
    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        let mut value = self.get();
        change(&mut value);
        *self.lock() = value;
    }
}
