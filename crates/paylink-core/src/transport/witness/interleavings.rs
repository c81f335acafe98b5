//! Every interleaving of a connection that asks and writes, of frames that are freed, and of callers who give up.
//!
//! The witness is compiled here a second time, the same file, over atomics and a lock of which loom tries every order that
//! the memory model allows, and finds a waker that nobody wakes. The connection asks in hyper's order, which the other tests
//! pin.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Count;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body::Body;
use loom::future::block_on;
use loom::sync::atomic::AtomicBool;
use loom::thread;

use crate::Runtime;

mod sync {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::sync::atomic::AtomicU8;
}

#[path = "../witness.rs"]
#[expect(clippy::duplicate_mod, reason = "it is compiled over other types")]
mod witness;

use witness::{SHORT, Witness, WitnessedBody};

/// A body without bytes, one that leaves in one go, and one whose last byte is kept back.
const BODIES: [usize; 3] = [0, 1, SHORT + 1];

/// What left over a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    Nothing,
    /// The head, and so many bytes of the body.
    Bytes(usize),
}

/// Explores with as many switches as there can be, and tells in how many orders.
fn explore(model: impl Fn() + Send + Sync + 'static) -> usize {
    let orders = Arc::new(Count::new(0));
    let counted = Arc::clone(&orders);
    let mut all = loom::model::Builder::new();
    // No bound, whatever the environment says.
    all.preemption_bound = None;
    all.check(move || {
        counted.fetch_add(1, SeqCst);
        model();
    });
    orders.load(SeqCst)
}

fn body(witness: &Witness, bytes: usize) -> WitnessedBody {
    witness.watch(Bytes::from(vec![b'a'; bytes]))
}

/// Sends the body as hyper does: one task asks, writes what it was given when there is no more, and frees it then.
fn send(mut body: WitnessedBody) -> Left {
    if body.is_end_stream() {
        return Left::Bytes(0);
    }
    let announced = body.size_hint().exact();
    let (mut left, mut queued) = (0, None);
    loop {
        let frame = block_on(poll_fn(|cx| {
            let frame = Pin::new(&mut body).poll_frame(cx);
            if frame.is_pending() {
                queued = None;
            }
            frame
        }));
        match frame {
            Some(Ok(frame)) => {
                let frame = frame.into_data().unwrap();
                left += frame.len();
                queued = Some(frame);
            }
            // What was not flushed is dropped with the connection.
            Some(Err(_)) if left == 0 => return Left::Nothing,
            Some(Err(_)) => return Left::Bytes(left),
            None => break,
        }
        if body.is_end_stream() {
            break;
        }
    }
    assert_eq!(announced, Some(left as u64), "all of it was announced");
    Left::Bytes(left)
}

/// Giving up and asking are one race with one winner: whoever is told "unsent" is told the truth, all are told the same,
/// and what is not given up leaves whole.
#[test]
fn who_gives_up_is_told_the_truth() {
    // With a second caller, a body that is asked for so often has too many orders to try them all.
    for (bytes, has_second) in [(0, true), (1, true), (SHORT + 1, false)] {
        let orders = explore(move || {
            let witness = Witness::new();
            let body = body(&witness, bytes);
            let connection = thread::spawn(move || send(body));
            let second = has_second.then(|| {
                let witness = witness.clone();
                thread::spawn(move || witness.proves_unsent())
            });
            let unsent = witness.proves_unsent();
            if let Some(second) = second {
                assert_eq!(second.join().unwrap(), unsent);
            }
            let left = connection.join().unwrap();
            let whole = if unsent {
                Left::Nothing
            } else {
                Left::Bytes(bytes)
            };
            assert_eq!(left, whole);
            assert_eq!(witness.saw_it_written(), !unsent);
            assert_eq!(witness.proves_unsent(), unsent, "and it stays so");
        });
        println!("{bytes} bytes: {orders} orders");
        assert!(orders > 5, "{orders}");
    }
}

/// The last byte of a long body waits for the others, whoever frees them, and is never forgotten.
#[test]
fn the_last_byte_is_asked_for_once_the_others_are_free() {
    let orders = explore(|| {
        let witness = Witness::new();
        let mut body = body(&witness, SHORT + 1);
        assert!(!body.is_end_stream());
        let mut next = move || block_on(poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)));
        let first = next().unwrap().unwrap().into_data().unwrap();
        let freeing = {
            let witness = witness.clone();
            thread::spawn(move || {
                assert!(!witness.saw_it_written(), "written before the others were");
                drop(first);
            })
        };
        let last = next().unwrap().unwrap().into_data().unwrap();
        assert_eq!(last.len(), 1);
        assert!(witness.saw_it_written() && !witness.proves_unsent());
        freeing.join().unwrap();
    });
    println!("the last byte: {orders} orders");
    assert!(orders > 5, "{orders}");
}

/// A connection that is gone frees its frames as well, whenever it goes.
#[test]
fn a_connection_that_is_gone_wrote_no_whole_body() {
    explore(|| {
        let witness = Witness::new();
        let mut body = body(&witness, SHORT + 1);
        let connection = thread::spawn(move || {
            let asked = !body.is_end_stream();
            let frame = block_on(poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)));
            let freed = thread::spawn(move || drop(frame));
            drop(body);
            freed.join().unwrap();
            asked
        });
        let unsent = witness.proves_unsent();
        assert!(
            connection.join().unwrap(),
            "a long body never begins at its end"
        );
        assert!(!witness.saw_it_written());
        assert_eq!(witness.proves_unsent(), unsent);
    });
}

/// A clock that is at its end, or not yet.
#[derive(Debug)]
struct Clock(AtomicBool);

impl Runtime for Clock {
    fn now(&self) -> SystemTime {
        let passed = if self.0.load(SeqCst) { 61 } else { 0 };
        SystemTime::UNIX_EPOCH + Duration::from_secs(passed)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// What is asked for too late by the clock leaves not at all, or without its last byte.
#[test]
fn what_expires_is_never_whole() {
    for bytes in BODIES {
        let orders = explore(move || {
            let clock = Arc::new(Clock(AtomicBool::new(false)));
            let minute = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
            let witness = Witness::until(minute, Arc::clone(&clock) as Arc<dyn Runtime>);
            let body = body(&witness, bytes);
            let connection = thread::spawn(move || send(body));
            clock.0.store(true, SeqCst);
            let unsent = witness.proves_unsent();
            let left = connection.join().unwrap();
            assert_eq!(left == Left::Nothing, unsent, "{left:?}");
            assert!(unsent || !witness.has_expired());
            let is_whole = left == Left::Bytes(bytes);
            assert_eq!(is_whole, witness.saw_it_written());
        });
        println!("{bytes} bytes that expire: {orders} orders");
        assert!(orders > 5, "{orders}");
    }
}
