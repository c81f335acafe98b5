//! Looking after an order: what can be said without asking is said, and the rest is asked in a turn.

use paylink_core::provider::Created;
use paylink_core::{Error, Mismatch};

use super::lookup::Found;
use super::schedule::{self, Sight, Terms};
use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, OrderStore, Outcome, StoredOrder};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn looked(&self, order: &str) -> Result<Outcome, DeskError<S::Error>> {
        if let Some(outcome) = foreseen(&self.order(order).await?) {
            return Ok(outcome);
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let outcome = self.look_in(&mut turn, None).await;
        self.end(turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// Looks up what is in doubt, then settles what is there: first what was hinted at, then the newest first. The first
    /// proof hands the order out.
    ///
    /// Otherwise the newest attempt has the word, unless a payment differs from the order, which nothing outweighs, or
    /// something could not be asked. All that may be paid is asked about before any of that is said.
    pub(super) async fn look_in(
        &self,
        turn: &mut Turn,
        hinted: Option<usize>,
    ) -> Result<Outcome, Stop<S::Error>> {
        if let Some(outcome) = foreseen(turn.order()) {
            return Ok(outcome);
        }
        let mut heard = Heard::default();
        let all = turn.ledger().attempts().len();
        let mut there = Vec::with_capacity(all);
        for index in (0..all).rev() {
            match self.find(turn, index).await {
                Ok(Found::Made) => there.push(index),
                Ok(found) => {
                    heard.sights.push((index, found.sight()));
                    heard.hear(index, Ok(outcome_of(found)))?;
                }
                Err(stop) => heard.hear(index, Err(stop))?,
            }
        }
        there.sort_by_key(|index| hinted != Some(*index));
        for index in there {
            match self.settle_at(turn, index).await {
                Ok(now @ Outcome::DeliverNow(_)) => {
                    if let Some(mismatch) = &heard.alarm {
                        let order = turn.name();
                        tracing::error!(order, %mismatch, "another payment of a paid order is not the order's");
                    }
                    return Ok(now);
                }
                other => heard.hear(index, other)?,
            }
        }
        self.note(turn, &heard.sights);
        self.save(turn).await?;
        heard.said()
    }

    /// Notes what was seen of the order's payments, and when to look again.
    pub(super) fn note(&self, turn: &mut Turn, sights: &[(usize, Sight)]) {
        let now = self.environment.now();
        let newest = sights.iter().max_by_key(|(index, _)| *index);
        let seen = newest.and_then(|(_, sight)| match sight {
            Sight::State(state) => Some(state.clone()),
            _ => None,
        });
        let watch = turn.ledger_mut().watch_mut(now);
        if sights.iter().any(|(_, sight)| sight.is_active()) {
            watch.active(now, seen.as_ref());
        } else if !sights.iter().any(|(_, sight)| *sight == Sight::Trouble) {
            watch.inactive();
        }
        watch.look(now, seen);
        let (since, looks) = (watch.since(), watch.looks());
        let active_since = watch.active_since();
        let again_at = sights.iter().filter_map(|(index, sight)| {
            let attempt = turn.ledger().attempts().get(*index)?;
            let provider = self.providers.get(attempt.account()).ok();
            let terms = Terms {
                since,
                active_since,
                expires_at: attempt.created().and_then(Created::expires_at),
                settle_within: provider.and_then(|it| it.capabilities().settle_within()),
                watched_for: self.watched_for,
                shortest: self.shortest_pause,
                looks,
            };
            let next = schedule::next(sight, &terms, now)?;
            let closed = self.pace.closed_for(attempt.account(), now);
            Some(next.max(closed.and_then(|left| now.checked_add(left)).unwrap_or(now)))
        });
        let again_at = again_at.min();
        turn.ledger_mut().watch_mut(now).look_again(again_at);
    }

    /// Notes how an account's provider answered.
    pub(super) fn heard_from<T>(&self, account: &str, answer: &Result<T, Error>) {
        self.pace.heard(account, self.environment.now(), answer);
    }
}

/// What can be said of an order without asking anybody.
pub(super) fn foreseen(order: &StoredOrder) -> Option<Outcome> {
    let ledger = order.ledger();
    if let Some(at) = ledger.delivered_at() {
        return Some(Outcome::Delivered { at });
    }
    if let Some(delivery) = ledger.delivery() {
        return Some(Outcome::HandedOut(Box::new(delivery.clone())));
    }
    ledger.newest().is_none().then_some(Outcome::NotOpened)
}

fn outcome_of(found: Found) -> Outcome {
    match found {
        Found::Made | Found::Never => Outcome::NotOpened,
        Found::NotYet { look_again_after } => Outcome::NotYetKnown { look_again_after },
        Found::Nobody(lost) => Outcome::Lost(lost),
    }
}

/// What was heard of an order's attempts.
struct Heard<E> {
    newest: Option<(usize, Outcome)>,
    alarm: Option<Mismatch>,
    trouble: Option<DeskError<E>>,
    /// What was seen of each.
    sights: Vec<(usize, Sight)>,
}

impl<E> Default for Heard<E> {
    fn default() -> Heard<E> {
        Heard {
            newest: None,
            alarm: None,
            trouble: None,
            sights: Vec::new(),
        }
    }
}

impl<E> Heard<E> {
    /// Keeps what the newest attempt came to. A mismatch and a provider's failure are kept too, so that they hide no
    /// other's proof; a store's failure ends the turn.
    fn hear(&mut self, index: usize, said: Result<Outcome, Stop<E>>) -> Result<(), Stop<E>> {
        match said {
            Ok(Outcome::Mismatch(mismatch)) => {
                self.sights.push((index, Sight::Differs));
                self.alarm.get_or_insert(mismatch);
            }
            Ok(outcome) => {
                if let Outcome::NotPaid(payment) = &outcome {
                    let state = payment.state().clone();
                    self.sights.push((index, Sight::State(state)));
                }
                if self
                    .newest
                    .as_ref()
                    .is_none_or(|(newest, _)| *newest < index)
                {
                    self.newest = Some((index, outcome));
                }
            }
            Err(Stop::Failed(trouble @ (DeskError::Payment(_) | DeskError::UnknownAccount(_)))) => {
                self.sights.push((index, Sight::Trouble));
                self.trouble.get_or_insert(trouble);
            }
            Err(stop) => return Err(stop),
        }
        Ok(())
    }

    fn said(self) -> Result<Outcome, Stop<E>> {
        match (self.alarm, self.trouble, self.newest) {
            (Some(alarm), ..) => Ok(Outcome::Mismatch(alarm)),
            (None, Some(trouble), _) => Err(trouble.into()),
            (None, None, Some((_, outcome))) => Ok(outcome),
            (None, None, None) => Ok(Outcome::NotOpened),
        }
    }
}
