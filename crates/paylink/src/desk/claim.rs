//! One claim of one order: waiting for it, and what is read, written and given up under it.
//!
//! Calls of the same process wait in a line, at no cost for the store; those of other processes are asked for there.

use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use paylink_core::{Error, Runtime};
use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

use super::Desk;
use super::ledger::{Attempt, Delivery, Ledger};
use super::outcome::DeskError;
use super::store::{Claim, Claimed, OrderStore, Saved, StoredOrder};

/// An order that this call alone may write.
pub(super) struct Turn {
    claim: Claim,
    order: StoredOrder,
    /// Nobody else of this process asks the store for the order meanwhile.
    place: Place,
    is_ended: bool,
}

impl Drop for Turn {
    /// A caller who hung up: the next call in line gives the claim back, so that nobody waits for the end of its lease.
    fn drop(&mut self) {
        if !self.is_ended {
            self.place.front.abandoned = Some(self.claim.clone());
        }
    }
}

/// Whether the order could be claimed.
pub(super) enum Turned {
    Mine(Box<Turn>),
    Busy { until: SystemTime },
}

/// Why a turn ended before its end.
pub(super) enum Stop<E> {
    /// Another call has claimed the order since, and goes on.
    TakenOver,
    Failed(DeskError<E>),
}

impl<E> From<DeskError<E>> for Stop<E> {
    fn from(error: DeskError<E>) -> Stop<E> {
        Stop::Failed(error)
    }
}

impl<E> From<Error> for Stop<E> {
    fn from(error: Error) -> Stop<E> {
        Stop::Failed(DeskError::Payment(error))
    }
}

/// The order, if the ledger that came with it is its own.
pub(super) fn own<E>(order: &str, stored: StoredOrder) -> Result<StoredOrder, DeskError<E>> {
    match stored.ledger().foreign_to(order) {
        None => Ok(stored),
        Some(of) => Err(DeskError::ForeignLedger { of: of.to_owned() }),
    }
}

impl Turn {
    /// The order's name in the store.
    pub(super) fn name(&self) -> &str {
        self.claim.order()
    }

    pub(super) fn order(&self) -> &StoredOrder {
        &self.order
    }

    pub(super) fn ledger(&self) -> &Ledger {
        self.order.ledger()
    }

    pub(super) fn ledger_mut(&mut self) -> &mut Ledger {
        self.order.ledger_mut()
    }

    /// Adds an attempt, which is the newest from now on, and begins to watch the order.
    pub(super) fn begin(&mut self, attempt: Attempt, now: SystemTime, first_look: Duration) {
        self.order.ledger_mut().begin(self.claim.order(), attempt);
        let again_at = now.checked_add(first_look).unwrap_or(now);
        self.ledger_mut().watch_from(now, again_at);
    }

    pub(super) fn newest_was(&mut self, change: impl FnOnce(&mut Attempt)) {
        if let Some(newest) = self.ledger().newest() {
            self.attempt_was(newest, change);
        }
    }

    pub(super) fn attempt_was(&mut self, index: usize, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.ledger_mut().attempt_mut(index) {
            change(attempt);
        }
    }

    /// Watches it on as one that may be paid from now on.
    pub(super) fn watch_on(&mut self, now: SystemTime, first_look: Duration) {
        let again_at = now.checked_add(first_look).unwrap_or(now);
        self.ledger_mut().watch_mut(now).renew(now, again_at);
    }

    /// Whether the claim still holds for longer than that, so that nobody else has the order meanwhile.
    pub(super) fn holds_for(&self, time: Duration, now: SystemTime) -> bool {
        let left = self.claim.until().duration_since(now);
        left.is_ok_and(|left| left > time)
    }
}

impl<S: OrderStore> Desk<S> {
    /// Claims an order, and waits for other calls that hold it as long as patience lasts: in line for those of this process,
    /// at the store for those of others.
    pub(super) async fn turn(&self, order: &str) -> Result<Turned, DeskError<S::Error>> {
        let mut pauses = Pauses::within(self.claim_timeout);
        let in_line = self.lines.stand(order, &mut pauses, &*self.runtime);
        match in_line.await {
            Some(place) => self.turn_from(place, order, &mut pauses).await,
            None => Ok(Turned::Busy {
                until: self.taken_over_until(),
            }),
        }
    }

