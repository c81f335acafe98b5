use std::sync::Arc;

use super::fault::Fault;
use super::witness::Witness;
use crate::{Handle, Idempotency, Runtime};

/// Watches over all attempts of one call: a caller that drops it in flight leaves an unknown outcome behind if any of them
/// may have been carried out, and that is noted.
pub(super) struct InFlight<'a> {
    /// The handle of what changes something.
    watched: Option<&'a Handle>,
    runtime: &'a Arc<dyn Runtime>,
    /// The attempt that is under way.
    witness: Option<Witness>,
    ambiguous: bool,
}

impl<'a> InFlight<'a> {
    pub(super) fn of(
        idempotency: Idempotency,
        handle: &'a Handle,
        environment: &'a Arc<dyn Runtime>,
    ) -> InFlight<'a> {
        InFlight {
            watched: (idempotency != Idempotency::ReadOnly).then_some(handle),
            runtime: environment,
            witness: None,
            ambiguous: false,
        }
    }

    /// An attempt begins, under this witness.
    pub(super) fn begins(&mut self) -> Witness {
        let sent_by = self.watched.and_then(Handle::sent_by);
        let witness = sent_by.map_or_else(Witness::new, |sent_by| {
            Witness::until(sent_by, Arc::clone(self.runtime))
        });
        self.witness.insert(witness).clone()
    }

    /// The attempt failed like this.
    pub(super) fn failed(&mut self, fault: &Fault) {
        self.witness = None;
        self.ambiguous |= fault.is_ambiguous();
    }

    /// Whether any attempt that ended may have been carried out.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The call ended by itself. Whether any of its attempts may have been carried out.
    pub(super) fn landed(mut self) -> bool {
        self.watched = None;
        self.ambiguous
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let Some(handle) = self.watched.take() else {
            return;
        };
        // What is under way is given up in any case.
        let unsent = self.witness.as_ref().is_none_or(Witness::proves_unsent);
        if self.ambiguous || !unsent {
            // It was under way until now, whenever it was prepared.
            let handle = handle.clone().with_failed_at(self.runtime.now());
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
