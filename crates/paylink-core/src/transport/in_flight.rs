use super::witness::Witness;
use crate::{Class, Environment, Handle};

/// Watches over one attempt: a caller that drops it in flight leaves an unknown outcome behind, and that is noted.
pub(super) struct InFlight<'a> {
    watched: Option<(&'a Witness, &'a Handle)>,
    environment: &'a dyn Environment,
}

impl<'a> InFlight<'a> {
    pub(super) fn of(
        class: Class,
        witness: &'a Witness,
        handle: &'a Handle,
        environment: &'a dyn Environment,
    ) -> InFlight<'a> {
        InFlight {
            watched: (class != Class::Read).then_some((witness, handle)),
            environment,
        }
    }

    /// The attempt ended by itself.
    pub(super) fn landed(mut self) {
        self.watched = None;
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Some((witness, handle)) = self.watched.take()
            && !witness.proves_unsent()
        {
            // It was under way until now, whenever it was prepared.
            let handle = handle.clone().failed_at(self.environment.now());
            let stored = serde_json::to_string(&handle).unwrap_or_default();
            tracing::warn!(
                provider = handle.provider(),
                operation = handle.operation(),
                handle = stored,
                "call dropped in flight: its outcome is unknown"
            );
        }
    }
}

#[cfg(test)]
mod tests;
