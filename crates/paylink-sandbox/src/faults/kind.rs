use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// The header that sets the fault of one request alone, written as [`Fault`] prints it: `drop-after`,
/// `delay 500`, `status 503`.
pub const FAULT_HEADER: &str = "sandbox-fault";

/// What goes wrong with a request to a provider, or with a webhook of one.
///
/// A fault whose name ends in `After`, and [`Truncated`](Fault::Truncated), comes once the operation
/// was executed; any other fault of a request comes before.
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
    /// Delivers the webhook twice.
    WebhookTwice,
    /// Delivers the webhook that much later, in real time.
    WebhookLate(Duration),
    /// Delivers the webhook, and waits for its answer, before the payer's browser or the request that
    /// paid is answered.
    WebhookBeforeAnswer,
    /// Never delivers the webhook.
    WebhookLost,
}

/// The statuses that a gateway can answer.
pub(crate) const GATEWAY: Range<u16> = 200..600;

impl Fault {
    /// Returns whether it befalls webhooks, not requests.
    #[must_use]
    pub fn is_of_webhooks(self) -> bool {
        matches!(
            self,
            Self::WebhookTwice
                | Self::WebhookLate(_)
                | Self::WebhookBeforeAnswer
                | Self::WebhookLost
        )
    }

    /// The name, and the number that comes with it.
    fn parts(self) -> (&'static str, Option<u64>) {
        let milliseconds = |by: Duration| u64::try_from(by.as_millis()).ok();
        match self {
            Self::DropBefore => ("drop-before", None),
            Self::DropAfter => ("drop-after", None),
            Self::Delay(by) => ("delay", milliseconds(by)),
            Self::DelayAfter(by) => ("delay-after", milliseconds(by)),
            Self::Status(status) => ("status", Some(status.into())),
            Self::StatusAfter(status) => ("status-after", Some(status.into())),
            Self::Html => ("html", None),
            Self::HtmlAfter => ("html-after", None),
            Self::Truncated => ("truncated", None),
            Self::WebhookTwice => ("webhook-twice", None),
            Self::WebhookLate(by) => ("webhook-late", milliseconds(by)),
            Self::WebhookBeforeAnswer => ("webhook-before-answer", None),
            Self::WebhookLost => ("webhook-lost", None),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, Some(number)) => write!(f, "{name} {number}"),
            (name, None) => f.write_str(name),
        }
    }
}

/// A text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no fault: write drop-before, drop-after, delay MILLISECONDS, delay-after MILLISECONDS, \
     status CODE or status-after CODE from 200 to 599, html, html-after, truncated, webhook-twice, \
     webhook-late MILLISECONDS, webhook-before-answer or webhook-lost"
)]
pub struct InvalidFault(String);

impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let invalid = || InvalidFault(text.to_owned());
        let (name, number) = match text.trim().split_once(' ') {
            Some((name, number)) => (name, Some(number)),
            None => (text.trim(), None),
        };
        let number = number.map(str::parse::<u64>).transpose();
        let number = number.map_err(|_| invalid())?;
        let by = number.map(Duration::from_millis);
        let status = number.and_then(|number| u16::try_from(number).ok());
        let status = status.filter(|status| GATEWAY.contains(status));
        match (name, by, status) {
            ("delay", Some(by), _) => Ok(Self::Delay(by)),
            ("delay-after", Some(by), _) => Ok(Self::DelayAfter(by)),
            ("webhook-late", Some(by), _) => Ok(Self::WebhookLate(by)),
            ("status", _, Some(status)) => Ok(Self::Status(status)),
            ("status-after", _, Some(status)) => Ok(Self::StatusAfter(status)),
            (name, None, _) => {
                let mut plain = PLAIN.into_iter();
                plain.find(|it| it.parts().0 == name).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }
}

/// The faults that come without a number.
const PLAIN: [Fault; 8] = [
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Html,
    Fault::HtmlAfter,
    Fault::Truncated,
    Fault::WebhookTwice,
    Fault::WebhookBeforeAnswer,
    Fault::WebhookLost,
];

/// What goes wrong, before or after the operation is executed.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum FaultSpec {
    /// Nothing is executed, and the connection is closed without a byte.
    DropBefore,
    /// The operation is executed, and the connection is closed without a byte.
    DropAfter,
    /// The sandbox waits, then executes and answers.
    Delay { milliseconds: u64 },
    /// The operation is executed; the sandbox waits, then answers.
    DelayAfter { milliseconds: u64 },
    /// Nothing is executed, and this HTTP status comes with an HTML page.
    Status {
        #[schema(minimum = 200, maximum = 599)]
        status: u16,
    },
    /// The operation is executed, and this HTTP status comes with an HTML page.
    StatusAfter {
        #[schema(minimum = 200, maximum = 599)]
        status: u16,
    },
    /// Nothing is executed, and HTTP 200 comes with an HTML page.
    Html,
    /// The operation is executed, and HTTP 200 comes with an HTML page.
    HtmlAfter,
    /// The operation is executed; the whole head and half the body, then the connection is closed.
    Truncated,
    /// The webhook is delivered twice.
    WebhookTwice,
    /// The webhook is delivered that much later, in real time.
    WebhookLate { milliseconds: u64 },
    /// The webhook is delivered and answered before the payer's browser, or the request that paid, is answered.
    WebhookBeforeAnswer,
    /// The webhook is never delivered.
    WebhookLost,
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
            FaultSpec::WebhookTwice => Self::WebhookTwice,
            FaultSpec::WebhookLate { milliseconds } => Self::WebhookLate(by(milliseconds)),
            FaultSpec::WebhookBeforeAnswer => Self::WebhookBeforeAnswer,
            FaultSpec::WebhookLost => Self::WebhookLost,
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
            Fault::WebhookTwice => Self::WebhookTwice,
            Fault::WebhookLate(by) => Self::WebhookLate {
                milliseconds: milliseconds(by),
            },
            Fault::WebhookBeforeAnswer => Self::WebhookBeforeAnswer,
            Fault::WebhookLost => Self::WebhookLost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_they_are_written() {
        let second = Duration::from_secs(1);
        let numbered = [
            Fault::Delay(second),
            Fault::DelayAfter(second),
            Fault::WebhookLate(second),
            Fault::Status(503),
            Fault::StatusAfter(200),
        ];
        for fault in PLAIN.into_iter().chain(numbered) {
            assert_eq!(fault.to_string().parse(), Ok(fault));
            let json = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
        }
        for text in [
            "",
            "drop",
            "delay",
            "delay x",
            "status 99",
            "status 600",
            "html 1",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
