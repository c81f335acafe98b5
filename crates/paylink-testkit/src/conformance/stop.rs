use std::fmt::Display;

use paylink_core::provider::{Capabilities, Capability, Support};

use super::Problem;

/// Why a case ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The provider declares that there is nothing to check.
    NotApplicable(String),
    /// It does not conform.
    Failed(String),
}

impl Stop {
    pub(super) fn failed(what: impl Into<String>) -> Stop {
        Stop::Failed(what.into())
    }

    pub(super) fn not_applicable(why: impl Into<String>) -> Stop {
        Stop::NotApplicable(why.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Stop::Failed(format!("the subject: {problem}"))
    }
}

impl From<paylink_core::Invalid> for Stop {
    fn from(invalid: paylink_core::Invalid) -> Stop {
        Stop::Failed(format!("a sample: {invalid}"))
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Stop {
        Stop::Failed(format!("JSON: {error}"))
    }
}

/// Fails the case unless this holds.
pub(super) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Stop> {
    if holds {
        Ok(())
    } else {
        Err(Stop::Failed(what()))
    }
}

/// Fails the case on an error, and says at which step.
pub(super) fn step<T, E: Display>(what: &str, result: Result<T, E>) -> Result<T, Stop> {
    result.map_err(|error| Stop::Failed(format!("{what}: {error}")))
}

/// Ends the case as not applicable unless the provider offers this.
pub(super) fn offered(capabilities: &Capabilities, capability: Capability) -> Result<(), Stop> {
    match capabilities.support(capability) {
        Support::Supported => Ok(()),
        Support::Unsupported(why) => Err(Stop::not_applicable(why)),
    }
}
