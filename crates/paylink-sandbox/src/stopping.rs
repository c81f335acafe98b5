use std::time::Duration;

use tokio::sync::watch;

/// Tells every [`Stopping`] to stop when it is dropped.
#[derive(Debug)]
pub(crate) struct StopSignal {
    _alive: watch::Sender<()>,
}

/// Learns that the sandbox is being shut down.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(watch::Receiver<()>);

/// The sandbox was shut down before the wait was over.
#[derive(Debug)]
pub(crate) struct Stopped;

pub(crate) fn pair() -> (StopSignal, Stopping) {
    let (sender, receiver) = watch::channel(());
    (StopSignal { _alive: sender }, Stopping(receiver))
}

impl Stopping {
    /// Waits until the sandbox is shut down.
    pub(crate) async fn wait(&mut self) {
        while self.0.changed().await.is_ok() {}
    }

    /// Waits for `duration` of real time, or until the sandbox is shut down.
    pub(crate) async fn sleep(&mut self, duration: Duration) -> Result<(), Stopped> {
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = self.wait() => Err(Stopped),
        }
    }
}
