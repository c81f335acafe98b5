//! What is said of an attempt that was dropped, and of whom nothing is.

use std::time::UNIX_EPOCH;

use http_body::Body;
use paylink_testkit::{Canaries, Capture};

use super::InFlight;
use crate::transport::witness::Witness;
use crate::{Class, Handle, SystemEnvironment};

/// What is said when an attempt of this class ends, by being dropped or by itself, with a request that was sent or not.
fn said(class: Class, sent: bool, landed: bool) -> Vec<String> {
    let handle = Handle::new("test", "pay", UNIX_EPOCH);
    let witness = Witness::new();
    if sent {
        assert!(witness.watch(bytes::Bytes::new()).is_end_stream());
    }
    let capture = Capture::new(Canaries::new(["secret-of-the-shop"]).unwrap());
    {
        let _listening = capture.listen();
        let in_flight = InFlight::of(class, &witness, &handle, &SystemEnvironment);
        if landed {
            in_flight.landed();
        }
    }
    let dropped = |line: &String| line.contains("dropped in flight");
    capture.transcript().into_iter().filter(dropped).collect()
}

#[test]
fn a_change_that_may_have_left_is_noted_with_its_handle() {
    for class in [Class::Once, Class::Idempotent] {
        let said = said(class, true, false);
        assert_eq!(said.len(), 1, "{class:?}: {said:?}");
        assert!(
            said[0].contains("test") && said[0].contains("pay"),
            "{said:?}"
        );
    }
}

#[test]
fn nothing_is_noted_of_anything_else() {
    assert!(said(Class::Once, false, false).is_empty(), "unsent");
    assert!(said(Class::Once, true, true).is_empty(), "ended by itself");
    assert!(said(Class::Read, true, false).is_empty(), "a read");
}
