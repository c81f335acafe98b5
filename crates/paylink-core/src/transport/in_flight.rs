use std::sync::Arc;

use super::fault::Fault;
use super::witness::Witness;
use crate::{Handle, Idempotency, Runtime};

/// Watches over all attempts of one call: a caller that drops it in flight leaves an unknown outcome behind if any of them
/// may have been carried out, and that is noted.
pub(super) struct InFlight<'a> {
    /// The handle of what changes something.
    watched: Option<&'a Handle>,
    runtime: &'a Arc<dyn Runtime>,
    /// The attempt that is under way.
    witness: Option<Witness>,
    ambiguous: bool,
}

impl<'a> InFlight<'a> {
    pub(super) fn of(
        idempotency: Idempotency,
        handle: &'a Handle,
        runtime: &'a Arc<dyn Runtime>,
    ) -> InFlight<'a> {
        InFlight {
            watched: (idempotency != Idempotency::ReadOnly).then_some(handle),
            runtime,
            witness: None,
            ambiguous: false,
        }
    }

    /// An attempt begins, under this witness.
    pub(super) fn begins(&mut self) -> Witness {
        let sent_by = self.watched.and_then(Handle::sent_by);
        let witness = sent_by.map_or_else(Witness::new, |sent_by| {
            Witness::until(sent_by, Arc::clone(self.runtime))
        });
        self.witness.insert(witness).clone()
    }

    /// The attempt failed like this.
    pub(super) fn failed(&mut self, fault: &Fault) {
        self.witness = None;
        self.ambiguous |= fault.is_ambiguous();
    }

    /// Whether any attempt that ended may have been carried out.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The call ended by itself. Whether any of its attempts may have been carried out.
    pub(super) fn landed(mut self) -> bool {
        self.watched = None;
        self.ambiguous
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let Some(handle) = self.watched.take() else {
            return;
        };
        // What is under way is given up in any case.
        let unsent = self.witness.as_ref().is_none_or(Witness::proves_unsent);
        if self.ambiguous || !unsent {
            // It was under way until now, whenever it was prepared.
            let handle = handle.clone().with_failed_at(self.runtime.now());
            let stored = serde_json::to_string(&handle).unwrap_or_default();
            tracing::warn!(
                provider = handle.provider(),
                operation = handle.operation(),
                handle = stored,
                "call dropped in flight: its outcome is unknown"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    //! What is said of a call that was dropped, and of whom nothing is.

    use std::sync::Arc;
    use std::time::UNIX_EPOCH;

    use http_body::Body;
    use paylink_testkit::{Canaries, Capture};

    use super::InFlight;
    use crate::transport::fault::{Again, Fault, Proof};
    use crate::{ErrorKind, Handle, Idempotency, Runtime, SystemRuntime};

    /// How an attempt stands when the call ends.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Attempt {
        Unsent,
        Sent,
        Failed(Proof),
    }
    use Attempt::{Failed, Sent, Unsent};

    /// What is said when a call of this class with these attempts ends, by being dropped or by itself.
    fn said(idempotency: Idempotency, attempts: &[Attempt], landed: bool) -> Vec<String> {
        let handle = Handle::new("test", "pay", UNIX_EPOCH);
        let capture = Capture::new(Canaries::new(["secret-of-the-shop"]).unwrap());
        {
            let _listening = capture.listen();
            let runtime: Arc<dyn Runtime> = Arc::new(SystemRuntime);
            let mut in_flight = InFlight::of(idempotency, &handle, &runtime);
            for &attempt in attempts {
                let witness = in_flight.begins();
                if attempt != Unsent && attempt != Failed(Proof::Unsent) {
                    assert!(witness.watch(bytes::Bytes::new()).is_end_stream());
                }
                if let Failed(proof) = attempt {
                    let fault = Fault::new(ErrorKind::Timeout, proof, Again::Yes, "test");
                    in_flight.failed(&fault);
                }
            }
            if landed {
                in_flight.landed();
            }
        }
        let dropped = |line: &String| line.contains("dropped in flight");
        capture.transcript().into_iter().filter(dropped).collect()
    }

    #[test]
    fn a_change_that_may_have_left_is_noted_once_with_its_handle() {
        for class in [Idempotency::NonIdempotent, Idempotency::Idempotent] {
            for attempts in [
                &[Sent][..],
                &[Failed(Proof::Unsent), Sent],
                &[Failed(Proof::Nothing)],
                &[Failed(Proof::Nothing), Unsent],
                &[Failed(Proof::Nothing), Failed(Proof::Unsent), Sent],
                &[Failed(Proof::Nothing), Failed(Proof::Refused)],
            ] {
                let said = said(class, attempts, false);
                assert_eq!(said.len(), 1, "{class:?} {attempts:?}: {said:?}");
                let names_it = said[0].contains("test") && said[0].contains("pay");
                assert!(names_it, "{said:?}");
            }
        }
    }

    #[test]
    fn nothing_is_noted_of_anything_else() {
        for attempts in [
            &[][..],
            &[Unsent],
            &[Failed(Proof::Unsent)],
            &[Failed(Proof::Unsent), Unsent],
            &[Failed(Proof::Refused)],
        ] {
            let said = said(Idempotency::NonIdempotent, attempts, false);
            assert!(said.is_empty(), "{attempts:?}");
        }
        let ended_by_itself = said(Idempotency::NonIdempotent, &[Sent], true);
        assert!(ended_by_itself.is_empty());
        let read = said(Idempotency::ReadOnly, &[Sent], false);
        assert!(read.is_empty());
    }

    #[test]
    fn what_is_dropped_is_given_up() {
        let handle = Handle::new("test", "pay", UNIX_EPOCH);
        let runtime: Arc<dyn Runtime> = Arc::new(SystemRuntime);
        let mut in_flight = InFlight::of(Idempotency::Idempotent, &handle, &runtime);
        let _ = in_flight.begins();
        in_flight.failed(&Fault::new(
            ErrorKind::Timeout,
            Proof::Nothing,
            Again::Yes,
            "test",
        ));
        let witness = in_flight.begins();
        drop(in_flight);
        assert!(!witness.watch(bytes::Bytes::new()).is_end_stream());
    }
}