    /// Claims an order from the front of its line.
    pub(super) async fn turn_from(
        &self,
        mut place: Place,
        order: &str,
        pauses: &mut Pauses,
    ) -> Result<Turned, DeskError<S::Error>> {
        if let Some(abandoned) = place.front.abandoned.clone()
            && self.store.release(&abandoned).await.is_ok()
        {
            place.front.abandoned = None;
        }
        // Those who were before have just asked: that the order is held elsewhere is not asked again at once.
        let mut held = place.held_elsewhere(self.runtime.now());
        loop {
            if let Some(until) = held {
                match pauses.next() {
                    Some(pause) => self.runtime.sleep(pause).await,
                    None => return Ok(Turned::Busy { until }),
                }
            }
            let now = self.runtime.now();
            let claimed = self.store.claim(order, now, self.lease).await;
            let (claim, stored) = match claimed.map_err(DeskError::Store)? {
                Claimed::NoSuchOrder => return Err(DeskError::NoSuchOrder),
                Claimed::Granted { claim, order } => (claim, order),
                Claimed::Held { until } => {
                    held = Some(until);
                    place.front.held_elsewhere = held;
                    continue;
                }
            };
            place.front.held_elsewhere = None;
            return match own(order, *stored) {
                Ok(order) => Ok(Turned::Mine(Box::new(Turn {
                    claim,
                    order,
                    place,
                    is_ended: false,
                }))),
                Err(foreign) => {
                    self.give_back(&claim).await;
                    Err(foreign)
                }
            };
        }
    }

    /// Takes up an order that was claimed because it is due, unless another call of this process is at it.
    ///
    /// If it cannot be read, its claim is left to run out, so that it keeps nobody from the others meanwhile.
    pub(super) async fn take_up(&self, claim: Claim) -> Result<Turned, DeskError<S::Error>> {
        let Some(mut place) = self.lines.step_up(claim.order()) else {
            self.give_back(&claim).await;
            let until = self.taken_over_until();
            return Ok(Turned::Busy { until });
        };
        // Whatever was known of earlier claims, this one is newer.
        *place.front = Told::default();
        match self.order(claim.order()).await {
            Ok(order) => Ok(Turned::Mine(Box::new(Turn {
                claim,
                order,
                place,
                is_ended: false,
            }))),
            Err(unread) => {
                place.front.abandoned = Some(claim);
                Err(unread)
            }
        }
    }

    /// Makes sure that nobody else gets the order before a payment is settled or created: claims it again if what is left of the
    /// lease does not cover that. If another call came in between, the turn is over.
    pub(super) async fn hold(&self, turn: &mut Turn) -> Result<(), Stop<S::Error>> {
        if turn.holds_for(self.longest_move(), self.runtime.now()) {
            return Ok(());
        }
        self.save(turn).await?;
        self.give_back(&turn.claim).await;
        let now = self.runtime.now();
        let claimed = self.store.claim(turn.name(), now, self.lease).await;
        match claimed.map_err(DeskError::Store)? {
            Claimed::Granted { claim, order } if order.ledger() == turn.ledger() => {
                turn.claim = claim;
                turn.order = *order;
                Ok(())
            }
            Claimed::Granted { claim, .. } => {
                self.give_back(&claim).await;
                Err(Stop::TakenOver)
            }
            Claimed::Held { .. } => Err(Stop::TakenOver),
            Claimed::NoSuchOrder => Err(DeskError::NoSuchOrder.into()),
        }
    }

    /// The longest time from the beginning of a settle to the end of what confirms a payment: it reads first.
    pub(super) fn longest_move(&self) -> Duration {
        self.longest_call.saturating_mul(2)
    }

    /// Writes what the turn has changed.
    pub(super) async fn save(&self, turn: &Turn) -> Result<(), Stop<S::Error>> {
        written(self.store.save(&turn.claim, turn.ledger()).await)
    }

