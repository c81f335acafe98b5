use std::future::{Future, pending};

/// Waits for Ctrl-C, or for the signal by which a supervisor asks a process to end.
///
/// Listening begins with the call, not with the first poll: nothing that comes in between is lost. Where the system
/// offers no signals to listen to, it waits for ever and the system's own way of ending a process stays as it is.
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    let signals = listen();
    async move {
        match signals {
            Ok(mut signals) => signals.recv().await,
            Err(_) => pending().await,
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    async fn recv(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(unix)]
fn listen() -> std::io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};

    Ok(Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
    })
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    async fn recv(&mut self) {
        let _ = self.0.recv().await;
    }
}

#[cfg(windows)]
fn listen() -> std::io::Result<Signals> {
    tokio::signal::windows::ctrl_c().map(Signals)
}
