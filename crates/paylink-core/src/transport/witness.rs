use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Nobody has asked the body for anything: not one byte left.
const UNASKED: u8 = 0;
/// The HTTP stack asked: a byte may have left.
const ASKED: u8 = 1;
/// Given up before anybody asked: not one byte left, and none will.
const SEALED: u8 = 2;

/// Tells whether any byte of a request may have left.
///
/// It watches the request's body. hyper asks the body whether it is at its end right before it writes the head, and
/// never earlier; as long as nobody asked, not one byte left. That order of calls is pinned by tests, plain and TLS,
/// with and without a body. Asking for the size proves nothing: a layer above hyper does it before connecting.
///
/// A connection runs in a task of its own and may be about to ask just as the caller gives up. So giving up and asking
/// are one race with one winner: a body that was sealed first fails, and hyper drops what it had not flushed.
#[derive(Clone, Debug)]
pub(super) struct Witness(Arc<AtomicU8>);

impl Witness {
    pub(super) fn new() -> Witness {
        Witness(Arc::new(AtomicU8::new(UNASKED)))
    }

    /// Gives the request up. Whether that proves that not one byte of it left or ever will.
    pub(super) fn proves_unsent(&self) -> bool {
        self.turn(SEALED) == SEALED
    }

    /// The body to send under this witness.
    pub(super) fn watch(&self, body: Bytes) -> WitnessedBody {
        WitnessedBody {
            witness: self.clone(),
            body: Some(body).filter(|body| !body.is_empty()),
        }
    }

    /// Notes the first question; `false` if the request was given up before it.
    fn asked(&self) -> bool {
        self.turn(ASKED) == ASKED
    }

    fn is_sealed(&self) -> bool {
        self.0.load(Ordering::Acquire) == SEALED
    }

    /// Leaves the unasked state for another one, if it still stands, and says which one it is then.
    fn turn(&self, other: u8) -> u8 {
        let turned = self
            .0
            .compare_exchange(UNASKED, other, Ordering::AcqRel, Ordering::Acquire);
        turned.map_or_else(|standing| standing, |_| other)
    }
}

/// A request's body that notes the first time it is asked for anything.
#[derive(Debug)]
pub(super) struct WitnessedBody {
    witness: Witness,
    body: Option<Bytes>,
}

/// The request was given up before a byte of it left.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request was given up before it was sent")]
pub(super) struct GivenUp;

impl Body for WitnessedBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if !self.witness.asked() {
            return Poll::Ready(Some(Err(GivenUp)));
        }
        Poll::Ready(self.body.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        // One that was given up is never at its end, so that its frame is asked for, which fails.
        self.witness.asked() && self.body.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.witness.is_sealed() {
            // Of a body that is known to be empty no frame is asked for.
            return SizeHint::default();
        }
        let left = self.body.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(u64::try_from(left).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests;
