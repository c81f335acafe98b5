//! What leaks is found whichever way it leaks, in every field of every event and span; what does not leak passes.

use std::error::Error;
use std::{fmt, io};

use paylink_testkit::{Canaries, Capture};
use serde::{Serialize, Serializer};
use tracing::instrument::WithSubscriber;
use tracing::{Level, debug, event, info_span, trace};

const SECRET: &str = "canary/of the+key";

fn capture() -> Capture {
    Capture::new(Canaries::new([SECRET]).unwrap())
}

/// Where a [`Leaky`] error tells the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hole {
    None,
    Display,
    AlternateDisplay,
    Debug,
    AlternateDebug,
    Source,
    Serialized,
}

const HOLES: [Hole; 7] = [
    Hole::None,
    Hole::Display,
    Hole::AlternateDisplay,
    Hole::Debug,
    Hole::AlternateDebug,
    Hole::Serialized,
    Hole::Source,
];

struct Leaky(Hole, Option<Box<Leaky>>);

impl Leaky {
    fn at(hole: Hole) -> Self {
        match hole {
            Hole::Source => {
                let over = |source| Self(Hole::None, Some(Box::new(source)));
                over(over(Self(Hole::Display, None)))
            }
            _ => Self(hole, None),
        }
    }

    fn tell(&self, f: &mut fmt::Formatter<'_>, hole: Hole, alternate: Hole) -> fmt::Result {
        let here = if f.alternate() { alternate } else { hole };
        f.write_str(if self.0 == here { SECRET } else { "refused" })
    }
}

impl fmt::Display for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, Hole::Display, Hole::AlternateDisplay)
    }
}

impl fmt::Debug for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, Hole::Debug, Hole::AlternateDebug)
    }
}

impl Error for Leaky {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

impl Serialize for Leaky {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let leaks = self.0 == Hole::Serialized;
        serializer.serialize_str(if leaks { SECRET } else { "refused" })
    }
}

#[test]
fn an_error_is_caught_in_each_of_its_faces() {
    for hole in HOLES {
        let capture = capture();
        capture.look_error("error", &Leaky::at(hole));
        let unseen = matches!(hole, Hole::None | Hole::Serialized);
        let leaks = capture.leaks();
        assert_eq!(leaks.is_empty(), unseen, "{hole:?}: {leaks:?}");
    }
}

/// Which of these holes a look sees.
fn seen_by(look: impl Fn(&Capture, &Leaky)) -> Vec<Hole> {
    let mut holes = HOLES.to_vec();
    holes.retain(|hole| {
        let capture = capture();
        look(&capture, &Leaky::at(*hole));
        !capture.leaks().is_empty()
    });
    holes
}

#[test]
fn each_look_sees_its_own_face() {
    let debug = seen_by(|capture, leaky| capture.look("x", leaky));
    assert_eq!(debug, [Hole::Debug, Hole::AlternateDebug]);

    let display = seen_by(|capture, leaky| capture.look_display("x", leaky));
    assert_eq!(display, [Hole::Display, Hole::AlternateDisplay]);

    let serialized = seen_by(|capture, leaky| capture.look_serialized("x", leaky).unwrap());
    assert_eq!(serialized, [Hole::Serialized]);
}

#[test]
fn what_cannot_be_serialized_is_no_silent_success() {
    let capture = capture();
    let no_text_as_key = std::collections::BTreeMap::from([(vec![1], 2)]);
    assert!(capture.look_serialized("map", &no_text_as_key).is_err());
}

#[test]
fn a_leak_names_what_told_it() {
    let capture = capture();
    capture.look_text("stdout", "all is well");
    capture.look_text("stderr", format!("no such key: {SECRET}"));
    let leaks = capture.leaks();
    assert_eq!(leaks.len(), 1);
    assert_eq!(
        leaks[0].to_string(),
        "stderr: secret 0 as Plain in Raw text: \"no such key: canary/of the+key\""
    );
}

#[test]
fn a_clean_capture_passes() {
    let capture = capture();
    capture.look_error("error", &Leaky::at(Hole::None));
    capture.assert_clean();
}

#[test]
#[should_panic(expected = "secrets leaked:\n- body: secret 0 as Plain in FormDecoded text")]
fn a_leak_fails_the_test() {
    let capture = capture();
    capture.look_text("body", "key=canary%2Fof+the%2Bkey");
    capture.assert_clean();
}

#[test]
#[should_panic(expected = "nothing was looked at")]
fn looking_at_nothing_fails_the_test() {
    capture().assert_clean();
}

const QUOTED: &str = "canary \"of\" the key";

fn heard(speak: impl FnOnce()) -> Capture {
    let capture = Capture::new(Canaries::new([QUOTED]).unwrap());
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
    assert_caught(|| trace!("signed with {QUOTED}"));
    assert_caught(|| trace!(key = QUOTED, "signed"));
    assert_caught(|| trace!(key = ?Some(QUOTED), "signed"));
    assert_caught(|| trace!(key = %QUOTED, "signed"));
    assert_caught(|| trace!(key = QUOTED.as_bytes(), "signed"));
    let error = Refused(io::Error::other(QUOTED));
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
    assert_caught(|| drop(info_span!("call", key = QUOTED)));
    assert_caught(|| {
        let span = info_span!("call", key = tracing::field::Empty);
        span.record("key", QUOTED);
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
    trace!(key = QUOTED, "too late");
    assert_eq!(capture.transcript(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_future_with_the_subscriber_is_heard_on_any_thread() {
    let capture = Capture::new(Canaries::new([QUOTED]).unwrap());
    let speaking = async {
        tokio::task::yield_now().await;
        trace!(key = QUOTED, "signed");
    };
    tokio::spawn(speaking.with_subscriber(capture.subscriber()))
        .await
        .unwrap();
    assert_eq!(capture.leaks().len(), 1);
}

#[test]
fn a_capture_hears_events_that_another_thread_meets_first() {
    fn tell() {
        trace!(key = QUOTED, "met by the first that comes");
    }

    let capture = heard(|| {
        std::thread::spawn(tell).join().unwrap();
        tell();
    });
    assert!(!capture.leaks().is_empty());
}
