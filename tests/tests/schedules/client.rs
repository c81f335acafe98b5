//! A provider as one process reaches it: requests and answers that are lost, late, or turned away.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Capability, Created, ExpectedPayment, NewPayment, Payment, PaymentRecord,
    PaymentState, PreparedPayment, Resolved, Transfer,
};
use paylink_core::{
    ComparedField, Comparison, Effect, Error, ErrorKind, Handle, Inquiry, Mismatch, Money,
    PaymentProvider, Resolution, Runtime, SendingWindow, Settlement,
};

use super::corners::Corner;
use super::life::Life;
use super::providers::{Bill, Ill, Kind, SETTLING, Sent, Standing};
use super::world::{MINUTE, SECOND, State, World, at};

/// How long a request takes at the most.
pub(super) const LONGEST_CALL: u64 = 20 * SECOND;

/// An account of a provider in one life of a process.
#[derive(Debug)]
pub(super) struct Client {
    life: Arc<Life>,
    account: usize,
    kind: Kind,
    capabilities: Capabilities,
}

/// What happens to a request.
struct Fate {
    is_executed: bool,
    takes: u64,
    trouble: Option<Trouble>,
}

struct Trouble {
    kind: ErrorKind,
    effect: Effect,
    retry_after: Option<Duration>,
}

impl Fate {
    fn fails(is_executed: bool, takes: u64, kind: ErrorKind) -> Fate {
        Fate {
            is_executed,
            takes,
            trouble: Some(Trouble {
                kind,
                effect: Effect::Unknown,
                retry_after: None,
            }),
        }
    }
}

impl State {
    /// What happens to a request to this account.
    fn fate(&mut self, account: usize, now: u64) -> Fate {
        let takes = match self.once_in(3) {
            true => self.between(20, 300),
            false => 0,
        };
        if let Some(spell) = self.books[account].spell.filter(|spell| now < spell.until) {
            return self.fate_in(spell.ill, spell.until - now);
        }
        if self.once_in(self.faults.requests) {
            let is_executed = self.once_in(2);
            return Fate::fails(is_executed, takes, ErrorKind::Disconnected);
        }
        Fate {
            is_executed: true,
            takes,
            trouble: None,
        }
    }

    fn fate_in(&mut self, ill: Ill, left: u64) -> Fate {
        let takes = self.between(20, 300);
        match ill {
            Ill::Down => {
                let mut fate = Fate::fails(false, takes / 10, ErrorKind::Connect);
                if let Some(trouble) = &mut fate.trouble {
                    trouble.effect = Effect::NotExecuted;
                }
                fate
            }
            Ill::Silent => {
                self.corners.saw(Corner::TimedOut);
                Fate::fails(false, LONGEST_CALL, ErrorKind::Timeout)
            }
            Ill::Broken => {
                let is_executed = self.once_in(3);
                Fate::fails(is_executed, takes, ErrorKind::Status)
            }
            Ill::TurnsAway { names_time } => {
                let mut fate = Fate::fails(false, takes, ErrorKind::RateLimited);
                let time = (left / 2 + self.chance.below(left)).min(15 * MINUTE);
                if let Some(trouble) = fate.trouble.as_mut().filter(|_| names_time) {
                    trouble.retry_after = Some(Duration::from_millis(time));
                }
                fate
            }
            Ill::Slow => {
                let takes = self.between(SECOND, 28 * SECOND);
                if takes > LONGEST_CALL {
                    self.corners.saw(Corner::TimedOut);
                    return Fate::fails(true, LONGEST_CALL, ErrorKind::Timeout);
                }
                Fate {
                    is_executed: true,
                    takes,
                    trouble: None,
                }
            }
        }
    }
}

impl Client {
    pub(super) fn new(life: &Arc<Life>, account: usize, kind: Kind) -> Client {
        let mut capabilities = Capabilities::new(kind.name(), kind.currencies());
        if let Some(window) = kind.window() {
            capabilities = capabilities.with_settlement_window(Duration::from_millis(window));
        }
        let capabilities = match kind.finds() {
            true => capabilities.supports(Capability::FindCreated),
            false => capabilities.does_not_support(
                Capability::FindCreated,
                "It finds no payment by its reference.",
            ),
        };
        Client {
            life: Arc::clone(life),
            account,
            kind,
            capabilities,
        }
    }

    fn world(&self) -> &World {
        &self.life.world
    }

    /// Sends a request about an order, which the provider carries out, or not, and answers, or not.
    async fn request<T>(
        &self,
        what: &'static str,
        order: usize,
        execute: impl FnOnce(&mut State, u64) -> T + Send,
    ) -> Result<T, Error> {
        self.life.lag().await;
        let (fate, answer) = {
            let now = self.world().now();
            let mut state = self.world().state();
            let fate = state.fate(self.account, now);
            let answer = fate.is_executed.then(|| execute(&mut state, now));
            if fate.trouble.is_some() {
                state.had_trouble(order, now + fate.takes);
            }
            (fate, answer)
        };
        self.takes(fate.takes).await;
        match (fate.trouble, answer) {
            (None, Some(answer)) => Ok(answer),
            (trouble, _) => Err(self.fails(what, trouble)),
        }
    }

