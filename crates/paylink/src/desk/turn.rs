//! One claim of one order: what is read, written and given up under it.

use std::time::{Duration, SystemTime};

use paylink_core::Error;

use super::ledger::Attempt;
use super::{Claim, Claimed, Delivery, Desk, DeskError, Ledger, OrderStore, Saved, StoredOrder};
use crate::Provider;

/// The pause between two wishes to claim an order that somebody else has.
const POLL: Duration = Duration::from_millis(50);

/// An order that this call alone may write.
pub(super) struct Turn {
    claim: Claim,
    order: StoredOrder,
}

/// Whether the order could be claimed.
pub(super) enum Turned {
    Mine(Box<Turn>),
    Busy { until: SystemTime },
}

/// Why a turn ended before its end.
pub(super) enum Stop<E> {
    /// Somebody else has claimed the order since, and goes on.
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

    /// Adds an attempt, which is the newest from now on.
    pub(super) fn begin(&mut self, attempt: Attempt) {
        self.order.ledger_mut().begin(self.claim.order(), attempt);
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

    /// Whether the claim has run out, so that somebody else may have the next one.
    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        now >= self.claim.until()
    }
}

impl<S: OrderStore> Desk<S> {
    /// Claims an order, and waits for somebody else's claim as long as patience lasts.
    pub(super) async fn turn(&self, order: &str) -> Result<Turned, DeskError<S::Error>> {
        let mut waited = Duration::ZERO;
        loop {
            let now = self.environment.now();
            let claimed = self.store.claim(order, now, self.lease).await;
            match claimed.map_err(DeskError::Store)? {
                Claimed::NoSuchOrder => return Err(DeskError::NoSuchOrder),
                Claimed::Held { until } if waited >= self.patience => {
                    return Ok(Turned::Busy { until });
                }
                Claimed::Held { .. } => {
                    let pause = POLL.min(self.patience.saturating_sub(waited));
                    self.environment.sleep(pause).await;
                    waited = waited.saturating_add(pause);
                }
                Claimed::Granted {
                    claim,
                    order: stored,
                } => match own(order, *stored) {
                    Ok(order) => return Ok(Turned::Mine(Box::new(Turn { claim, order }))),
                    Err(foreign) => {
                        self.give_back(&claim).await;
                        return Err(foreign);
                    }
                },
            }
        }
    }

    /// Writes what the turn has changed.
    pub(super) async fn save(&self, turn: &Turn) -> Result<(), Stop<S::Error>> {
        written(self.store.save(&turn.claim, turn.ledger()).await)
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
        written(delivered.await)
    }

    /// Ends a turn. What was done stands in the ledger, so that a store that fails here keeps others waiting and no more.
    pub(super) async fn end(&self, turn: &Turn) {
        self.give_back(&turn.claim).await;
    }

    /// When whoever has taken an order over loses it at the latest.
    pub(super) fn taken_over_until(&self) -> SystemTime {
        let now = self.environment.now();
        now.checked_add(self.lease).unwrap_or(now)
    }

    /// The account of this name.
    pub(super) fn provider(&self, account: &str) -> Result<&Provider, DeskError<S::Error>> {
        self.providers
            .get(account)
            .map_err(DeskError::UnknownAccount)
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
