//! A transport that does not keep tests waiting.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use paylink_core::{Runtime, Timeouts, Transport, TransportBuilder};

/// An environment whose clock a test moves, and whose waits between attempts are over at once.
#[derive(Debug)]
pub struct Impatience {
    started: SystemTime,
    ahead_ms: AtomicU64,
}

impl Impatience {
    /// One that shows the present.
    #[must_use]
    pub fn new() -> Arc<Impatience> {
        Arc::new(Impatience {
            started: SystemTime::now(),
            ahead_ms: AtomicU64::new(0),
        })
    }

    /// Moves the clock.
    pub fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Runtime for Impatience {
    fn now(&self) -> SystemTime {
        let ahead = Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed));
        self.started.checked_add(ahead).unwrap_or(self.started)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// Short timeouts, the fault server's certificates, and nothing else unusual.
pub fn transport() -> TransportBuilder {
    let pem = paylink_testkit::ca_pem().unwrap_or_default();
    Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_secs(2),
            attempt: Duration::from_millis(2_500),
            total: Duration::from_secs(20),
        })
        .extra_root_certificates(pem)
}
