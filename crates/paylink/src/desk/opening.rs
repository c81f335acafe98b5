//! Opening an order: the payment that is there, or a new one once it is known that there is none.

use std::time::{Duration, SystemTime};

use paylink_core::provider::Created;
use paylink_core::{Effect, Error, ErrorKind};

use super::lookup::Found;
use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, Opened, OrderStore, StoredOrder};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn opened(&self, order: &str) -> Result<Opened, DeskError<S::Error>> {
        // What is written needs no claim: a refreshed page disturbs nobody.
        let written = self.written(&self.order(order).await?);
        if let Some(opened) = written.map_err(DeskError::Payment)? {
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
        if let Some(opened) = self.written(turn.order())? {
            return Ok(opened);
        }
        let Some(newest) = turn.ledger().newest() else {
            return self.ask_first(turn).await;
        };
        match self.find(turn, newest).await? {
            Found::Never => self.ask_again(turn).await,
            found => self.told(turn, found),
        }
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
