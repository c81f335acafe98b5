//! A machine that was suspended while it connected, and wakes up after the time that a stored handle holds.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::*;
use crate::transport::fault::Again;
use crate::{ErrorKind, Runtime};

/// A clock that a test moves.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

impl Clock {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A witness of what must leave within a minute, and its clock.
fn within_a_minute() -> (Witness, Arc<Clock>) {
    let clock = Arc::new(Clock::default());
    let minute = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
    (Witness::until(minute, Arc::clone(&clock) as _), clock)
}

#[tokio::test]
async fn what_is_asked_for_too_late_never_leaves() {
    let transport = transport();
    let good = Answer::json("{}");
    for wire in WIRES {
        let server = FaultServer::start(wire, faults::answer(&good))
            .await
            .unwrap();
        for client in [&transport.0.fresh, &transport.0.reusing] {
            for request in requests_to(&server) {
                let (witness, clock) = within_a_minute();
                clock.pass(61);
                let fault = fetch(client, &request, &witness).await.err().unwrap();
                assert_eq!(fault.kind(), ErrorKind::Timeout, "{wire:?}: {fault:?}");
                assert!(fault.is_unsent() && witness.proves_unsent());
                assert_eq!(fault.again(), Again::Never);
            }
        }
        let tally = server.shutdown().await;
        assert_eq!((tally.connections(), tally.bytes()), (6, 0), "{wire:?}");
    }
}

#[tokio::test]
async fn what_is_asked_for_in_time_leaves() {
    let transport = transport();
    let good = Answer::json("{}");
    let server = FaultServer::start(Wire::Plain, faults::answer(&good))
        .await
        .unwrap();
    for request in requests_to(&server) {
        let (witness, clock) = within_a_minute();
        clock.pass(60);
        assert!(fetch(&transport.0.fresh, &request, &witness).await.is_ok());
        clock.pass(1);
        assert!(witness.saw_it_written() && !witness.proves_unsent());
    }
}

#[tokio::test]
async fn a_long_body_is_not_completed_too_late() {
    const ROOM: usize = 1024;
    for taken in [0, 4 * SHORT - ROOM - 2] {
        let (witness, clock) = within_a_minute();
        let (mut far, _running) = last_byte::uploading(&witness, 4 * SHORT, ROOM).await;
        last_byte::take(&mut far, taken).await;
        clock.pass(61);
        let mut rest = Vec::new();
        far.read_to_end(&mut rest).await.unwrap();
        assert!(taken + rest.len() < 4 * SHORT, "{taken} and {}", rest.len());
        assert!(!witness.saw_it_written() && !witness.proves_unsent());
    }
}
