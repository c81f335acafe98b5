//! Waiting for an order that another call of this process is at: in a line, at no cost for the store.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use paylink_core::Environment;
use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

use super::Claim;
use super::race::{First, first_of};

/// The first pause between two wishes for something that somebody else has; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// The most lines that are kept for an abandoned claim alone. Past that the oldest is forgotten: its order waits for the end
/// of the lease.
const MOST_ABANDONED: usize = 1_000;

/// What those in a line tell the next one in front.
#[derive(Debug, Default)]
struct Told {
    /// Until when somebody in another process has the order.
    held_elsewhere: Option<SystemTime>,
    /// A claim that its holder could not give back.
    abandoned: Option<Claim>,
}

#[derive(Debug, Default)]
struct Orders {
    lines: HashMap<String, Arc<Turnstile<Told>>>,
    /// The lines that were kept although nobody stands in them, the oldest first. Some may be in use again, or gone.
    kept: VecDeque<String>,
}

/// One line for each order that somebody is at.
#[derive(Debug, Default, Clone)]
pub(super) struct Lines(Arc<Mutex<Orders>>);

/// The front place of an order's line. Whoever has it may ask the store for a claim; nobody else of this process does.
#[derive(Debug)]
pub(crate) struct Place {
    // It is given up before the ticket, which then may find the line empty.
    front: OwnedMutexGuard<Told>,
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
        let turnstile = orders.lines.entry(order.to_owned()).or_default();
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
        self.front.held_elsewhere.filter(|until| now < *until)
    }

    /// Tells those behind until when the order is held elsewhere; `None` if it is not.
    pub(super) fn note_elsewhere(&mut self, until: Option<SystemTime>) {
        self.front.held_elsewhere = until;
    }

    /// Leaves a claim to the next one in front, since nothing can be asked of the store here.
    pub(super) fn abandon(&mut self, claim: Claim) {
        self.front.abandoned = Some(claim);
    }

    /// The claim that was left by whoever was before.
    pub(super) fn abandoned(&self) -> Option<&Claim> {
        self.front.abandoned.as_ref()
    }

    /// Notes that the claim was given back.
    pub(super) fn forget_abandoned(&mut self) {
        self.front.abandoned = None;
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
        assert!(lines.orders().lines.is_empty());
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
        assert!(lines.orders().lines.is_empty());
    }

    #[test]
    fn a_claim_that_was_abandoned_is_left_to_the_next_one_and_not_for_ever() {
        let lines = Lines::default();
        let abandon = |order: &str| {
            let claim = Claim::new(order, 1, SystemTime::UNIX_EPOCH);
            lines.step_up(order).unwrap().abandon(claim);
        };
        abandon("1000");
        let mut next = lines.step_up("1000").unwrap();
        assert_eq!(next.abandoned().map(Claim::order), Some("1000"));
        next.forget_abandoned();
        drop(next);
        assert!(lines.orders().lines.is_empty());
        for number in 0..MOST_ABANDONED * 2 {
            abandon(&number.to_string());
        }
        let orders = lines.orders();
        assert_eq!(
            (orders.lines.len(), orders.kept.len()),
            (MOST_ABANDONED, MOST_ABANDONED)
        );
        assert!(
            orders
                .lines
                .contains_key(&(MOST_ABANDONED * 2 - 1).to_string())
        );
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
