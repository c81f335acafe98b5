//! Opening an order: the payment that is there, or a new one once it is known that there is none.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{Created, OrderReference};
use paylink_core::{Effect, Error, ErrorKind, Invalid, SendingWindow, without_rate_limit_retries};

use super::Desk;
use super::claim::{Stop, Turn, Turned};
use super::ledger::{Attempt, Stage, Watch};
use super::lookup::Found;
use super::outcome::{DeskError, Opened, Outcome, Reopened};
use super::pace::Sight;
use super::store::{OrderStore, StoredOrder};

/// How often a payment that is shown again and again is watched on from then.
const SHOWN_AGAIN: Duration = Duration::from_secs(60 * 60);

impl<S: OrderStore> Desk<S> {
    /// Creates the order's payment, or gives the one that is there.
    ///
    /// # Errors
    ///
    /// | error | what to do |
    /// |---|---|
    /// | [`Payment`](DeskError::Payment), [`Mismatch`](crate::ErrorKind::Mismatch) | the order's price or reference was changed after its payment was created, which would pay it no more: change it back, or take another order |
    /// | [`Payment`](DeskError::Payment), `NotExecuted` | nothing was created: correct what it names, open again after the order's [pause](Desk::visit_intervals) |
    /// | [`Payment`](DeskError::Payment), `Unknown` | open again later: it is looked up first |
    /// | [`Store`](DeskError::Store) | open again: what was sent, if anything, is found |
    pub async fn open(&self, order: &str) -> Result<Opened, DeskError<S::Error>> {
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

    /// Asks for another payment of the same order, under a reference that was not used before, through the account that
    /// the order names now.
    ///
    /// It is done only if the payment before it expired, failed, was cancelled or is lost, which the provider is asked
    /// first. What comes of the older ones is still looked at: should one be paid after all, it pays the order.
    ///
    /// # Errors
    ///
    /// As for [`open`](Desk::open); and if the reference was used before: give another one.
    pub async fn reopen(
        &self,
        order: &str,
        reference: OrderReference,
    ) -> Result<Reopened, DeskError<S::Error>> {
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Reopened::Kept(Outcome::Busy { until })),
        };
        let restarted = self.restart_in(&mut turn, reference).await;
        self.end(turn).await;
        self.or_busy(restarted, |until| Reopened::Kept(Outcome::Busy { until }))
    }

    async fn restart_in(
        &self,
        turn: &mut Turn,
        reference: OrderReference,
    ) -> Result<Reopened, Stop<S::Error>> {
        let own = turn.order().payment().reference();
        if turn.ledger().has_used(&reference, own) {
            let used = Invalid::new(OrderReference::KEY, "was used for this order before")
                .with_value(reference.as_str())
                .with_remedy("give another one");
            return Err(DeskError::Payment(used.into()).into());
        }
        match self.look_in(turn).await? {
            Outcome::NotOpened | Outcome::Lost(_) => {}
            Outcome::NotPaid(payment) if payment.state().is_final() => {}
            kept => return Ok(Reopened::Kept(kept)),
        }
        // What was asked may have taken most of the lease.
        self.hold(turn).await?;
        turn.newest_was(Attempt::give_up);
        let opened = self.ask(turn, Some(reference), None, 0).await?;
        Ok(Reopened::Opened(opened))
    }

    async fn open_in(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        if let Some(opened) = self.at_once(turn.order())? {
            return Ok(opened);
        }
        if let Some(opened) = self.written(turn.order())? {
            // A payment that is shown may be paid.
            turn.watch_on(self.runtime.now(), self.min_pause);
            self.save(turn).await?;
            return Ok(opened);
        }
        let Some(newest) = turn.ledger().newest() else {
            return self.ask_for_newest(turn).await;
        };
        let asked_at = self.runtime.now();
        let found = without_rate_limit_retries(self.find(turn, newest)).await;
        if matches!(found, Ok(Found::Never)) {
            // The look-up may have taken most of the lease.
            self.hold(turn).await?;
            return self.ask_for_newest(turn).await;
        }
        let sight = match &found {
            Ok(found) => Some(found.sight()),
            Err(Stop::Failed(DeskError::Payment(error))) => Some(Sight::trouble(error)),
            Err(_) => None,
        };
        if let Some(sight) = sight {
            self.note(turn, &[(newest, sight)], asked_at);
            if matches!(found, Ok(Found::Made)) {
                // It is shown now, however long ago it was asked for.
                turn.watch_on(self.runtime.now(), self.min_pause);
            }
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
        Ok(left.map(|retry_after| Opened::Unresolved { retry_after }))
    }

    fn is_to_be_watched_on(&self, order: &StoredOrder) -> bool {
        let ledger = order.ledger();
        let watched_for = ledger.watch().map(|watch| {
            let age = self.runtime.now().duration_since(watch.since());
            age.unwrap_or_default()
        });
        ledger.stage() == Stage::Over || watched_for.is_some_and(|age| age >= SHOWN_AGAIN)
    }

    /// What is shown while another call holds the order: the payment that is there and watched, if only its watch was to be
    /// renewed.
    fn shown_meanwhile(&self, order: &StoredOrder, until: SystemTime) -> Opened {
        let is_over = order.ledger().stage() == Stage::Over;
        let shown = self.written(order).ok().flatten();
        shown.filter(|_| !is_over).unwrap_or(Opened::Busy { until })
    }

    /// What a look-up tells a payer.
    fn told(&self, turn: &Turn, found: Found) -> Result<Opened, Stop<S::Error>> {
        let not_yet = |retry_after| Opened::Unresolved { retry_after };
        Ok(match found {
            Found::Made => self
                .written(turn.order())?
                .unwrap_or(not_yet(Duration::ZERO)),
            // The next opening sends it again.
            Found::Never => not_yet(Duration::ZERO),
            Found::NotYet { retry_after } => not_yet(retry_after),
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
        if let (Some(expected), Ok(provider)) = (expected, self.accounts.get(newest.account()))
            && let Some(mismatch) = expected.record_mismatch(provider.capabilities())?
        {
            let problem =
                "the payment that was created is not the one that the order asks for by now";
            let error = Error::new(ErrorKind::Mismatch, Effect::NotExecuted, problem);
            return Err(error.with_mismatch(mismatch));
        }
        Ok(Some(ready(created)))
    }

    /// Asks for the order's payment: the first time, or once more for what was never created, under the same reference.
    async fn ask_for_newest(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        let refused = turn.ledger().watch().map_or(0, Watch::looks);
        let before = turn.ledger_mut().withdraw();
        let reference = before.as_ref().and_then(Attempt::other_reference).cloned();
        self.ask(turn, reference, before, refused).await
    }

    /// Asks for a payment, under the order's own reference or another one: what finds it again is written first, and what
    /// came of it after.
    ///
    /// It takes the place of the attempt `before`, of which nothing came as far as is known, and was `refused` so often in
    /// a row.
    async fn ask(
        &self,
        turn: &mut Turn,
        reference: Option<OrderReference>,
        before: Option<Attempt>,
        refused: u32,
    ) -> Result<Opened, Stop<S::Error>> {
        let order = turn.order();
        let account = before.as_ref().map_or(order.account(), Attempt::account);
        let account = account.to_owned();
        let mut payment = order.payment().clone();
        if let Some(reference) = &reference {
            payment = payment.with_reference(reference.clone());
        }
        let provider = self.provider(&account)?;
        let window = SendingWindow::open(&*self.runtime);
        let prepared = provider.prepare(&payment)?;

        // Before a byte leaves, the store knows how to find what may come of it.
        let attempt = Attempt::new(&account, reference, prepared.handle().clone());
        turn.begin(attempt, self.runtime.now(), self.min_pause);
        self.save(turn).await?;
        if !turn.holds_for(self.longest_call, self.runtime.now()) {
            // The next claim of the order would look up a payment that is only now being sent.
            self.take_back(turn, before, None).await?;
            return Err(Stop::TakenOver);
        }
        if let Err(late) = window.check_open(&*self.runtime) {
            // The store was slow: by now the stored handle says less time than a create would take.
            self.take_back(turn, before, None).await?;
            return Err(Error::from(late).into());
        }
        match self.asked(&account, prepared.create()).await {
            Ok(created) => self.keep(turn, created).await,
            Err(error) => match error.effect() {
                Effect::NotExecuted => {
                    self.take_back(turn, before, Some(refused)).await?;
                    Err(error.into())
                }
                Effect::Unknown => self.doubt(turn, error).await,
            },
        }
    }

    /// Writes a payment that was created just now, twice if the store fails: it is precious, and writing it again is the
    /// same.
    async fn keep(&self, turn: &mut Turn, created: Created) -> Result<Opened, Stop<S::Error>> {
        let opened = ready(&created);
        turn.newest_was(|attempt| attempt.made(created));
        match self.save(turn).await {
            Err(Stop::Failed(_)) => self.save(turn).await?,
            saved => saved?,
        }
        Ok(opened)
    }

    /// Writes that nothing was sent, or nothing came of it. A create that was in doubt before stays in doubt: that this one
    /// was refused says nothing of that one. One that was refused is not sent again at once for everybody who opens the
    /// order.
    async fn take_back(
        &self,
        turn: &mut Turn,
        before: Option<Attempt>,
        refused: Option<u32>,
    ) -> Result<(), Stop<S::Error>> {
        let now = self.runtime.now();
        let _ = turn.ledger_mut().withdraw();
        if let Some(before) = before {
            turn.begin(before, now, self.min_pause);
        }
        if let Some(times) = refused {
            turn.ledger_mut().watch_mut(now).refused(now, times);
        }
        self.save(turn).await
    }

    /// Writes when a create failed whose outcome is unknown, and looks it up.
    async fn doubt(&self, turn: &mut Turn, error: Error) -> Result<Opened, Stop<S::Error>> {
        if let Some(handle) = error.handle() {
            turn.newest_was(|attempt| attempt.asked(handle.clone()));
        }
        self.save(turn).await?;
        let newest = turn.ledger().newest().unwrap_or_default();
        match without_rate_limit_retries(self.find(turn, newest)).await {
            Ok(found) => self.told(turn, found),
            // The error of the create says more.
            Err(Stop::Failed(DeskError::Payment(_))) => Err(error.into()),
            Err(stop) => Err(stop),
        }
    }
}

fn ready(created: &Created) -> Opened {
    Opened::Ready(Box::new(created.clone()))
}
