use std::sync::Arc;

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
