//! Looks that strangers cause: whoever opens an order's page or calls its addresses. They cost a provider's quota, so they
//! come no sooner than pauses allow.

use std::time::Duration;

use paylink_core::provider::{Capability, Hint, PaymentState};
use paylink_core::without_rate_limit_retries;

use super::ledger::Attempt;
use super::lines::{Pauses, Place};
use super::looking::foreseen;
use super::pace::TooSoon;
use super::schedule::visitor_pause;
use super::turn::{Turn, Turned};
use super::{Desk, DeskError, OrderStore, Outcome, Stage, StoredOrder};

/// How far a visitor came without costing anything.
pub(crate) enum Arrival {
    /// That is all there is to say.
    Answered(Outcome),
    /// The order is to be looked at.
    InFront(Box<Visit>),
}

/// A visitor at the front of an order's line.
pub(crate) struct Visit {
    order: String,
    hint: Option<Hint>,
    place: Place,
    pauses: Pauses,
    stored: StoredOrder,
}

impl<S: OrderStore> Desk<S> {
    pub(super) async fn visited(
        &self,
        order: &str,
        hint: Option<Hint>,
    ) -> Result<Outcome, DeskError<S::Error>> {
        match self.arrive(order, hint, self.patience).await? {
            Arrival::Answered(outcome) => Ok(outcome),
            // A caller's future is not to grow with all that a look may do.
            Arrival::InFront(visit) => Box::pin(self.visit_in_front(visit)).await,
        }
    }

    /// Says what can be said without a provider, and else stands in line. It changes nothing, so that a caller who hangs up
    /// in it has cost nothing.
    pub(crate) async fn arrive(
        &self,
        order: &str,
        hint: Option<Hint>,
        patience: Duration,
    ) -> Result<Arrival, DeskError<S::Error>> {
        let mut stored = self.order(order).await?;
        if let Some(outcome) = self.answer(&stored, hint.as_ref()) {
            return Ok(Arrival::Answered(outcome));
        }
        let mut pauses = Pauses::within(patience);
        let Some(place) = self.stand(order, &mut pauses).await else {
            let until = self.taken_over_until();
            return Ok(Arrival::Answered(Outcome::Busy { until }));
        };
        if place.had_to_wait() {
            // Whoever was before may have written what this one wants to know.
            stored = self.order(order).await?;
            if let Some(outcome) = self.answer(&stored, hint.as_ref()) {
                return Ok(Arrival::Answered(outcome));
            }
        }
        Ok(Arrival::InFront(Box::new(Visit {
            order: order.to_owned(),
            hint,
            place,
            pauses,
            stored,
        })))
    }

