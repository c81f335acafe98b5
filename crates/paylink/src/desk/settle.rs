//! Settling an order: which of its payments a hint names, asking about all of them, and handing the order out on a proof.
//!
//! The way from a hint to a delivery: [`hint`](Desk::hint), [`visited`](Desk::visited),
//! [`visit_in_front`](Desk::visit_in_front), [`look`](Desk::look), [`settle_at`](Desk::settle_at),
//! [`deliver`](Desk::deliver).

use std::time::Duration;

use paylink_core::provider::{Capabilities, Created, Hint, PaymentState};
use paylink_core::{ComparedField, Mismatch, Money, Proof, Settlement, without_rate_limit_retries};

use super::Desk;
use super::claim::{Stop, Turn, Turned};
use super::ledger::{Delivery, Stage};
use super::line::{Pauses, Place};
use super::lookup::Found;
use super::outcome::{DeskError, Outcome};
use super::pace::{Sight, TooSoon};
use super::store::{Claim, Claimed, OrderStore, StoredOrder};

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
    named: Named,
}

/// Which payment a hint names.
enum Named {
    /// That of this attempt.
    Attempt(usize),
    /// None of this order's: so it differs from the newest.
    Another(Mismatch),
    /// None that is known, or there is no hint. It may be one that is still in doubt.
    Unclear,
}

impl Named {
    /// Whether it names one of the order's payments, and is the first hint that does.
    fn is_first_at(&self, order: &StoredOrder) -> bool {
        let watch = order.ledger().watch();
        matches!(self, Named::Attempt(_)) && watch.is_none_or(|watch| !watch.is_hinted())
    }

    /// The attempt whose payment is named. That another payment is named is only worth a line in a log: anybody can write
    /// such a hint, and a payer whom a provider sent back with it has to be answered all the same.
    fn followed(self, order: &str) -> Option<usize> {
        match self {
            Named::Attempt(index) => Some(index),
            Named::Another(difference) => {
                tracing::warn!(
                    order,
                    %difference,
                    "a hint names another payment than the order's; the order is looked at without it"
                );
                None
            }
            Named::Unclear => None,
        }
    }
}

impl<S: OrderStore> Desk<S> {
    /// Settles an order because a return or a webhook came.
    ///
    /// A hint that names another payment than the order's is logged, and the order is looked at without it, as
    /// [`visit`](Desk::visit) does: the caller has to be told where *this* order stands.
    /// [`names_another`](Desk::names_another) says so by itself.
    ///
    /// # Errors
    ///
    /// Look again later: nothing was handed out, or the next look says that it was.
    pub async fn hint(&self, order: &str, hint: Hint) -> Result<Outcome, DeskError<S::Error>> {
        self.visited(order, Some(hint)).await
    }

    /// Settles an order because a visitor opened its page, or a hint came that cannot be read.
    ///
    /// Anybody can cause it, so it asks the provider no sooner than the [pauses](Desk::visit_intervals) allow.
    ///
    /// # Errors
    ///
    /// As for [`hint`](Desk::hint).
    pub async fn visit(&self, order: &str) -> Result<Outcome, DeskError<S::Error>> {
        self.visited(order, None).await
    }

