use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::sync::{AtomicU8, Mutex};
use crate::Runtime;

/// Nobody has asked the body for anything: not one byte left.
const UNASKED: u8 = 0;
/// The HTTP stack asked: a byte may have left.
const ASKED: u8 = 1;
/// Given up before anybody asked: not one byte left, and none will.
const SEALED: u8 = 2;
/// All but the last byte of a long body were written to the connection, or the connection is gone.
const ALL_BUT_THE_LAST: u8 = 3;
/// The last byte was written to the connection: an answer may be this request's.
const WRITTEN: u8 = 4;
/// Asked for the first time too late by the clock: not one byte left, and none will.
const EXPIRED: u8 = 5;

/// A body of at most this many bytes is written in one go with its head: no system's send buffer is smaller.
pub(super) const SHORT: usize = 4 * 1024;

/// Tells whether any byte of a request may have left, and whether the last one has.
///
/// It watches the request's body. hyper asks the body whether it is at its end right before it writes the head, and
/// never earlier; as long as nobody asked, not one byte left. That order of calls is pinned by tests, plain and TLS,
/// with and without a body. Asking for the size proves nothing: a layer above hyper does it before connecting.
///
/// A connection runs in a task of its own and may be about to ask just as the caller gives up. So giving up and asking
/// are one race with one winner: a body that was sealed first fails, and hyper drops what it had not flushed.
///
/// Handing out a frame does not prove that it was written: hyper queues it, and reads answers meanwhile. It frees the
/// frame when the connection took the last byte of it, or when the connection is gone. So a long body keeps its last byte
/// back until the others are free; a connection that is gone never asks for it. A short body leaves in one go with its
/// head, before hyper looks for an answer, and a head without a body alike. What TLS or the system buffers counts as
/// written: from there on only the peer knows.
///
/// It also keeps the time by which a stored handle says that every byte had left. Timers stand still while a machine is
/// suspended, so the deadline of a call cannot keep it: the clock is read at the first question, and before the last byte of
/// a long body. A request that is asked for too late is given up; without its last byte it never is a whole one.
#[derive(Clone, Debug)]
pub(super) struct Witness(Arc<Seen>);

#[derive(Debug)]
struct Seen {
    state: AtomicU8,
    expiry: Option<Expiry>,
    /// Who waits for all but the last byte to be written.
    waiting: Mutex<Option<Waker>>,
}

/// After when nothing may leave.
#[derive(Debug)]
struct Expiry {
    sent_by: SystemTime,
    runtime: Arc<dyn Runtime>,
}

impl Witness {
    /// Of a request that may leave whenever it is asked for.
    pub(super) fn new() -> Witness {
        Witness::expiring(None)
    }

    /// Of a request that must not leave after this time, by this clock.
    pub(super) fn until(sent_by: SystemTime, runtime: Arc<dyn Runtime>) -> Witness {
        Witness::expiring(Some(Expiry { sent_by, runtime }))
    }

    fn expiring(expiry: Option<Expiry>) -> Witness {
        Witness(Arc::new(Seen {
            state: AtomicU8::new(UNASKED),
            expiry,
            waiting: Mutex::new(None),
        }))
    }

    /// Gives the request up. Whether that proves that not one byte of it left or ever will.
    pub(super) fn proves_unsent(&self) -> bool {
        matches!(self.turn(UNASKED, SEALED), SEALED | EXPIRED)
    }

    /// Whether the request was given up because it was asked for too late.
    pub(super) fn has_expired(&self) -> bool {
        self.is(EXPIRED)
    }

    /// Whether the connection took the request's last byte. An answer that came before cannot be an answer to it.
    pub(super) fn saw_it_written(&self) -> bool {
        self.is(WRITTEN)
    }

    /// The body to send under this witness.
    pub(super) fn watch(&self, mut body: Bytes) -> WitnessedBody {
        let is_empty = body.is_empty();
        let is_short = body.len() <= SHORT;
        let last = (!is_short).then(|| body.split_off(body.len() - 1));
        let watched = Watched {
            witness: self.clone(),
            bytes: body,
            freed: if is_short { WRITTEN } else { ALL_BUT_THE_LAST },
        };
        WitnessedBody {
            witness: self.clone(),
            is_empty,
            body: (!is_empty).then(|| Bytes::from_owner(watched)),
            last,
        }
    }

    /// Notes the first question; `false` if the request was given up before it, or is by it.
    fn asked(&self) -> bool {
        let answer = if self.is(UNASKED) && self.is_too_late() {
            EXPIRED
        } else {
            ASKED
        };
        !matches!(self.turn(UNASKED, answer), SEALED | EXPIRED)
    }

    fn is_too_late(&self) -> bool {
        let expiry = self.0.expiry.as_ref();
        expiry.is_some_and(|it| it.runtime.now() > it.sent_by)
    }

    fn is(&self, state: u8) -> bool {
        self.0.state.load(Ordering::Acquire) == state
    }

    /// Leaves one state for another, if it still stands, and says which one it is then.
    fn turn(&self, from: u8, to: u8) -> u8 {
        let turned = self
            .0
            .state
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        turned.map_or_else(|standing| standing, |_| to)
    }

    /// Has the task woken when all but the last byte are written.
    fn wake_then(&self, waker: &Waker) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *waiting = Some(waker.clone());
    }

    fn wake(&self) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = waiting.take() {
            waker.wake();
        }
    }
}

/// The bytes of a frame, which tell when they are freed.
struct Watched {
    witness: Witness,
    bytes: Bytes,
    /// What is known then.
    freed: u8,
}

impl AsRef<[u8]> for Watched {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.witness.turn(ASKED, self.freed);
        self.witness.wake();
    }
}

/// A request's body that notes the first time it is asked for anything, and when the last byte is written.
#[derive(Debug)]
pub(super) struct WitnessedBody {
    witness: Witness,
    is_empty: bool,
    body: Option<Bytes>,
    /// The last byte of a long body.
    last: Option<Bytes>,
}

/// The request was given up before the last byte of it left.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request was given up before it was sent")]
pub(super) struct GivenUp;

impl Body for WitnessedBody {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if !self.witness.asked() {
            return Poll::Ready(Some(Err(GivenUp)));
        }
        if let Some(body) = self.body.take() {
            return Poll::Ready(Some(Ok(Frame::data(body))));
        }
        if self.last.is_some() {
            if self.witness.is_too_late() {
                return Poll::Ready(Some(Err(GivenUp)));
            }
            self.witness.wake_then(cx.waker());
            if self.witness.turn(ALL_BUT_THE_LAST, WRITTEN) != WRITTEN {
                return Poll::Pending;
            }
        }
        Poll::Ready(self.last.take().map(|last| Ok(Frame::data(last))))
    }

    fn is_end_stream(&self) -> bool {
        // One that was given up is never at its end, so that its frame is asked for, which fails.
        let going = self.witness.asked();
        if going && self.is_empty {
            self.witness.turn(ASKED, WRITTEN);
        }
        going && self.body.is_none() && self.last.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.witness.is(SEALED) || self.witness.has_expired() {
            // Of a body that is known to be empty no frame is asked for, nor of a GET whose body has no known size.
            return SizeHint::with_exact(1);
        }
        let parts = [&self.body, &self.last];
        let left: usize = parts.into_iter().flatten().map(Bytes::len).sum();
        SizeHint::with_exact(u64::try_from(left).unwrap_or(u64::MAX))
    }
}
