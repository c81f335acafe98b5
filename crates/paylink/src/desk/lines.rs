//! Waiting for an order that another call of this process is at: in a line, at no cost for the store.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use paylink_core::Environment;
use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

use super::race::{First, first_of};

/// The first pause between two wishes for something that somebody else has; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// Until when somebody in another process has the order, as far as those in this line know.
type Elsewhere = Option<SystemTime>;
type Orders = HashMap<String, Arc<Turnstile<Elsewhere>>>;

/// One line for each order that somebody is at.
#[derive(Debug, Default, Clone)]
pub(super) struct Lines(Arc<Mutex<Orders>>);

/// The front place of an order's line. Whoever has it may ask the store for a claim; nobody else of this process does.
#[derive(Debug)]
pub(crate) struct Place {
    // It is given up before the ticket, which then may find the line empty.
    front: OwnedMutexGuard<Elsewhere>,
    _ticket: Ticket,
    /// Whether others were before.
    had_to_wait: bool,
}

/// A place in an order's line; a line that nobody stands in is forgotten.
#[derive(Debug)]
struct Ticket {
    lines: Lines,
    order: String,
    turnstile: Option<Arc<Turnstile<Elsewhere>>>,
}

/// Pauses that grow until patience is over.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    left: Duration,
}

impl Lines {
    /// Stands in line for an order, for as long as patience lasts. Whoever stops waiting leaves the line.
    pub(super) async fn stand(
        &self,
        order: &str,
        pauses: &mut Pauses,
        environment: &dyn Environment,
    ) -> Option<Place> {
        let ticket = self.ticket(order);
        let turnstile = ticket.turnstile()?;
        if let Ok(front) = Arc::clone(&turnstile).try_lock_owned() {
            return Some(ticket.front(front, false));
        }
        let mut front = pin!(turnstile.lock_owned());
        while let Some(pause) = pauses.next() {
            let pause = pin!(environment.sleep(pause));
            if let First::One(front) = first_of(front.as_mut(), pause).await {
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
        let turnstile = orders.entry(order.to_owned()).or_default();
        Ticket {
            turnstile: Some(Arc::clone(turnstile)),
            lines: self.clone(),
            order: order.to_owned(),
        }
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        // It is never held across an await, and no step leaves it half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether others were before.
    pub(super) fn had_to_wait(&self) -> bool {
        self.had_to_wait
    }

    /// Until when somebody in another process has the order, if those before found that out.
    pub(super) fn held_elsewhere(&self, now: SystemTime) -> Option<SystemTime> {
        self.front.filter(|until| now < *until)
    }

    /// Tells those behind until when the order is held elsewhere; `None` if it is not.
    pub(super) fn note_elsewhere(&mut self, until: Option<SystemTime>) {
        *self.front = until;
    }
}

impl Ticket {
    fn turnstile(&self) -> Option<Arc<Turnstile<Elsewhere>>> {
        self.turnstile.clone()
    }

    fn front(self, front: OwnedMutexGuard<Elsewhere>, had_to_wait: bool) -> Place {
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
        // Tickets are made under the same lock: if the map alone has it, nobody stands in this line.
        let is_empty = orders
            .get(&self.order)
            .is_some_and(|it| Arc::strong_count(it) == 1);
        if is_empty {
            orders.remove(&self.order);
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

#[cfg(test)]
mod tests {
    use paylink_core::SystemEnvironment;

    use super::*;

    fn patient() -> Pauses {
        Pauses::within(Duration::from_secs(60))
    }

    #[tokio::test]
    async fn one_at_a_time_is_in_front_and_an_empty_line_is_forgotten() {
        let lines = Lines::default();
        let first = lines
            .stand("1000", &mut patient(), &SystemEnvironment)
            .await
            .unwrap();
        assert!(!first.had_to_wait() && lines.step_up("1000").is_none());
        assert!(
            lines.step_up("1001").is_some(),
            "orders have lines of their own"
        );
        let mut hurry = Pauses::within(Duration::ZERO);
        assert!(
            lines
                .stand("1000", &mut hurry, &SystemEnvironment)
                .await
                .is_none()
        );
        let (mut pauses, environment) = (patient(), SystemEnvironment);
        let mut second = Box::pin(lines.stand("1000", &mut pauses, &environment));
        tokio::select! {
            biased;
            _ = &mut second => panic!("two are in front"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        let second = second.await.unwrap();
        assert!(second.had_to_wait());
        drop(second);
        assert!(lines.orders().is_empty());
    }

    #[tokio::test]
    async fn whoever_stops_waiting_leaves_the_line() {
        let lines = Lines::default();
        let front = lines.step_up("1000").unwrap();
        for _ in 0..200 {
            let (mut pauses, environment) = (patient(), SystemEnvironment);
            let waiting = lines.stand("1000", &mut pauses, &environment);
            tokio::select! {
                biased;
                _ = waiting => panic!("two are in front"),
                () = tokio::task::yield_now() => {}
            }
        }
        drop(front);
        assert!(lines.orders().is_empty());
    }

    #[test]
    fn pauses_grow_and_end_with_patience() {
        let mut pauses = Pauses::within(Duration::from_millis(500));
        let all: Vec<_> = std::iter::from_fn(|| pauses.next())
            .map(|it| it.as_millis())
            .collect();
        assert_eq!(all, [50, 100, 200, 150]);
        let mut pauses = Pauses::within(Duration::from_secs(5));
        let many = std::iter::from_fn(|| pauses.next()).count();
        assert_eq!(many, 9);
    }
}
