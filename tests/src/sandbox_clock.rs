//! A client that lives by the sandbox's clock.

use paylink_core::{Error, Transport};
use paylink_sandbox::Sandbox;

use crate::impatience;

/// A transport by the sandbox's clock; clients of one sandbox share it.
///
/// # Errors
///
/// If it cannot be set up.
pub fn transport(sandbox: &Sandbox) -> Result<Transport, Error> {
    let clock = sandbox.clock().reader();
    impatience::transport().clock(clock).build()
}
