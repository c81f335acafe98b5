use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::world::Locked;

/// What goes wrong with one request to a provider.
///
/// A fault whose name ends in `After`, and [`Truncated`](Fault::Truncated), comes once the operation
/// was executed; any other comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FaultSpec", into = "FaultSpec")]
#[non_exhaustive]
pub enum Fault {
    /// Closes the connection without a byte; nothing is executed.
    DropBefore,
    /// Executes, then closes the connection without a byte.
    DropAfter,
    /// Waits before executing. It executes even if the client has given up meanwhile, as a server
    /// that has read the request does.
    Delay(Duration),
    /// Executes at once, and waits before answering.
    DelayAfter(Duration),
    /// Answers this HTTP status with a gateway's HTML page; nothing is executed. A number below 200
    /// or above 599 is answered as 500.
    Status(u16),
    /// Executes, then answers this HTTP status with a gateway's HTML page.
    StatusAfter(u16),
    /// Answers 200 with an HTML page, as a captive portal does; nothing is executed.
    Html,
    /// Executes, then answers 200 with an HTML page.
    HtmlAfter,
    /// Executes, then sends the head with the whole length, half of the body, and closes.
    Truncated,
}

/// The statuses that a gateway can answer.
pub(crate) const GATEWAY: Range<u16> = 200..600;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropBefore => f.write_str("drop-before"),
            Self::DropAfter => f.write_str("drop-after"),
            Self::Delay(by) => write!(f, "delay {} ms", by.as_millis()),
            Self::DelayAfter(by) => write!(f, "delay-after {} ms", by.as_millis()),
            Self::Status(status) => write!(f, "status {status}"),
            Self::StatusAfter(status) => write!(f, "status-after {status}"),
            Self::Html => f.write_str("html"),
            Self::HtmlAfter => f.write_str("html-after"),
            Self::Truncated => f.write_str("truncated"),
        }
    }
}

/// The faults that are to come, in the order in which they were set. Clones share the same plan.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Locked<VecDeque<PendingFault>>>);

/// A fault that waits for its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedFault)]
#[non_exhaustive]
pub struct PendingFault {
    /// The provider's name, such as `zipay`.
    #[schema(example = "zipay")]
    pub provider: String,
    /// The operation's name, such as `invoice-verify`.
    #[schema(example = "invoice-verify")]
    pub operation: String,
    /// What will go wrong.
    #[schema(value_type = FaultSpec)]
    pub fault: Fault,
    /// How many requests are still to meet it.
    #[serde(default = "once")]
    #[schema(default = 1, minimum = 1)]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// What goes wrong, before or after the operation is executed.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum FaultSpec {
    /// Nothing is executed, and the connection is closed without a byte.
    DropBefore,
    /// The operation is executed, and the connection is closed without a byte.
    DropAfter,
    /// The sandbox waits, then executes and answers.
    Delay { milliseconds: u64 },
    /// The operation is executed; the sandbox waits, then answers.
    DelayAfter { milliseconds: u64 },
    /// Nothing is executed, and this HTTP status comes with an HTML page.
    Status { status: u16 },
    /// The operation is executed, and this HTTP status comes with an HTML page.
    StatusAfter { status: u16 },
    /// Nothing is executed, and HTTP 200 comes with an HTML page.
    Html,
    /// The operation is executed, and HTTP 200 comes with an HTML page.
    HtmlAfter,
    /// The operation is executed; the whole head and half the body, then the connection is closed.
    Truncated,
}

impl TryFrom<FaultSpec> for Fault {
    type Error = &'static str;

    fn try_from(spec: FaultSpec) -> Result<Self, &'static str> {
        let by = Duration::from_millis;
        Ok(match spec {
            FaultSpec::DropBefore => Self::DropBefore,
            FaultSpec::DropAfter => Self::DropAfter,
            FaultSpec::Delay { milliseconds } => Self::Delay(by(milliseconds)),
            FaultSpec::DelayAfter { milliseconds } => Self::DelayAfter(by(milliseconds)),
            FaultSpec::Status { status } if GATEWAY.contains(&status) => Self::Status(status),
            FaultSpec::StatusAfter { status } if GATEWAY.contains(&status) => {
                Self::StatusAfter(status)
            }
            FaultSpec::Status { .. } | FaultSpec::StatusAfter { .. } => {
                return Err("`status` must be from 200 to 599");
            }
            FaultSpec::Html => Self::Html,
            FaultSpec::HtmlAfter => Self::HtmlAfter,
            FaultSpec::Truncated => Self::Truncated,
        })
    }
}

impl From<Fault> for FaultSpec {
    fn from(fault: Fault) -> Self {
        let milliseconds = |by: Duration| u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        match fault {
            Fault::DropBefore => Self::DropBefore,
            Fault::DropAfter => Self::DropAfter,
            Fault::Delay(by) => Self::Delay {
                milliseconds: milliseconds(by),
            },
            Fault::DelayAfter(by) => Self::DelayAfter {
                milliseconds: milliseconds(by),
            },
            Fault::Status(status) => Self::Status { status },
            Fault::StatusAfter(status) => Self::StatusAfter { status },
            Fault::Html => Self::Html,
            Fault::HtmlAfter => Self::HtmlAfter,
            Fault::Truncated => Self::Truncated,
        }
    }
}

impl Faults {
    /// Sets `fault` for the next request for that operation.
    ///
    /// A name that no provider has never meets a request and stays in [`pending`](Faults::pending).
    pub fn next(&self, provider: &str, operation: &str, fault: Fault) {
        self.times(provider, operation, 1, fault);
    }

    /// Sets `fault` for the next `times` requests for that operation.
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
        self.0.lock()
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
        let met = [(); 4].map(|()| faults.take("zipay", "invoice-verify"));
        let unavailable = Some(Fault::Status(503));
        let set = [Some(Fault::DropAfter), unavailable, unavailable, None];
        assert_eq!(met, set);
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
