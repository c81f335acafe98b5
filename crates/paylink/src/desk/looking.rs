//! Looking after an order: what can be said without asking is said, and the rest is asked in a turn.

use paylink_core::provider::Hint;

use super::hinting::Named;
use super::lookup::Found;
use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, OrderStore, Outcome, StoredOrder};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn looked(
        &self,
        order: &str,
        hint: Option<&Hint>,
    ) -> Result<Outcome, DeskError<S::Error>> {
        // A forged hint, or a page that is refreshed, keeps nobody from the order.
        if let Some(outcome) = self.foreseen(&self.order(order).await?, hint) {
            return Ok(outcome);
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let outcome = self.look_in(&mut turn, hint).await;
        self.end(&turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// Looks up what is in doubt, then settles what is there, the newest first. The first proof hands the order out.
    ///
    /// Otherwise the newest attempt has the word, unless a payment differs from the order, which nothing outweighs, or
    /// something could not be asked.
    pub(super) async fn look_in(
        &self,
        turn: &mut Turn,
        hint: Option<&Hint>,
    ) -> Result<Outcome, Stop<S::Error>> {
        if let Some(outcome) = self.foreseen(turn.order(), hint) {
            return Ok(outcome);
        }
        let mut heard = Heard::default();
        let all = turn.ledger().attempts().len();
        let mut there = Vec::with_capacity(all);
        for index in (0..all).rev() {
            match self.find(turn, index).await {
                Ok(Found::Made) => there.push(index),
                found => heard.hear(index, found.map(outcome_of))?,
            }
        }
        let named = match self.named(turn.order(), hint) {
            Named::Attempt(index) => Some(index),
            Named::Another(mismatch) => return Ok(Outcome::OtherPayment(mismatch)),
            // It may be the payment that is in doubt: that comes first.
            Named::Unclear if !heard.is_silent() => return heard.said(),
            Named::Unhinted | Named::Unclear => None,
        };
        for index in there {
            let hint = hint.filter(|_| named == Some(index));
            match self.settle_at(turn, index, hint).await {
                Ok(last @ (Outcome::DeliverNow(_) | Outcome::Mismatch(_))) => return Ok(last),
                other => heard.hear(index, other)?,
            }
        }
        heard.said()
    }

    /// What can be said of an order without asking anybody.
    fn foreseen(&self, order: &StoredOrder, hint: Option<&Hint>) -> Option<Outcome> {
        if let Named::Another(mismatch) = self.named(order, hint) {
            return Some(Outcome::OtherPayment(mismatch));
        }
        let ledger = order.ledger();
        if let Some(at) = ledger.delivered_at() {
            return Some(Outcome::Delivered { at });
        }
        if let Some(delivery) = ledger.delivery() {
            return Some(Outcome::HandedOut(Box::new(delivery.clone())));
        }
        ledger.newest().is_none().then_some(Outcome::NotOpened)
    }
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
    trouble: Option<DeskError<E>>,
}

impl<E> Default for Heard<E> {
    fn default() -> Heard<E> {
        Heard {
            newest: None,
            trouble: None,
        }
    }
}

impl<E> Heard<E> {
    /// Keeps what the newest attempt came to. A provider's failure is kept too, so that it hides no other's proof; a
    /// store's ends the turn.
    fn hear(&mut self, index: usize, said: Result<Outcome, Stop<E>>) -> Result<(), Stop<E>> {
        match said {
            Ok(outcome) => {
                if self
                    .newest
                    .as_ref()
                    .is_none_or(|(newest, _)| *newest < index)
                {
                    self.newest = Some((index, outcome));
                }
                Ok(())
            }
            Err(Stop::Failed(trouble @ (DeskError::Payment(_) | DeskError::UnknownAccount(_)))) => {
                self.trouble.get_or_insert(trouble);
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }

    fn is_silent(&self) -> bool {
        self.newest.is_none() && self.trouble.is_none()
    }

    fn said(self) -> Result<Outcome, Stop<E>> {
        match (self.trouble, self.newest) {
            (Some(trouble), _) => Err(trouble.into()),
            (None, Some((_, outcome))) => Ok(outcome),
            (None, None) => Ok(Outcome::NotOpened),
        }
    }
}
