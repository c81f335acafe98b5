mod plan;

use std::fmt;
use std::time::Duration;

pub use plan::{Faults, PendingFault};

/// What goes wrong with one request to a provider.
///
/// A fault whose name ends in `After`, and [`Truncated`](Fault::Truncated), comes once the operation
/// was executed; any other comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
