//! Opening an order: the payment that is there, or a new one once it is known that there is none.

use std::time::{Duration, SystemTime};

use paylink_core::provider::Created;
use paylink_core::{Effect, Error, ErrorKind, without_rate_limit_retries};

use super::ledger::Attempt;
use super::lookup::Found;
use super::schedule::Sight;
use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, Opened, OrderStore, Stage, StoredOrder};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn opened(&self, order: &str) -> Result<Opened, DeskError<S::Error>> {
        // What is written needs no claim: a refreshed page disturbs nobody.
        if let Some(opened) = self
            .at_once(&self.order(order).await?)
            .map_err(DeskError::Payment)?
        {
            return Ok(opened);
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Opened::Busy { until }),
        };
        let opened = self.open_in(&mut turn).await;
        self.end(&turn).await;
        self.or_busy(opened, |until| Opened::Busy { until })
    }

    async fn open_in(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        if let Some(opened) = self.at_once(turn.order())? {
            return Ok(opened);
        }
        if let Some(opened) = self.written(turn.order())? {
            // Whoever is shown the payment may pay it.
            turn.watch_from(self.environment.now());
            self.save(turn).await?;
            return Ok(opened);
        }
        let Some(newest) = turn.ledger().newest() else {
            return self.ask_first(turn).await;
        };
        let found = without_rate_limit_retries(self.find(turn, newest)).await;
        let sight = match &found {
            Ok(Found::Never) => return self.ask_again(turn).await,
            Ok(found) => found.sight(),
            Err(Stop::Failed(DeskError::Payment(_))) => Sight::Trouble,
            Err(_) => return self.told(turn, found?),
        };
        self.note(turn, &[(newest, sight)]);
        self.save(turn).await?;
        self.told(turn, found?)
    }

    /// What needs no claim. An order that is watched no more has to be watched again, and a payment that is in doubt is
    /// looked up no sooner than visitors may cause it.
    fn at_once(&self, order: &StoredOrder) -> Result<Option<Opened>, Error> {
        if let Some(opened) = self.written(order)? {
            let is_over = order.ledger().stage() == Stage::Over;
            return Ok((!is_over).then_some(opened));
        }
        let newest = order.ledger().attempts().last();
        let in_doubt = newest.is_some_and(Attempt::is_in_doubt);
        let left = self.visitor_waits(order).filter(|_| in_doubt);
        Ok(left.map(|look_again_after| Opened::NotYetKnown { look_again_after }))
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
