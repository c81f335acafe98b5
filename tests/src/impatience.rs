//! A transport that does not keep tests waiting.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink_core::{Timeouts, Transport, TransportBuilder};
use paylink_testkit::MockClock;

/// A clock that shows the present until a test moves it; waits between attempts are over at once.
#[must_use]
pub fn clock() -> Arc<MockClock> {
    Arc::new(MockClock::at(SystemTime::now()))
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