    /// Settles an order because the merchant wants to know, without any pause. Let no stranger cause it.
    ///
    /// # Errors
    ///
    /// As for [`hint`](Desk::hint).
    pub async fn check(&self, order: &str) -> Result<Outcome, DeskError<S::Error>> {
        if let Some(outcome) = foreseen(&self.order(order).await?) {
            return Ok(outcome);
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let outcome = self.look_at_last(&mut turn, None).await;
        self.end(turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// How a hint differs from the order, if it names another payment than one of the order's. Nobody is asked.
    ///
    /// # Errors
    ///
    /// As for [`order`](Desk::order).
    pub async fn names_another(
        &self,
        order: &str,
        hint: &Hint,
    ) -> Result<Option<Mismatch>, DeskError<S::Error>> {
        let stored = self.order(order).await?;
        Ok(match self.named(&stored, Some(hint)) {
            Named::Another(mismatch) => Some(mismatch),
            Named::Attempt(_) | Named::Unclear => None,
        })
    }

    async fn visited(
        &self,
        order: &str,
        hint: Option<Hint>,
    ) -> Result<Outcome, DeskError<S::Error>> {
        match self.arrive(order, hint, self.claim_timeout).await? {
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
        let mut named = self.named(&stored, hint.as_ref());
        if let Some(outcome) = self.answer(&stored, &named) {
            return Ok(Arrival::Answered(outcome));
        }
        let mut pauses = Pauses::within(patience);
        let in_line = self.lines.stand(order, &mut pauses, &*self.runtime);
        let Some(place) = in_line.await else {
            let until = self.taken_over_until();
            return Ok(Arrival::Answered(Outcome::Busy { until }));
        };
        if place.had_to_wait() {
            // The call before may have written the answer.
            stored = self.order(order).await?;
            named = self.named(&stored, hint.as_ref());
            if let Some(outcome) = self.answer(&stored, &named) {
                return Ok(Arrival::Answered(outcome));
            }
        }
        Ok(Arrival::InFront(Box::new(Visit {
            order: order.to_owned(),
            hint,
            place,
            pauses,
            stored,
            named,
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
            named,
        } = *visit;
        let waited = self.wait_for_account(&stored, &named, &mut pauses);
        if let Err(TooSoon(left)) = waited.await {
            return Ok(too_soon(&stored, left));
        }
        let mut turn = match self.turn_from(place, &order, &mut pauses).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let named = self.named(turn.order(), hint.as_ref());
        if let Some(outcome) = self.answer(turn.order(), &named) {
            self.end(turn).await;
            return Ok(outcome);
        }
        let hinted = named.followed(&order);
        let outcome = without_rate_limit_retries(self.look_at_last(&mut turn, hinted)).await;
        self.end(turn).await;
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// Looks at an order that was claimed because it is due. One that another call is at, or whose provider asked for time,
    /// costs nothing.
    pub(super) async fn watched(&self, claim: Claim) -> Result<Outcome, DeskError<S::Error>> {
        let mut turn = match self.take_up(claim).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Outcome::Busy { until }),
        };
        let outcome = match self.rests_for(turn.order()) {
            Some(left) => {
                let now = self.runtime.now();
                let at = now.checked_add(left).unwrap_or(now);
                turn.ledger_mut().watch_mut(now).look_again(Some(at));
                let outcome = too_soon(turn.order(), left);
                self.save_at_last(&mut turn).await.map(|()| outcome)
            }
            None => without_rate_limit_retries(self.look_at_last(&mut turn, None)).await,
        };
        match &outcome {
            // It is due as it was: its claim is left to run out, or it would be looked at again and again.
            Err(Stop::Failed(DeskError::Store(_))) => drop(turn),
            _ => self.end(turn).await,
        }
        self.or_busy(outcome, |until| Outcome::Busy { until })
    }

    /// What a visitor is told without a provider being asked. The first hint at one of the order's payments is followed
    /// at once.
    fn answer(&self, order: &StoredOrder, named: &Named) -> Option<Outcome> {
        foreseen(order).or_else(|| {
            let left = self.visitor_waits(order)?;
            (!named.is_first_at(order)).then(|| too_soon(order, left))
        })
    }

    /// Holds a hint against a reading of the order. Do it once for each reading.
    fn named(&self, order: &StoredOrder, hint: Option<&Hint>) -> Named {
        let Some(hint) = hint else {
            return Named::Unclear;
        };
        let mut newest = None;
        let mut is_unclear = false;
        for (index, attempt) in order.ledger().attempts().iter().enumerate().rev() {
            let expected = attempt.expected(order.payment());
            let provider = self.accounts.get(attempt.account());
            let (Some(expected), Ok(provider)) = (expected, provider) else {
                is_unclear |= attempt.is_in_doubt() || attempt.created().is_some();
                continue;
            };
            let expected = expected.with_hint(hint.clone());
            match expected.record_mismatch(provider.capabilities()) {
                Ok(None) => return Named::Attempt(index),
                Ok(Some(mismatch)) => newest = newest.or(Some(mismatch)),
                Err(_) => is_unclear = true,
            }
        }
        match newest {
            Some(mismatch) if !is_unclear => Named::Another(mismatch),
            _ => Named::Unclear,
        }
    }

    /// Waits until the account may be asked again for a visitor. Those who are likely to have paid go first: an order that
    /// is hinted at for the first time, and one that waits for its confirmation. The others are told to come again.
    async fn wait_for_account(
        &self,
        order: &StoredOrder,
        named: &Named,
        pauses: &mut Pauses,
    ) -> Result<(), TooSoon> {
        let newest = order.ledger().attempts().last();
        let Some(newest) = newest.filter(|_| self.asks_a_provider(order)) else {
            return Ok(());
        };
        let seen = order.ledger().watch().and_then(|watch| watch.seen());
        let is_likely_paid = named.is_first_at(order) || seen == Some(&PaymentState::Unconfirmed);
        let patience = if is_likely_paid {
            pauses.left()
        } else {
            Duration::ZERO
        };
        let now = self.runtime.now();
        let wait = self
            .pace
            .begin(newest.account(), now, self.account_pause, patience)?;
        if !wait.is_zero() {
            pauses.spend(wait);
            self.runtime.sleep(wait).await;
        }
        Ok(())
    }

    /// Looks at the order, as the last thing that is done in this turn.
    async fn look_at_last(
        &self,
        turn: &mut Turn,
        hinted: Option<usize>,
    ) -> Result<Outcome, Stop<S::Error>> {
        match self.look(turn, hinted).await? {
            Seen::Written(outcome) => Ok(outcome),
            Seen::Heard(heard) => {
                self.save_at_last(turn).await?;
                heard.said()
            }
        }
    }

    /// Looks at the order; its turn goes on.
    pub(super) async fn look_in(&self, turn: &mut Turn) -> Result<Outcome, Stop<S::Error>> {
        match self.look(turn, None).await? {
            Seen::Written(outcome) => Ok(outcome),
            Seen::Heard(heard) => {
                self.save(turn).await?;
                heard.said()
            }
        }
    }

    /// Looks up what is in doubt, then settles what is there: first what was hinted at, then the newest first. The first
    /// proof hands the order out.
    ///
    /// Otherwise the newest attempt has the word, unless a payment differs from the order, which nothing outweighs, or
    /// something could not be asked. All that may be paid is asked about before any of that is said.
    async fn look(
        &self,
        turn: &mut Turn,
        hinted: Option<usize>,
    ) -> Result<Seen<S::Error>, Stop<S::Error>> {
        if let Some(outcome) = foreseen(turn.order()) {
            return Ok(Seen::Written(outcome));
        }
        let now = self.runtime.now();
        let is_over = turn.ledger().stage() == Stage::Over;
        if hinted.is_some() {
            turn.ledger_mut().watch_mut(now).hint();
        }
        if is_over {
            match hinted {
                // The sender may be paying.
                Some(_) => turn.watch_on(now, self.min_pause),
                None => {
                    let soon = now.checked_add(self.min_pause);
                    turn.ledger_mut().watch_mut(now).look_again(soon);
                }
            }
            // A payment that is confirmed by this look is found again, should nobody be there to write so.
            self.save(turn).await?;
        }
        let mut heard = Heard {
            newest: None,
            alarm: None,
            trouble: None,
            sights: Vec::new(),
        };
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
                Ok(handed_out @ Outcome::DeliverNow(_)) => {
                    if let Some(mismatch) = &heard.alarm {
                        let order = turn.name();
                        tracing::error!(order, %mismatch, "another payment of a paid order is not the order's");
                    }
                    return Ok(Seen::Written(handed_out));
                }
                other => heard.hear(index, other)?,
            }
        }
        self.note(turn, &heard.sights, now);
        Ok(Seen::Heard(heard))
    }

    /// Has an order looked at again whose payment was proved by one who had lost it: whoever has it now may have seen it
    /// unpaid a moment before.
    async fn come_back_to(&self, order: &str) {
        let mut pauses = Pauses::within(self.claim_timeout);
        loop {
            let now = self.runtime.now();
            match self.store.claim(order, now, self.lease).await {
                Ok(Claimed::Granted { claim, mut order }) => {
                    if order.ledger().delivery().is_none() {
                        order.ledger_mut().watch_mut(now).look_again(Some(now));
                        let _ = self.store.save(&claim, order.ledger()).await;
                    }
                    let _ = self.store.release(&claim).await;
                    return;
                }
                Ok(Claimed::NoSuchOrder) => return,
                Ok(Claimed::Held { .. }) | Err(_) => {}
            }
            let Some(pause) = pauses.next() else { return };
            self.runtime.sleep(pause).await;
        }
    }

    /// Settles the payment of the attempt at this place.
    async fn settle_at(&self, turn: &mut Turn, index: usize) -> Result<Outcome, Stop<S::Error>> {
        self.hold(turn).await?;
        let attempt = turn.ledger().attempts().get(index);
        let order = turn.order();
        let expected = attempt.and_then(|attempt| attempt.expected(order.payment()));
        let (Some(attempt), Some(expected)) = (attempt, expected) else {
            return Ok(Outcome::NotOpened);
        };
        let provider = self.provider(attempt.account())?;
        let settlement = self
            .asked(attempt.account(), provider.settle(&expected))
            .await;
        let proof = match settlement? {
            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => proof,
            Settlement::NotPaid(payment) => return Ok(Outcome::NotPaid(Box::new(payment))),
            Settlement::Mismatch(mismatch) => return Ok(Outcome::Mismatch(mismatch)),
        };
        let price = order.payment().price();
        let differs = differs(&proof, price, attempt.created(), provider.capabilities())?;
        if let Some(mismatch) = differs {
            return Ok(Outcome::Mismatch(mismatch));
        }
        let delivery = Delivery::proved(
            turn.name(),
            attempt.account(),
            expected.reference(),
            &proof,
            self.runtime.now(),
        );
        turn.ledger_mut().hand_out(delivery.clone());
        if let Err(stop) = self.deliver(turn, &delivery).await {
            if let Stop::TakenOver = stop {
                self.come_back_to(turn.name()).await;
            }
            return Err(stop);
        }
        Ok(Outcome::DeliverNow(Box::new(delivery)))
    }
}

fn too_soon(order: &StoredOrder, retry_after: Duration) -> Outcome {
    let seen = order.ledger().watch().and_then(|watch| watch.seen());
    Outcome::TooSoon {
        seen: seen.cloned(),
        retry_after,
    }
}

/// What can be said of an order without asking anybody.
fn foreseen(order: &StoredOrder) -> Option<Outcome> {
    let ledger = order.ledger();
    if let Some(at) = ledger.delivered_at() {
        return Some(Outcome::Delivered { at });
    }
    if let Some(delivery) = ledger.delivery() {
        return Some(Outcome::AwaitingDelivery(Box::new(delivery.clone())));
    }
    ledger.newest().is_none().then_some(Outcome::NotOpened)
}

fn outcome_of(found: Found) -> Outcome {
    match found {
        Found::Made | Found::Never => Outcome::NotOpened,
        Found::NotYet { retry_after } => Outcome::Unresolved { retry_after },
        Found::Nobody(lost) => Outcome::Lost(lost),
    }
}

/// What a look came to.
enum Seen<E> {
    /// All of it is written.
    Written(Outcome),
    /// What was noted in the ledger has to be written.
    Heard(Heard<E>),
}

/// What was heard of an order's attempts.
struct Heard<E> {
    newest: Option<(usize, Outcome)>,
    alarm: Option<Mismatch>,
    trouble: Option<DeskError<E>>,
    /// What was seen of each.
    sights: Vec<(usize, Sight)>,
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
                let sight = match &trouble {
                    DeskError::Payment(error) => Sight::trouble(error),
                    _ => Sight::Trouble { is_down: false },
                };
                self.sights.push((index, sight));
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

/// Holds the proved amount against the order's price, or against the exact amount that stands for it.
fn differs(
    proof: &Proof,
    price: &Money,
    created: Option<&Created>,
    capabilities: &Capabilities,
) -> Result<Option<Mismatch>, paylink_core::Error> {
    let exact = created.and_then(Created::transfer);
    let due = match exact {
        Some(transfer) => *transfer.amount(),
        None => capabilities.convert(price)?,
    };
    let paid = proof.amount();
    Ok((due != *paid).then(|| Mismatch::new(ComparedField::Amount, &due, paid)))
}
