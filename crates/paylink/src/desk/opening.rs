//! Opening an order: the payment that is there, or a new one once it is known that there is none.

use std::time::{Duration, SystemTime};

use paylink_core::provider::Created;
use paylink_core::{Effect, Error, ErrorKind, without_rate_limit_retries};

use super::ledger::Attempt;
use super::lookup::Found;
use super::schedule::Sight;
use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, Opened, OrderStore, Stage, StoredOrder};

/// How often a payment that is shown again and again is watched on from then.
const SHOWN_AGAIN: Duration = Duration::from_secs(60 * 60);

impl<S: OrderStore> Desk<S> {
    pub(super) async fn opened(&self, order: &str) -> Result<Opened, DeskError<S::Error>> {
        // What is written needs no claim: a refreshed page disturbs nobody.
        let stored = self.order(order).await?;
        if let Some(opened) = self.at_once(&stored).map_err(DeskError::Payment)? {
            return Ok(opened);
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(self.shown_meanwhile(&stored, until)),
        };
        let opened = self.open_in(&mut turn).await;
        self.end(turn).await;
        self.or_busy(opened, |until| self.shown_meanwhile(&stored, until))
    }

    async fn open_in(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        if let Some(opened) = self.at_once(turn.order())? {
            return Ok(opened);
        }
        if let Some(opened) = self.written(turn.order())? {
            // Whoever is shown the payment may pay it.
            turn.watch_on(self.environment.now(), self.shortest_pause);
            self.save(turn).await?;
            return Ok(opened);
        }
        let Some(newest) = turn.ledger().newest() else {
            return self.ask_first(turn).await;
        };
        let found = without_rate_limit_retries(self.find(turn, newest)).await;
        if matches!(found, Ok(Found::Never)) {
            // The look-up may have taken most of the lease.
            self.hold(turn).await?;
            return self.ask_again(turn).await;
        }
        let sight = match &found {
            Ok(found) => Some(found.sight()),
            Err(Stop::Failed(DeskError::Payment(_))) => Some(Sight::Trouble),
            Err(_) => None,
        };
        if let Some(sight) = sight {
            self.note(turn, &[(newest, sight)]);
            self.save(turn).await?;
        }
        self.told(turn, found?)
    }

    /// What needs no claim. A payment that is shown has to be watched from then on, and a provider is asked no sooner than
    /// visitors may cause it.
    fn at_once(&self, order: &StoredOrder) -> Result<Option<Opened>, Error> {
        if let Some(opened) = self.written(order)? {
            return Ok((!self.is_to_be_watched_on(order)).then_some(opened));
        }
        let left = self.opening_waits(order);
        Ok(left.map(|look_again_after| Opened::NotYetKnown { look_again_after }))
    }

    fn is_to_be_watched_on(&self, order: &StoredOrder) -> bool {
        let ledger = order.ledger();
        let watched_for = ledger.watch().map(|watch| {
            let age = self.environment.now().duration_since(watch.since());
            age.unwrap_or_default()
        });
        ledger.stage() == Stage::Over || watched_for.is_some_and(|age| age >= SHOWN_AGAIN)
    }

    /// How long opening an order has to wait before it asks a provider for something: after a look-up or a create that was
    /// refused, and while the provider asked for time.
    fn opening_waits(&self, order: &StoredOrder) -> Option<Duration> {
        let newest = order.ledger().attempts().last();
        if newest.is_some_and(|newest| !self.can_be_looked_up(newest)) {
            return None;
        }
        let account = newest.map_or(order.account(), Attempt::account);
        let closed = self.pace.closed_for(account, self.environment.now());
        // A create that is known to have never been is not asked about again, but sent.
        let is_known =
            newest.is_some_and(Attempt::is_in_doubt) && order.ledger().stage() == Stage::Over;
        let paused = if is_known {
            None
        } else {
            self.pause_left(order)
        };
        closed.max(paused)
    }

    /// What is shown while somebody else is at the order: the payment that is there and watched, if only its watch was to be
    /// renewed.
    fn shown_meanwhile(&self, order: &StoredOrder, until: SystemTime) -> Opened {
        let is_over = order.ledger().stage() == Stage::Over;
        let shown = self.written(order).ok().flatten();
        shown.filter(|_| !is_over).unwrap_or(Opened::Busy { until })
    }

    /// What a look-up tells whoever wants to pay.
    pub(super) fn told(&self, turn: &Turn, found: Found) -> Result<Opened, Stop<S::Error>> {
        let not_yet = |look_again_after| Opened::NotYetKnown { look_again_after };
        Ok(match found {
            Found::Made => self
                .written(turn.order())?
                .unwrap_or(not_yet(Duration::ZERO)),
            // The next opening sends it again.
            Found::Never => not_yet(Duration::ZERO),
            Found::NotYet { look_again_after } => not_yet(look_again_after),
            Found::Nobody(lost) => Opened::Lost(lost),
        })
    }

    /// What the ledger says by itself. A payment that differs from the order by now is shown to nobody: paying it would
    /// settle nothing.
    fn written(&self, order: &StoredOrder) -> Result<Option<Opened>, Error> {
        let ledger = order.ledger();
        if let Some(delivery) = ledger.delivery() {
            return Ok(Some(Opened::AlreadyPaid(Box::new(delivery.clone()))));
        }
        let newest = ledger.attempts().last();
        let Some((newest, created)) = newest.and_then(|newest| Some((newest, newest.created()?)))
        else {
            return Ok(None);
        };
        let expected = newest.expected(order.payment());
        if let (Some(expected), Ok(provider)) = (expected, self.providers.get(newest.account()))
            && let Some(mismatch) = expected.differs_in_books(provider.capabilities())?
        {
            let problem =
                "the payment that was created is not the one that the order asks for by now";
            let error = Error::new(ErrorKind::Mismatch, Effect::NotExecuted, problem);
            return Err(error.with_mismatch(mismatch));
        }
        Ok(Some(ready(created)))
    }

    /// What a turn came to; that somebody else took it over means that they are at it.
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
}

pub(super) fn ready(created: &Created) -> Opened {
    Opened::Ready(Box::new(created.clone()))
}
