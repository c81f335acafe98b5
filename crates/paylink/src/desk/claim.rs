//! One claim of one order: waiting for it, and what is read, written and given up under it.
//!
//! Calls of the same process wait in a [line](super::line); those of other processes are asked for at the store.

use std::time::{Duration, SystemTime};

use paylink_core::Error;

use super::Desk;
use super::ledger::{Attempt, Delivery, Ledger};
use super::line::{Pauses, Place, Told};
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
