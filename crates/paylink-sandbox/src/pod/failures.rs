use std::collections::VecDeque;

use super::refusal::Refusal;

/// How POD itself can fail: it answers in its envelope, and the answer does not tell whether the
/// service was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// Code 227: the service behind the platform did not answer in time.
    ServiceTimeout,
    /// Code 378: the service's answer did not reach the platform.
    RelayFailed,
    /// Code 999: an internal error.
    Internal,
}

impl Failure {
    /// Reads a code.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        let all = [Self::ServiceTimeout, Self::RelayFailed, Self::Internal];
        all.into_iter().find(|failure| failure.code() == code)
    }

    /// Returns the code that stands in the answer.
    #[must_use]
    pub fn code(self) -> u16 {
        self.refusal().code
    }

    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::ServiceTimeout => Refusal::SERVICE_TIMEOUT,
            Self::RelayFailed => Refusal::RELAY_FAILED,
            Self::Internal => Refusal::INTERNAL,
        }
    }
}

/// Whether a service that answers with a failure was executed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Executed {
    Yes,
    No,
}

/// A failure that waits for its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PendingFailure {
    pub(super) operation: String,
    pub(super) failure: Failure,
    pub(super) executed: Executed,
}

/// The failures that are to come, in the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Failures(VecDeque<PendingFailure>);

impl Failures {
    pub(super) fn plan(&mut self, pending: PendingFailure) {
        self.0.push_back(pending);
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = &PendingFailure> {
        self.0.iter()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the failure for a request that was let in.
    pub(super) fn take(&mut self, operation: &str) -> Option<PendingFailure> {
        let mut pending = self.0.iter();
        let place = pending.position(|pending| pending.operation == operation)?;
        self.0.remove(place)
    }
}
