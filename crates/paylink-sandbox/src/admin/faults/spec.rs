use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::faults::{Fault, PendingFault};

/// A fault and the requests that are to meet it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedFault {
    /// The provider's name.
    #[schema(example = "zipay")]
    pub(super) provider: String,
    /// The operation's name.
    #[schema(example = "invoice-verify")]
    pub(super) operation: String,
    /// How many requests meet it.
    #[serde(default = "once")]
    #[schema(default = 1, minimum = 1)]
    pub(super) times: u32,
    pub(super) fault: FaultSpec,
}

/// What goes wrong, before or after the operation is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum FaultSpec {
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
    pub(super) fn check(self) -> Result<Fault, &'static str> {
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