    /// Writes what the turn has changed, and gives its claim back: nothing is done under it any more.
    pub(super) async fn save_at_last(&self, turn: &mut Turn) -> Result<(), Stop<S::Error>> {
        written(
            self.store
                .save_and_release(&turn.claim, turn.ledger())
                .await,
        )?;
        turn.is_ended = true;
        Ok(())
    }

    /// Writes what the turn has changed, and that the delivery is due.
    ///
    /// It is not tried twice: had the first one been done and its answer been lost, the second would be one too many.
    pub(super) async fn deliver(
        &self,
        turn: &Turn,
        delivery: &Delivery,
    ) -> Result<(), Stop<S::Error>> {
        let delivered = self.store.deliver(&turn.claim, turn.ledger(), delivery);
        written(delivered.await)?;
        let (order, account) = (delivery.order(), delivery.account());
        tracing::info!(target: "paylink::metrics", order, account, "handed out");
        self.handed_out.notify_one();
        Ok(())
    }

    /// Ends a turn. What was done stands in the ledger, so that a store that fails here keeps others waiting and no more.
    pub(super) async fn end(&self, mut turn: Box<Turn>) {
        if !turn.is_ended {
            self.give_back(&turn.claim).await;
            turn.is_ended = true;
        }
    }

    /// When a call that has taken an order over loses it at the latest.
    pub(super) fn taken_over_until(&self) -> SystemTime {
        let now = self.runtime.now();
        now.checked_add(self.lease).unwrap_or(now)
    }

    /// What a turn came to; a turn that was taken over is busy.
    pub(super) fn or_busy<T>(
        &self,
        done: Result<T, Stop<S::Error>>,
        busy: impl FnOnce(SystemTime) -> T,
    ) -> Result<T, DeskError<S::Error>> {
        match done {
            Ok(done) => Ok(done),
            Err(Stop::TakenOver) => Ok(busy(self.taken_over_until())),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    async fn give_back(&self, claim: &Claim) {
        let _ = self.store.release(claim).await;
    }
}

fn written<E>(saved: Result<Saved, E>) -> Result<(), Stop<E>> {
    match saved {
        Ok(Saved::Done) => Ok(()),
        Ok(Saved::Superseded) => Err(Stop::TakenOver),
        Err(error) => Err(Stop::Failed(DeskError::Store(error))),
    }
}

/// The first pause between two attempts to get what another call holds; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(1);

/// The most lines that are kept for an abandoned claim alone. Past that the oldest is forgotten: its order waits for the end
/// of the lease.
const MOST_ABANDONED: usize = 1_000;

/// What those in a line tell the next one in front.
#[derive(Debug, Default)]
struct Told {
    /// Until when another process holds the order.
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

/// One line for each order that a call works on.
#[derive(Debug, Default, Clone)]
pub(super) struct Lines(Arc<Mutex<Orders>>);

/// The front place of an order's line. Its holder may ask the store for a claim; no other call of this process does.
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

#[cfg(test)]
mod tests {
    use paylink_core::SystemRuntime;

    use super::*;

    fn patient() -> Pauses {
        Pauses::within(Duration::from_secs(60))
    }

    #[tokio::test]
    async fn one_at_a_time_is_in_front_and_an_empty_line_is_forgotten() {
        let lines = Lines::default();
        let first = lines
            .stand("1000", &mut patient(), &SystemRuntime)
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
                .stand("1000", &mut hurry, &SystemRuntime)
                .await
                .is_none()
        );
        let (mut pauses, runtime) = (patient(), SystemRuntime);
        let mut second = Box::pin(lines.stand("1000", &mut pauses, &runtime));
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
    async fn a_call_that_stops_waiting_leaves_the_line() {
        let lines = Lines::default();
        let front = lines.step_up("1000").unwrap();
        for _ in 0..200 {
            let (mut pauses, runtime) = (patient(), SystemRuntime);
            let waiting = lines.stand("1000", &mut pauses, &runtime);
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
            lines.step_up(order).unwrap().front.abandoned = Some(claim);
        };
        abandon("1000");
        let mut next = lines.step_up("1000").unwrap();
        assert_eq!(
            next.front.abandoned.as_ref().map(Claim::order),
            Some("1000")
        );
        next.front.abandoned = None;
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
