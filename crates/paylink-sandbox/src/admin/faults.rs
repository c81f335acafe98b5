use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Described, Problem, Routes};
use crate::faults::{Fault, Faults, PendingFault};
use crate::simulated::Simulated;
use crate::world::World;

pub(super) fn routes(world: &World, providers: &[Simulated]) -> Described {
    let providers: Arc<[Simulated]> = providers.into();
    Routes::new("", world.faults.clone())
        .list(
            "/faults",
            "Lists the faults that no request has met yet, in the order in which they will come.",
            |faults| {
                faults
                    .pending()
                    .into_iter()
                    .map(PlannedFault::from)
                    .collect()
            },
        )
        .create(
            "/faults",
            "Sets a fault for the next requests of one operation.",
            move |faults, planned| plan(faults, &providers, planned),
        )
        .delete(
            "/faults",
            "Forgets the faults that are still to come.",
            Faults::clear,
        )
        .done()
}

fn plan(faults: &Faults, providers: &[Simulated], planned: &PlannedFault) -> Result<(), Problem> {
    let PlannedFault {
        provider: name,
        operation,
        times,
        fault,
    } = planned;
    let provider = providers.iter().find(|it| it.name() == name);
    let provider =
        provider.ok_or_else(|| Problem::unusable(format!("there is no provider {name:?}")))?;
    let operations = provider.operations();
    if !operations.contains(&operation.as_str()) {
        let known = operations.join(", ");
        return Err(Problem::unusable(format!(
            "{name} has these operations: {known}"
        )));
    }
    let fault = fault.check().map_err(Problem::unusable)?;
    if *times == 0 {
        return Err(Problem::unusable("`times` must be at least 1"));
    }
    faults.times(name, operation, *times, fault);
    Ok(())
}

/// A fault and the requests that are to meet it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlannedFault {
    /// The provider's name.
    #[schema(example = "zipay")]
    provider: String,
    /// The operation's name.
    #[schema(example = "invoice-verify")]
    operation: String,
    /// How many requests meet it.
    #[serde(default = "once")]
    #[schema(default = 1, minimum = 1)]
    times: u32,
    fault: FaultSpec,
}

/// What goes wrong, before or after the operation is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

impl FaultSpec {
    /// Returns the fault, or why it cannot be played.
    fn check(self) -> Result<Fault, &'static str> {
        if let Self::Status { status } | Self::StatusAfter { status } = self
            && !(200..600).contains(&status)
        {
            return Err("`status` must be from 200 to 599");
        }
        Ok(match self {
            Self::DropBefore => Fault::DropBefore,
            Self::DropAfter => Fault::DropAfter,
            Self::Delay { milliseconds } => Fault::Delay(Duration::from_millis(milliseconds)),
            Self::DelayAfter { milliseconds } => {
                Fault::DelayAfter(Duration::from_millis(milliseconds))
            }
            Self::Status { status } => Fault::Status(status),
            Self::StatusAfter { status } => Fault::StatusAfter(status),
            Self::Html => Fault::Html,
            Self::HtmlAfter => Fault::HtmlAfter,
            Self::Truncated => Fault::Truncated,
        })
    }
}

impl From<Fault> for FaultSpec {
    fn from(fault: Fault) -> Self {
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

impl From<PendingFault> for PlannedFault {
    fn from(pending: PendingFault) -> Self {
        let PendingFault {
            provider,
            operation,
            fault,
            times,
        } = pending;
        Self {
            provider,
            operation,
            times,
            fault: fault.into(),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn once() -> u32 {
    1
}