    /// Waits for an answer.
    async fn takes(&self, time: u64) {
        match time {
            0 => tokio::task::yield_now().await,
            time => self.world().sleep(time).await,
        }
        self.life.awake().await;
    }

    fn fails(&self, what: &'static str, trouble: Option<Trouble>) -> Error {
        let (kind, effect, retry_after) = match trouble {
            Some(trouble) => (trouble.kind, trouble.effect, trouble.retry_after),
            None => (ErrorKind::Refused, Effect::NotExecuted, None),
        };
        self.life
            .say(|| format!("{what} at {}: {kind}", self.kind.name()));
        if let Some(time) = retry_after {
            // It counts from when it is heard.
            let now = self.world().now();
            let until = now + u64::try_from(time.as_millis()).unwrap_or_default();
            self.world().state().books[self.account]
                .outages
                .push((now, until));
        }
        Error::new(kind, effect, "it failed")
            .with_operation(self.kind.name(), what)
            .with_retry_after(retry_after)
    }

    /// Sends a create.
    async fn send(&self, reference: &str, price: Money) -> Result<Bill, Error> {
        let (fate, bill) = {
            let now = self.world().now();
            let mut state = self.world().state();
            let fate = state.fate(self.account, now);
            let is_known = fate.trouble.is_none();
            let often = state.faults.requests;
            let is_refused = is_known && state.once_in(often);
            let is_delayed = !is_known && fate.is_executed && state.once_in(2);
            let not_sent = fate
                .trouble
                .as_ref()
                .is_some_and(|it| it.effect == Effect::NotExecuted);
            let (sent, corner) = match (is_refused || not_sent, is_delayed, fate.is_executed) {
                (true, ..) => (Sent::Refused, Some(Corner::OpenRefused)),
                (_, true, _) => (Sent::OnItsWay, Some(Corner::CreateDelayed)),
                (_, _, true) => (
                    Sent::Executed,
                    (!is_known).then_some(Corner::CreateUnanswered),
                ),
                (_, _, false) => (Sent::Gone, Some(Corner::CreateLost)),
            };
            state.is_sent(self.account, reference, now, sent);
            if let Some(corner) = corner {
                state.corners.saw(corner);
            }
            let mut bill = None;
            match sent {
                Sent::Executed => bill = state.create(self.account, reference, price, now).ok(),
                Sent::OnItsWay => {
                    let delay = state.delay();
                    state.under_way += 1;
                    self.arrives_later(reference, price, fate.takes + delay);
                }
                Sent::Gone | Sent::Refused => {}
            }
            (fate, bill)
        };
        self.life.say(|| format!("create of {reference} leaves"));
        self.takes(fate.takes).await;
        match (fate.trouble, bill) {
            (None, Some(bill)) => Ok(bill),
            (trouble, _) => Err(self.fails("create", trouble)),
        }
    }

    /// What is on its way arrives, whatever becomes of its sender.
    fn arrives_later(&self, reference: &str, price: Money, delay: u64) {
        let world = Arc::clone(&self.life.world);
        let (account, reference) = (self.account, reference.to_owned());
        drop(tokio::spawn(async move {
            world.sleep(delay).await;
            let now = world.now();
            let mut state = world.state();
            state.under_way -= 1;
            let _ = state.create(account, &reference, price, now);
        }));
    }

    fn created(&self, bill: &Bill, price: Money) -> Created {
        let reference = bill.reference.parse().expect("a reference");
        let record = PaymentRecord::new(self.kind.name(), reference, price, self.life.now())
            .with_id("id", bill.id.clone());
        let created = Created::new(record).with_expires_at(bill.expires_at.map(at));
        match self.kind {
            Kind::CardPay => created.with_transfer(Transfer::new(bill.amount, Vec::new())),
            Kind::ZiPay | Kind::Pod | Kind::SizPay => created,
        }
    }

    fn not_paid(&self, state: PaymentState) -> Settlement<Payment> {
        Settlement::NotPaid(Payment::new(self.kind.name(), state, "so"))
    }

    /// Holds what the provider reports against the books; what it never reports is said.
    fn compared(&self, expected: &ExpectedPayment, bill: &Bill) -> Result<Comparison, Error> {
        let amount = expected.record().amount();
        let (order, id) = (
            expected.reference().as_str(),
            expected.record().require_id("id")?,
        );
        let compared = Comparison::new(self.kind.name());
        let compared = match self.kind {
            Kind::ZiPay => compared.money(amount, &bill.reported),
            Kind::Pod => compared.amount_only(amount, &bill.reported),
            Kind::SizPay => compared.money_not_reported(amount),
            Kind::CardPay => compared.money_not_reported(&bill.amount),
        };
        Ok(match self.kind {
            Kind::CardPay => compared
                .not_reported(ComparedField::Order, order)
                .not_reported(ComparedField::Reference, id),
            Kind::ZiPay | Kind::Pod | Kind::SizPay => compared
                .equal(ComparedField::Order, order, &bill.reference)
                .equal(ComparedField::Reference, id, &bill.id),
        }
        .not_reported(ComparedField::Merchant, "shop"))
    }
}

