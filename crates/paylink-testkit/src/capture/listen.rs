//! Where a capture listens: on one thread, in a future, or in the whole process.

use std::fmt;
use std::sync::LazyLock;

use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing::{Dispatch, Subscriber};
use tracing_log::LogTracer;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::{Capture, CaptureLayer};

/// A dispatcher that hears everything and keeps nothing, alive until the process ends.
///
/// As long as there is only one dispatcher, `tracing` asks the thread on which an event is met first whether anybody
/// listens, and remembers the answer for all threads: a capture on one thread would stay deaf to an event that another
/// thread met while nobody listened there. With two it asks them both.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));

impl Capture {
    /// Listens to `tracing` on this thread until what it returns is dropped.
    ///
    /// That covers a test on a current-thread runtime, the default of `#[tokio::test]`. Tasks on other threads need
    /// [`listen_everywhere`](Self::listen_everywhere) or a [`subscriber`](Self::subscriber) of their own.
    pub fn listen(&self) -> Listening {
        Listening {
            _until_dropped: set_default(self.subscriber()),
        }
    }

    /// Listens to `tracing` on all threads which have no subscriber of their own, until the process ends.
    ///
    /// # Errors
    ///
    /// [`AlreadyTaken`] if the process has a global subscriber: give this test a process, that is a test file, of its own.
    pub fn listen_everywhere(&self) -> Result<(), AlreadyTaken> {
        set_global_default(self.subscriber()).map_err(|_| AlreadyTaken {
            what: "tracing subscriber",
        })
    }

    /// Returns a subscriber that gives all to this capture, for `tracing::instrument::WithSubscriber`.
    #[must_use]
    pub fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        LazyLock::force(&SECOND);
        Registry::default().with(self.layer())
    }

    /// Returns a layer that gives all to this capture, to be put on a subscriber which does other things too.
    #[must_use]
    pub fn layer(&self) -> CaptureLayer {
        CaptureLayer::new(self.clone())
    }
}

/// Turns every record of the `log` crate into a `tracing` event, for the rest of the process.
///
/// Libraries beneath an HTTP client speak to `log`. A process has only one logger: this one, once installed, serves all
/// captures, each of which hears the threads it listens on. Calling it again changes nothing.
///
/// # Errors
///
/// [`AlreadyTaken`] if the process has another logger, to which the records go.
pub fn bridge_log() -> Result<(), AlreadyTaken> {
    static BRIDGE: LazyLock<Result<(), AlreadyTaken>> =
        LazyLock::new(|| LogTracer::init().map_err(|_| AlreadyTaken { what: "logger" }));
    BRIDGE.clone()
}

/// Keeps a [`Capture`] listening on the thread it was made on.
#[must_use = "it listens until this is dropped"]
#[derive(Debug)]
pub struct Listening {
    _until_dropped: DefaultGuard,
}

/// The process has another subscriber or logger already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlreadyTaken {
    what: &'static str,
}

impl fmt::Display for AlreadyTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this process has a {} already: give the test a file of its own",
            self.what
        )
    }
}

impl std::error::Error for AlreadyTaken {}
