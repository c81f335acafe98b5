use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Fault;

/// The faults that are to come, in the order in which they were set. Clones share the same plan.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<VecDeque<PendingFault>>>);

/// A fault that waits for its request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingFault {
    /// The provider's name, such as `zipay`.
    pub provider: String,
    /// The operation's name, such as `invoice-verify`.
    pub operation: String,
    /// What will go wrong.
    pub fault: Fault,
    /// How many requests are still to meet it.
    pub times: u32,
}

impl Faults {
    /// Lets `fault` befall the next request for that operation.
    ///
    /// A name that no provider has never meets a request and stays in [`pending`](Faults::pending).
    pub fn next(&self, provider: &str, operation: &str, fault: Fault) {
        self.times(provider, operation, 1, fault);
    }

    /// Lets `fault` befall the next `times` requests for that operation.
    ///
    /// Faults set before for the same operation come first.
    pub fn times(&self, provider: &str, operation: &str, times: u32, fault: Fault) {
        if times == 0 {
            return;
        }
        self.plan().push_back(PendingFault {
            provider: provider.to_owned(),
            operation: operation.to_owned(),
            fault,
            times,
        });
    }

    /// Lists the faults that no request has met yet.
    #[must_use]
    pub fn pending(&self) -> Vec<PendingFault> {
        self.plan().iter().cloned().collect()
    }

    /// Forgets the faults that are still to come.
    pub fn clear(&self) {
        self.plan().clear();
    }

    /// Takes the fault for a request that has just arrived.
    pub(crate) fn take(&self, provider: &str, operation: &str) -> Option<Fault> {
        let mut plan = self.plan();
        let place = plan
            .iter()
            .position(|pending| pending.provider == provider && pending.operation == operation)?;
        let pending = plan.get_mut(place)?;
        let fault = pending.fault;
        pending.times = pending.times.saturating_sub(1);
        if pending.times == 0 {
            plan.remove(place);
        }
        Some(fault)
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, VecDeque<PendingFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_its_own_queue() {
        let faults = Faults::default();
        faults.next("zipay", "invoice-verify", Fault::DropAfter);
        faults.times("zipay", "invoice-verify", 2, Fault::Status(503));
        faults.next("zipay", "create-invoice", Fault::Html);

        assert_eq!(faults.take("zipay", "invoice-status"), None);
        assert_eq!(faults.take("zipay", "create-invoice"), Some(Fault::Html));
        let met: Vec<_> = (0..4)
            .map(|_| faults.take("zipay", "invoice-verify"))
            .collect();
        let unavailable = Some(Fault::Status(503));
        assert_eq!(
            met,
            [Some(Fault::DropAfter), unavailable, unavailable, None]
        );
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn no_times_is_no_fault_and_clearing_forgets() {
        let faults = Faults::default();
        faults.times("zipay", "invoice-list", 0, Fault::Html);
        assert!(faults.pending().is_empty());
        faults.next("zipay", "invoice-list", Fault::Html);
        faults.clear();
        assert_eq!(faults.take("zipay", "invoice-list"), None);
    }
}