    /// Looks at the order on a visitor's behalf.
    pub(crate) async fn visit_in_front(
        &self,
        visit: Box<Visit>,
    ) -> Result<Outcome, DeskError<S::Error>> {
        let Visit {
            order,
            hint,
            place,
            mut pauses,
            stored,
        } = *visit;
        if let Err(TooSoon(left)) = self
            .wait_for_account(&stored, hint.as_ref(), &mut pauses)
            .await
        {
            return Ok(too_soon(&stored, left));
        }
        let mut turn = match self.turn_from(place, &order, &mut pauses).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        if let Some(outcome) = self.answer(turn.order(), hint.as_ref()) {
            self.end(turn).await;
            return Ok(outcome);
        }
        let hinted = hint.and_then(|hint| self.followed(turn.order(), &order, &hint));
        if hinted.is_some() {
            let now = self.environment.now();
            turn.ledger_mut().watch_mut(now).hint();
            if turn.ledger().stage() == Stage::Over {
                // Whoever sends it may be paying.
                turn.watch_on(now, self.shortest_pause);
            }
        }
        let outcome = without_rate_limit_retries(self.look_in(&mut turn, hinted)).await;
        self.end(turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// Looks at an order because it is due. One that somebody is at, or whose provider asked for time, costs nothing.
    pub(super) async fn watched(&self, order: &str) -> Result<Outcome, DeskError<S::Error>> {
        let Some(place) = self.lines.step_up(order) else {
            let until = self.taken_over_until();
            return Ok(Outcome::Busy { until });
        };
        let mut at_once = Pauses::within(Duration::ZERO);
        let mut turn = match self.turn_from(place, order, &mut at_once).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let outcome = match self.rests_for(turn.order()) {
            Some(left) => {
                let outcome = too_soon(turn.order(), left);
                self.put_off(&mut turn, left).await.map(|()| outcome)
            }
            None => without_rate_limit_retries(self.look_in(&mut turn, None)).await,
        };
        self.end(turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// How long the order is to be left alone by visitors.
    pub(super) fn visitor_waits(&self, order: &StoredOrder) -> Option<Duration> {
        self.pause_left(order).filter(|_| self.asks_somebody(order))
    }

    /// What is left of the pause after a provider was asked about the order the last time.
    pub(super) fn pause_left(&self, order: &StoredOrder) -> Option<Duration> {
        let watch = order.ledger().watch()?;
        let pause = visitor_pause(self.order_pause, watch.looks());
        // By a clock that went back, nobody can tell how long ago that was.
        let passed = self.environment.now().duration_since(watch.looked_at()?);
        let left = pause.saturating_sub(passed.ok()?);
        (!left.is_zero()).then_some(left)
    }

    /// Whether a look at the order asks a provider at all: nobody can be asked about a create that cannot be looked up.
    fn asks_somebody(&self, order: &StoredOrder) -> bool {
        let mut attempts = order.ledger().attempts().iter();
        attempts.any(|attempt| attempt.created().is_some() || self.can_be_looked_up(attempt))
    }

    /// Whether the attempt's provider finds what was created by its reference.
    pub(super) fn can_be_looked_up(&self, attempt: &Attempt) -> bool {
        let provider = self.providers.get(attempt.account());
        provider.is_ok_and(|it| it.capabilities().of(Capability::FindCreated).is_yes())
    }

    /// What a visitor is told without a provider being asked. The first hint at one of the order's payments is followed
    /// at once.
    fn answer(&self, order: &StoredOrder, hint: Option<&Hint>) -> Option<Outcome> {
        foreseen(order).or_else(|| {
            let left = self.visitor_waits(order)?;
            (!self.is_first_hint(order, hint)).then(|| too_soon(order, left))
        })
    }

    fn is_first_hint(&self, order: &StoredOrder, hint: Option<&Hint>) -> bool {
        let is_news = order
            .ledger()
            .watch()
            .is_none_or(|watch| !watch.is_hinted());
        let names_own = |hint| matches!(self.named(order, hint), super::hinting::Named::Attempt(_));
        is_news && hint.is_some_and(names_own)
    }

    /// Waits until the account may be asked again for a visitor. Those who are likely to have paid go first: an order that
    /// is hinted at for the first time, and one that waits for its confirmation. The others are told to come again.
    async fn wait_for_account(
        &self,
        order: &StoredOrder,
        hint: Option<&Hint>,
        pauses: &mut Pauses,
    ) -> Result<(), TooSoon> {
        let newest = order.ledger().attempts().last();
        let Some(newest) = newest.filter(|_| self.asks_somebody(order)) else {
            return Ok(());
        };
        let seen = order.ledger().watch().and_then(|watch| watch.seen());
        let is_likely_paid =
            self.is_first_hint(order, hint) || seen == Some(&PaymentState::Unconfirmed);
        let patience = if is_likely_paid {
            pauses.left()
        } else {
            Duration::ZERO
        };
        let now = self.environment.now();
        let wait = self
            .pace
            .begin(newest.account(), now, self.account_pause, patience)?;
        if !wait.is_zero() {
            pauses.spend(wait);
            self.environment.sleep(wait).await;
        }
        Ok(())
    }

    /// How long the account of the order's newest payment is to be left alone.
    fn rests_for(&self, order: &StoredOrder) -> Option<Duration> {
        let newest = order.ledger().attempts().last()?;
        self.pace
            .rests_for(newest.account(), self.environment.now())
    }

    async fn put_off(
        &self,
        turn: &mut Turn,
        time: Duration,
    ) -> Result<(), super::turn::Stop<S::Error>> {
        let now = self.environment.now();
        let at = now.checked_add(time);
        turn.ledger_mut()
            .watch_mut(now)
            .look_again(at.or(Some(now)));
        self.save(turn).await
    }
}

fn too_soon(order: &StoredOrder, look_again_after: Duration) -> Outcome {
    let seen = order.ledger().watch().and_then(|watch| watch.seen());
    Outcome::TooSoon {
        seen: seen.cloned(),
        look_again_after,
    }
}
