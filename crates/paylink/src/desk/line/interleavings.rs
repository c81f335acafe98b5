//! Every interleaving of calls that come to an order's line, leave it and hang up in it.
//!
//! The lines are compiled here a second time, the same file, over a lock of which loom tries every order. What tokio's own lock
//! does is one step here; loom finds a call that nobody wakes.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Count;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use loom::future::block_on;
use loom::sync::atomic::AtomicUsize;
use loom::thread;
use paylink_core::Runtime;

use super::store;
use super::store::Claim;

mod sync {
    pub(super) use loom::sync::{Mutex, MutexGuard};
}

#[path = "../line.rs"]
#[expect(clippy::duplicate_mod, reason = "it is compiled over other types")]
#[expect(dead_code, reason = "what has no thread in it is tested beside it")]
mod line;

use line::{Lines, Pauses, Place};

const ORDER: &str = "1000";

/// A clock of which no pause ever ends: who waits is woken by the one in front, or never.
#[derive(Debug)]
struct Still;

impl Runtime for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(pending())
    }

    fn random(&self) -> u64 {
        0
    }
}

/// Tries every order in which no more threads than that are interrupted where they could go on; of three threads there are too
/// many others.
fn explore(what: &str, interrupted: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let orders = Arc::new(Count::new(0));
    let counted = Arc::clone(&orders);
    let mut all = loom::model::Builder::new();
    // Whatever the environment says.
    all.preemption_bound = interrupted;
    all.check(move || {
        counted.fetch_add(1, SeqCst);
        model();
    });
    let orders = orders.load(SeqCst);
    println!("{what}: {orders} orders");
    assert!(orders > 5, "{what}: {orders}");
}

fn in_front(lines: &Lines) -> Place {
    let mut pauses = Pauses::within(Duration::from_secs(60));
    block_on(lines.stand(ORDER, &mut pauses, &Still)).unwrap()
}

/// Says how many are in front, which another may see meanwhile.
fn alone(front: &AtomicUsize) {
    assert_eq!(front.fetch_add(1, SeqCst), 0, "two are in front");
    assert_eq!(front.fetch_sub(1, SeqCst), 1, "two are in front");
}

/// However calls come and go, one is in front, each gets there, and the line is forgotten.
#[test]
fn one_is_in_front_and_each_gets_there() {
    for (others, interrupted) in [(1, None), (2, Some(2))] {
        explore("in line", interrupted, move || {
            let (lines, front) = (Lines::default(), Arc::new(AtomicUsize::new(0)));
            let others: Vec<_> = (0..others)
                .map(|_| {
                    let (lines, front) = (lines.clone(), Arc::clone(&front));
                    thread::spawn(move || {
                        let _place = in_front(&lines);
                        alone(&front);
                    })
                })
                .collect();
            if let Some(_place) = lines.step_up(ORDER) {
                alone(&front);
            }
            for one in others {
                one.join().unwrap();
            }
            assert_eq!(lines.orders().len(), (0, 0));
        });
    }
}

/// A call that hangs up while it waits, at whatever moment, neither keeps the front nor passes over who comes after it.
#[test]
fn who_hangs_up_keeps_nobody_waiting() {
    explore("one hangs up", None, || {
        let lines = Lines::default();
        let front = in_front(&lines);
        let hangs_up = {
            let lines = lines.clone();
            thread::spawn(move || {
                let mut pauses = Pauses::within(Duration::from_secs(60));
                let mut waiting = pin!(lines.stand(ORDER, &mut pauses, &Still));
                let mut context = Context::from_waker(Waker::noop());
                // It got there, or waits, and is dropped in either case.
                matches!(waiting.as_mut().poll(&mut context), Poll::Ready(Some(_)))
            })
        };
        let waits = {
            let lines = lines.clone();
            thread::spawn(move || drop(in_front(&lines)))
        };
        drop(front);
        hangs_up.join().unwrap();
        waits.join().unwrap();
        assert_eq!(lines.orders().len(), (0, 0));
    });
}

/// A claim that its holder could not give back is found once, by whoever is in front next.
#[test]
fn a_claim_that_was_abandoned_is_not_lost() {
    explore("an abandoned claim", None, || {
        let lines = Lines::default();
        let found = Arc::new(AtomicUsize::new(0));
        let mut front = in_front(&lines);
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (lines, found) = (lines.clone(), Arc::clone(&found));
                thread::spawn(move || {
                    let mut place = in_front(&lines);
                    if place.front.abandoned.take().is_some() {
                        found.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        front.front.abandoned = Some(Claim::new(ORDER, 1, SystemTime::UNIX_EPOCH));
        drop(front);
        for one in others {
            one.join().unwrap();
        }
        assert_eq!(found.load(SeqCst), 1);
        assert_eq!(lines.orders().len().0, 0);
    });
}
