use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::{Environment, FieldKey, Invalid};

/// How long after it was prepared an operation may begin to be sent.
const LENGTH: Duration = Duration::from_secs(30);

const OPERATION: FieldKey = FieldKey::new("prepared_operation", "prepared operation");

/// Longer than any call; it keeps sums of times within a clock's range.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The 30 seconds between preparing an operation and beginning to send it.
///
/// A handle is stored before its operation is sent, and says by when every byte had left. That stays true only if what was
/// prepared is not sent later. A [`Prepared`](crate::Prepared) request and a [`Call`](crate::Call) whose handle was asked for
/// keep it by themselves, and so does a [`PreparedPayment`](crate::provider::PreparedPayment) that is built on one. A program
/// that has to know beforehand whether there is time opens a window before preparing:
///
/// ```
/// use paylink_core::{SendingWindow, SystemEnvironment};
///
/// let clock = SystemEnvironment;
/// let window = SendingWindow::open(&clock);
/// // let prepared = provider.prepare(&payment)?;
/// // store.write(prepared.handle())?;
/// window.must_be_open(&clock)?;
/// // prepared.create().await
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SendingWindow {
    opened: SystemTime,
    /// Goes on where somebody sets the clock back.
    opened_by_uptime: Instant,
}

impl SendingWindow {
    /// Opens it now; do this before preparing.
    #[must_use]
    pub fn open(environment: &dyn Environment) -> SendingWindow {
        SendingWindow {
            opened: environment.now(),
            opened_by_uptime: Instant::now(),
        }
    }

    /// Checks that the operation may still be sent.
    ///
    /// # Errors
    ///
    /// If too much time has passed since it was prepared: prepare it again, and store the new handle.
    pub fn must_be_open(&self, environment: &dyn Environment) -> Result<(), Invalid> {
        // A clock that was set back shows no time at all; the uptime does.
        let by_clock = environment.now().duration_since(self.opened);
        let passed = by_clock
            .unwrap_or_default()
            .max(self.opened_by_uptime.elapsed());
        if passed <= LENGTH {
            return Ok(());
        }
        Err(Invalid::new(
            OPERATION,
            "was prepared more than 30 seconds ago, so that its stored handle would lead astray; nothing was sent",
        )
        .remedy("prepare it again, and store the new handle"))
    }

    /// When it was opened.
    pub(crate) fn opened(&self) -> SystemTime {
        self.opened
    }

    /// The moment after which no byte leaves of a call that takes `total` at most.
    ///
    /// It leaves as much time again between the look at the clock and the first byte: for a machine that is busy, and for
    /// what a provider's adapter does before it sends.
    pub(crate) fn last_byte(&self, total: Duration) -> SystemTime {
        let longest = LENGTH.saturating_mul(2).saturating_add(total.min(YEAR));
        self.opened.checked_add(longest).unwrap_or(self.opened)
    }
}
