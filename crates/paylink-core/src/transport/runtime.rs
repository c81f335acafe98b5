use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::{Handle, Id};

/// The tokio runtime on which a transport was first used: its kept connections are driven there and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Home(OnceLock<Id>);

impl Home {
    /// Whether the caller runs where the kept connections are driven; or why no call can be made here.
    pub(super) fn is_here(&self) -> Result<bool, &'static str> {
        let runtime = Handle::try_current().map_err(|_| {
            "a call has to be awaited on a tokio runtime, and there is none here: enter one, with #[tokio::main] say"
        })?;
        let here = runtime.id();
        if self.0.get() == Some(&here) {
            return Ok(true);
        }
        drives_what_a_call_needs()?;
        Ok(*self.0.get_or_init(|| here) == here)
    }
}

/// A runtime can be built without timers or I/O. tokio tells that by a panic alone, which would come in mid-call.
fn drives_what_a_call_needs() -> Result<(), &'static str> {
    let timers = || drop(tokio::time::sleep(Duration::ZERO));
    if catch_unwind(AssertUnwindSafe(timers)).is_err() {
        return Err("the tokio runtime has no timers: build it with enable_all or enable_time");
    }
    #[cfg(unix)]
    if catch_unwind(|| drop(tokio::net::UnixStream::pair())).is_err() {
        return Err("the tokio runtime has no I/O: build it with enable_all or enable_io");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
