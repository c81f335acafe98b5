//! A client that lives by the sandbox's clock.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink_core::{Error, Runtime, Transport};
use paylink_sandbox::{Clock, Sandbox};

use crate::impatience;

/// The sandbox's clock as a client's environment: both move together, and waits are over at once.
#[derive(Debug)]
pub struct SandboxClock(Clock);

impl SandboxClock {
    /// The clock of this sandbox.
    #[must_use]
    pub fn of(sandbox: &Sandbox) -> Arc<SandboxClock> {
        Arc::new(SandboxClock(sandbox.clock().clone()))
    }
}

impl Runtime for SandboxClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A transport by the sandbox's clock; clients of one sandbox share it.
///
/// # Errors
///
/// If it cannot be set up.
pub fn transport(sandbox: &Sandbox) -> Result<Transport, Error> {
    let clock = SandboxClock::of(sandbox);
    impatience::transport().runtime(clock).build()
}
