//! The line of an order's calls in this process: one is in front, and the others wait at no cost for the store.

use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use paylink_core::Runtime;
use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

use super::store::Claim;
use super::sync::{Mutex, MutexGuard};

/// The first pause between two attempts to get what another call holds; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// The most lines that are kept for an abandoned claim alone. Past that the oldest is forgotten: its order waits for the end
/// of the lease.
pub(super) const MOST_ABANDONED: usize = 1_000;

/// What those in a line tell the next one in front.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Until when another process holds the order.
    pub(super) held_elsewhere: Option<SystemTime>,
    /// A claim that its holder could not give back.
    pub(super) abandoned: Option<Claim>,
}

#[derive(Debug, Default)]
pub(super) struct Orders {
    lines: HashMap<String, Arc<Turnstile<Told>>>,
    /// The lines that were kept although nobody stands in them, the oldest first. Some may be in use again, or gone.
    kept: VecDeque<String>,
}

/// One line for each order that a call works on.
#[derive(Debug, Default, Clone)]
pub(super) struct Lines(Arc<Mutex<Orders>>);

/// The front place of an order's line. Its holder may ask the store for a claim; no other call of this process does.
#[derive(Debug)]
pub(crate) struct Place {
    // It is given up before the ticket, which then may find the line empty.
    pub(super) front: OwnedMutexGuard<Told>,
    _ticket: Ticket,
    /// Whether others were before.
    had_to_wait: bool,
}

/// A place in an order's line; a line that nobody stands in is forgotten, unless a claim was abandoned in it.
#[derive(Debug)]
struct Ticket {
    lines: Lines,
    order: String,
    turnstile: Option<Arc<Turnstile<Told>>>,
}

/// Pauses that grow until patience is over.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    left: Duration,
}

impl Lines {
    /// Stands in line for an order, for as long as patience lasts. A call that stops waiting leaves the line.
    pub(super) async fn stand(
        &self,
        order: &str,
        pauses: &mut Pauses,
        runtime: &dyn Runtime,
    ) -> Option<Place> {
        let ticket = self.ticket(order);
        let turnstile = ticket.turnstile()?;
        if let Ok(front) = Arc::clone(&turnstile).try_lock_owned() {
            return Some(ticket.front(front, false));
        }
        let mut front = pin!(turnstile.lock_owned());
        while let Some(pause) = pauses.next() {
            if let Some(front) = unless(front.as_mut(), runtime.sleep(pause)).await {
                return Some(ticket.front(front, true));
            }
        }
        None
    }

    /// The front place, if nobody is at the order.
    pub(super) fn step_up(&self, order: &str) -> Option<Place> {
        let ticket = self.ticket(order);
        let front = ticket.turnstile()?.try_lock_owned().ok()?;
        Some(ticket.front(front, false))
    }

    fn ticket(&self, order: &str) -> Ticket {
        let mut orders = self.orders();
        let turnstile = orders.lines.entry(order.to_owned()).or_default();
        Ticket {
            turnstile: Some(Arc::clone(turnstile)),
            lines: self.clone(),
            order: order.to_owned(),
        }
    }

    pub(super) fn orders(&self) -> MutexGuard<'_, Orders> {
        // It is never held across an await, and no step leaves it half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether others were before.
    pub(super) fn had_to_wait(&self) -> bool {
        self.had_to_wait
    }

    /// Until when another process holds the order, if a call before found that out.
    pub(super) fn held_elsewhere(&self, now: SystemTime) -> Option<SystemTime> {
        self.front.held_elsewhere.filter(|until| now < *until)
    }
}

impl Ticket {
    fn turnstile(&self) -> Option<Arc<Turnstile<Told>>> {
        self.turnstile.clone()
    }

    fn front(self, front: OwnedMutexGuard<Told>, had_to_wait: bool) -> Place {
        Place {
            front,
            _ticket: self,
            had_to_wait,
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut orders = self.lines.orders();
        self.turnstile = None;
        if !orders.is_empty(&self.order) {
            return;
        }
        if orders.holds_abandoned(&self.order) {
            orders.keep(std::mem::take(&mut self.order));
        } else {
            orders.lines.remove(&self.order);
        }
    }
}

impl Orders {
    /// How many lines there are, and how many of them were kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.lines.len(), self.kept.len())
    }

    /// Whether nobody stands in the line. Tickets are made under the same lock: then the map alone has it.
    fn is_empty(&self, order: &str) -> bool {
        let line = self.lines.get(order);
        line.is_some_and(|it| Arc::strong_count(it) == 1)
    }

    fn holds_abandoned(&self, order: &str) -> bool {
        let told = self.lines.get(order).map(|line| line.try_lock());
        told.is_some_and(|told| told.is_ok_and(|told| told.abandoned.is_some()))
    }

    fn keep(&mut self, order: String) {
        self.kept.push_back(order);
        if self.kept.len() > MOST_ABANDONED
            && let Some(oldest) = self.kept.pop_front()
            && self.is_empty(&oldest)
        {
            self.lines.remove(&oldest);
        }
    }
}

impl Pauses {
    pub(super) fn within(patience: Duration) -> Pauses {
        Pauses {
            next: FIRST,
            left: patience,
        }
    }

    /// How much patience is left.
    pub(super) fn left(&self) -> Duration {
        self.left
    }

    /// Takes this much of it.
    pub(super) fn spend(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }

    /// The next pause; `None` once patience is over.
    pub(super) fn next(&mut self) -> Option<Duration> {
        let pause = self.next.min(self.left);
        self.left = self.left.saturating_sub(pause);
        self.next = self.next.saturating_mul(2).min(LONGEST);
        (!pause.is_zero()).then_some(pause)
    }
}

/// What a future comes to, unless the other one ends before it.
pub(super) async fn unless<A: Future, B: Future>(
    mut one: Pin<&mut A>,
    other: B,
) -> Option<A::Output> {
    let mut other = pin!(other);
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => other.as_mut().poll(context).map(|_| None),
    })
    .await
}
