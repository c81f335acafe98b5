//! Every field of every event and span is heard.

use std::error::Error;
use std::{fmt, io};

use paylink_testkit::{Canaries, Capture};
use tracing::instrument::WithSubscriber;
use tracing::{Level, debug, event, info_span, trace};

const SECRET: &str = "canary \"of\" the key";

fn heard(speak: impl FnOnce()) -> Capture {
    let capture = Capture::new(Canaries::new([SECRET]).unwrap());
    let listening = capture.listen();
    speak();
    drop(listening);
    capture
}

/// An error that tells the secret by its source alone.
struct Refused(io::Error);

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refused")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[track_caller]
fn assert_caught(speak: impl FnOnce()) {
    let capture = heard(speak);
    assert!(!capture.leaks().is_empty(), "{:?}", capture.transcript());
}

#[test]
fn events_leak_by_message_text_debug_error_and_bytes() {
    assert_caught(|| trace!("signed with {SECRET}"));
    assert_caught(|| trace!(key = SECRET, "signed"));
    assert_caught(|| trace!(key = ?Some(SECRET), "signed"));
    assert_caught(|| trace!(key = %SECRET, "signed"));
    assert_caught(|| trace!(key = SECRET.as_bytes(), "signed"));
    let error = Refused(io::Error::other(SECRET));
    let error: &(dyn Error + 'static) = &error;
    assert_caught(|| trace!(error, "refused"));
}

#[test]
fn every_level_is_heard() {
    let capture = heard(|| {
        event!(Level::TRACE, "one");
        event!(Level::DEBUG, "two");
        event!(Level::INFO, "three");
        event!(Level::WARN, "four");
        event!(Level::ERROR, "five");
    });
    let transcript = capture.transcript();
    assert_eq!(transcript.len(), 5);
    for (line, word) in transcript
        .iter()
        .zip(["one", "two", "three", "four", "five"])
    {
        assert!(line.ends_with(&format!(" message={word}")), "{line}");
    }
}

#[test]
fn spans_leak_by_their_fields_given_at_first_or_later() {
    assert_caught(|| drop(info_span!("call", key = SECRET)));
    assert_caught(|| {
        let span = info_span!("call", key = tracing::field::Empty);
        span.record("key", SECRET);
    });
}

#[test]
fn what_is_clean_is_heard_and_passes() {
    let capture = heard(|| {
        let _call = info_span!("call", operation = "create").entered();
        debug!(attempt = 1, "sent");
    });
    assert_eq!(capture.transcript().len(), 2);
    assert!(
        capture.transcript()[0].contains("call operation=create"),
        "{:?}",
        capture.transcript()
    );
    capture.assert_clean();
}

#[test]
fn nothing_is_heard_once_the_guard_is_dropped() {
    let capture = heard(|| ());
    trace!(key = SECRET, "too late");
    assert_eq!(capture.transcript(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_future_with_the_subscriber_is_heard_on_any_thread() {
    let capture = Capture::new(Canaries::new([SECRET]).unwrap());
    let speaking = async {
        tokio::task::yield_now().await;
        trace!(key = SECRET, "signed");
    };
    tokio::spawn(speaking.with_subscriber(capture.subscriber()))
        .await
        .unwrap();
    assert_eq!(capture.leaks().len(), 1);
}

#[test]
fn a_capture_hears_events_that_another_thread_meets_first() {
    fn tell() {
        trace!(key = SECRET, "met by whoever comes first");
    }

    let capture = heard(|| {
        std::thread::spawn(tell).join().unwrap();
        tell();
    });
    assert!(!capture.leaks().is_empty());
}
