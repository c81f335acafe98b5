//! A machine that stands still while a call connects, and wakes up after the time that its handle holds.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// The present, and how many seconds the machine stood still.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// What becomes of a call whose machine stands still for ten minutes while it connects to this server.
async fn asked_by_a_sleeper<K: Kind>(server: &FaultServer) -> Result<(), Error> {
    let clock = Arc::new(Clock::default());
    let transport = builder()
        .runtime(Arc::clone(&clock) as _)
        // The connection is listened to until then.
        .listen(Duration::from_millis(500))
        .build()
        .unwrap();
    let before = server.tally().connections();
    let sleep = async {
        server.until(|tally| tally.connections() > before).await;
        clock.0.store(600, Ordering::Relaxed);
    };
    tokio::join!(ask::<K>(&transport, server), sleep).0
}

#[tokio::test]
async fn nothing_leaves_after_the_time_that_the_handle_holds() {
    for wire in [Wire::Plain, Wire::Tls] {
        let server = FaultServer::start(wire, faults::answer(&yes())).await;
        let server = server.unwrap();
        for error in [
            asked_by_a_sleeper::<Once>(&server).await.unwrap_err(),
            asked_by_a_sleeper::<Idempotent>(&server).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Timeout, "{wire:?}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.attempts(), 1);
            assert!(error.handle().is_none());
            assert!(error.to_string().contains("handle"), "{error}");
        }
        assert_eq!(server.tally().bytes(), 0, "{wire:?}");
        asked_by_a_sleeper::<Read>(&server).await.unwrap();
    }
}

#[tokio::test]
async fn an_attempt_before_stays_unknown() {
    let script = faults::close_after_request().then(faults::answer(&yes()));
    let server = serving(script).await;
    let clock = Arc::new(Clock::default());
    let transport = builder()
        .runtime(Arc::clone(&clock) as _)
        .listen(Duration::from_millis(500))
        .build()
        .unwrap();
    let sleep = async {
        server.until(|tally| tally.connections() == 2).await;
        clock.0.store(600, Ordering::Relaxed);
    };
    let (error, ()) = tokio::join!(ask::<Idempotent>(&transport, &server), sleep);
    let error = error.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 2));
    assert!(error.handle().is_some());
    assert_eq!(server.tally().requests_begun(), 1);
}