#[async_trait]
impl PaymentProvider for Client {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn longest_call(&self) -> Duration {
        Duration::from_millis(LONGEST_CALL)
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let price = self.capabilities.check(payment)?;
        let window = SendingWindow::open(&*self.life);
        let now = self.life.now();
        let last_byte = now + Duration::from_millis(MINUTE + LONGEST_CALL);
        let reference = payment.reference().to_string();
        let handle = Handle::new(self.kind.name(), "create", now)
            .with_deadline(last_byte)
            .with_reference(&*reference)
            .with_amount(*payment.price());
        Ok(PreparedPayment::new(handle.clone(), async move {
            self.life.lag().await;
            let late = window.check_open(&*self.life).is_err() || self.life.now() > last_byte;
            if late {
                self.world().saw(Corner::CreateLate);
                let kind = ErrorKind::Timeout;
                return Err(Error::new(
                    kind,
                    Effect::NotExecuted,
                    "it is too late to send it",
                ));
            }
            match self.send(&reference, price).await {
                Ok(bill) => Ok(self.created(&bill, price)),
                Err(error) if error.effect() == Effect::Unknown => {
                    Err(error.with_handle(handle.with_failed_at(self.life.now())))
                }
                Err(error) => Err(error),
            }
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(&self.capabilities)? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let (account, id) = (self.account, expected.record().require_id("id")?);
        let order = self.world().state().references[expected.reference().as_str()];
        let read = self.request("read", order, |state, now| state.read(account, id, now));
        let (standing, bill) = read.await?;
        let agreement = match self.compared(expected, &bill)?.finish() {
            Ok(agreement) => agreement,
            Err(mismatch) => return Ok(Settlement::Mismatch(mismatch)),
        };
        let standing = match (self.kind, standing) {
            (Kind::Pod, Standing::Paid) => return Ok(agreement.already_settled()),
            (Kind::ZiPay, Standing::Pending) | (Kind::Pod, _) => {
                let mut is_confirmed = false;
                let verify = self.request("verify", order, |state, now| {
                    let standing = state.verify(account, id, now);
                    is_confirmed = standing == Standing::Paid;
                    standing
                });
                match verify.await {
                    Ok(Standing::Paid) => return Ok(agreement.settled()),
                    Ok(standing) => standing,
                    Err(error) => {
                        if is_confirmed {
                            self.world().saw(Corner::ConfirmedUnheard);
                        }
                        return Err(error);
                    }
                }
            }
            (_, standing) => standing,
        };
        Ok(match standing {
            Standing::Paid => agreement.already_settled(),
            Standing::Unpaid => self.not_paid(PaymentState::Unpaid),
            Standing::AtGateway => self.not_paid(PaymentState::Paying),
            Standing::Pending => self.not_paid(PaymentState::Unconfirmed),
            Standing::Rejected => self.not_paid(PaymentState::Failed),
            Standing::Expired => {
                self.world().saw(Corner::Expired);
                self.not_paid(PaymentState::Expired)
            }
            Standing::OtherCard => {
                Settlement::Mismatch(Mismatch::new(ComparedField::Payer, "a card", "another"))
            }
        })
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.check_provider(self.kind.name())?;
        if !self.kind.finds() {
            return Err(self.capabilities.unsupported(Capability::FindCreated));
        }
        let reference = Handle::require("reference", handle.reference())?;
        let price = self.capabilities.convert(handle.require_amount()?)?;
        let (account, order) = (self.account, self.world().state().references[reference]);
        let asking = self.request("find", order, |state, now| {
            state.pass(account, now);
            state.books[account].listed(reference, now)
        });
        let (inquiry, found) = Inquiry::of(&*self.life, asking).await;
        let resolution = match found? {
            Some(bill) => {
                let created = Box::new(self.created(&bill, price));
                Resolution::Executed(Resolved::Created(created))
            }
            None => inquiry.absent(handle, Duration::from_millis(SETTLING)),
        };
        self.world().saw(match &resolution {
            Resolution::Executed(_) => Corner::FoundAgain,
            Resolution::NotExecuted => Corner::NeverThere,
            Resolution::StillUnknown { .. } => Corner::NotYetKnown,
        });
        Ok(resolution)
    }

    async fn refund(&self, _: &PaymentRecord) -> Result<paylink_core::provider::Done, Error> {
        self.world().wrong("a refund was asked for");
        Err(self.capabilities.unsupported(Capability::Refund))
    }
}
