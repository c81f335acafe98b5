//! Listening to the whole process, and to the `log` crate: a test of its own process, for there is one logger and one
//! global subscriber in each.

use std::thread;

use paylink_testkit::{Canaries, Capture, bridge_log};
use tracing_log::log;

#[test]
fn every_thread_and_the_log_crate_are_heard() {
    let capture = Capture::new(Canaries::new(["canary-in-tracing", "canary-in-the-log"]).unwrap());
    bridge_log().unwrap();
    bridge_log().unwrap();
    capture.listen_everywhere().unwrap();
    assert!(capture.listen_everywhere().is_err());

    thread::spawn(|| tracing::trace!("canary-in-tracing"))
        .join()
        .unwrap();
    thread::spawn(|| log::trace!(target: "hyper", "canary-in-the-log"))
        .join()
        .unwrap();

    let found: Vec<usize> = capture
        .leaks()
        .iter()
        .map(|leak| leak.sighting.secret)
        .collect();
    assert_eq!(found, [0, 1], "{:?}", capture.transcript());

    // A thread that listens by itself hears its own log records, and takes them from the rest.
    let own = Capture::new(Canaries::new(["canary-in-the-log"]).unwrap());
    let listening = own.listen();
    log::trace!("canary-in-the-log");
    drop(listening);
    assert_eq!(own.leaks().len(), 1);
    assert_eq!(capture.leaks().len(), 2);
}
