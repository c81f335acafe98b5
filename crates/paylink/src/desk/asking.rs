//! Asking a provider for a payment: what finds it again is written first, and what came of it after.

use paylink_core::provider::{Created, OrderReference};
use paylink_core::{Effect, Error, SendingWindow, without_rate_limit_retries};

use super::ledger::{Attempt, Watch};
use super::opening::ready;
use super::turn::{Stop, Turn};
use super::{Desk, DeskError, Opened, OrderStore};

/// What is asked for.
struct Ask {
    account: String,
    /// `None` for the order's own reference.
    reference: Option<OrderReference>,
    /// How often in a row it was asked for before, to no avail.
    refused: u32,
    /// The attempt that this one takes the place of: nothing came of it as far as is known.
    before: Option<Attempt>,
}

impl<S: OrderStore> Desk<S> {
    /// Asks for the order's payment, under the order's own reference.
    pub(super) async fn ask_first(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        let account = turn.order().account().to_owned();
        let ask = Ask {
            account,
            reference: None,
            refused: looks(turn),
            before: None,
        };
        self.ask(turn, ask).await
    }

    /// Asks for another payment of the order.
    pub(super) async fn ask_anew(
        &self,
        turn: &mut Turn,
        reference: OrderReference,
    ) -> Result<Opened, Stop<S::Error>> {
        let account = turn.order().account().to_owned();
        let ask = Ask {
            account,
            reference: Some(reference),
            refused: 0,
            before: None,
        };
        self.ask(turn, ask).await
    }

    /// Asks once more for what was never created, under the same reference.
    pub(super) async fn ask_again(&self, turn: &mut Turn) -> Result<Opened, Stop<S::Error>> {
        let refused = looks(turn);
        let Some(before) = turn.ledger_mut().withdraw() else {
            return self.ask_first(turn).await;
        };
        let ask = Ask {
            account: before.account().to_owned(),
            reference: before.other_reference().cloned(),
            refused,
            before: Some(before),
        };
        self.ask(turn, ask).await
    }

    async fn ask(&self, turn: &mut Turn, ask: Ask) -> Result<Opened, Stop<S::Error>> {
        let payment = turn.order().payment().clone();
        let payment = match &ask.reference {
            Some(reference) => payment.under(reference.clone()),
            None => payment,
        };
        let provider = self.provider(&ask.account)?;
        let window = SendingWindow::open(&*self.environment);
        let prepared = provider.prepare(&payment)?;

        // Before a byte leaves, the store knows how to find what may come of it.
        let attempt = Attempt::new(&ask.account, ask.reference, prepared.handle().clone());
        turn.begin(attempt, self.environment.now(), self.shortest_pause);
        self.save(turn).await?;
        if !turn.holds_for(self.longest_call, self.environment.now()) {
            // Whoever claims the order next would look for a payment that is only now being sent.
            self.take_back(turn, ask.before).await?;
            return Err(Stop::TakenOver);
        }
        if let Err(late) = window.must_be_open(&*self.environment) {
            // The store was slow: by now the stored handle says less time than a create would take.
            self.take_back(turn, ask.before).await?;
            return Err(Error::from(late).into());
        }
        let created = prepared.create().await;
        self.heard_from(&ask.account, &created);
        match created {
            Ok(created) => self.keep(turn, created).await,
            Err(error) => match error.effect() {
                Effect::NotExecuted => {
                    self.refused(turn, ask.before, ask.refused).await?;
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
    /// was refused says nothing of that one.
    async fn take_back(
        &self,
        turn: &mut Turn,
        before: Option<Attempt>,
    ) -> Result<(), Stop<S::Error>> {
        self.withdraw(turn, before);
        self.save(turn).await
    }

    /// The same of a create that was refused: it is not sent again at once for everybody who opens the order.
    async fn refused(
        &self,
        turn: &mut Turn,
        before: Option<Attempt>,
        times: u32,
    ) -> Result<(), Stop<S::Error>> {
        self.withdraw(turn, before);
        let now = self.environment.now();
        turn.ledger_mut().watch_mut(now).refused(now, times);
        self.save(turn).await
    }

    fn withdraw(&self, turn: &mut Turn, before: Option<Attempt>) {
        let _ = turn.ledger_mut().withdraw();
        if let Some(before) = before {
            turn.begin(before, self.environment.now(), self.shortest_pause);
        }
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
            // What the create said is the better story.
            Err(Stop::Failed(DeskError::Payment(_))) => Err(error.into()),
            Err(stop) => Err(stop),
        }
    }
}

/// How often in a row nothing new came of asking about the order.
fn looks(turn: &Turn) -> u32 {
    turn.ledger().watch().map_or(0, Watch::looks)
}
