//! The states of an invoice and the ways between them.

use std::time::{Duration, SystemTime};

use super::invoice::{CardSlip, EventKind, Invoice, Payment, State, Store, Verification};
use super::ledger::{Delegations, Drawn, Pocket};
use super::refusal::Refusal;
use super::settings::AfterTimeout;

/// How long after the payment a business may verify; then the money goes back to the payer.
pub const VERIFY_WITHIN: Duration = Duration::from_secs(60 * 60);

/// How long the bank's gateway waits for a payer.
pub const GATEWAY_WAITS: Duration = Duration::from_secs(15 * 60);

/// How long the banks take to settle what was paid by card.
pub const SETTLES_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The least amount, in rial, that cannot be paid by card.
const CARD_MINIMUM: u32 = 10_000;

/// What a verify found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verified {
    Now,
    Before,
}

impl Invoice {
    /// Checks that it can be paid, in the order of what is most final.
    pub(super) fn require_payable(&self) -> Result<(), Refusal> {
        if self.closed {
            return Err(Refusal::CLOSED);
        }
        match self.state {
            State::Unpaid => Ok(()),
            State::Canceled => Err(Refusal::CANCELED),
            State::Paid => Err(Refusal::ALREADY_PAID),
            State::AwaitingVerification => Err(Refusal::AWAITS_VERIFICATION),
            State::AtGateway => Err(Refusal::AT_GATEWAY),
            State::Guaranteed => Err(Refusal::GUARANTEED),
            State::AwaitingSettlement => Err(Refusal::NOT_PAYABLE),
        }
    }

    /// Checks that a payer can be sent to the gateway for it.
    pub(super) fn require_payable_by_card(&self) -> Result<(), Refusal> {
        self.require_payable()?;
        if self.payable() > CARD_MINIMUM.into() {
            Ok(())
        } else {
            Err(Refusal::TOO_LITTLE_FOR_A_CARD)
        }
    }

    /// The pocket its money ends up in.
    pub(super) fn till(&self) -> Pocket {
        Pocket::Guild(self.issuer, self.guild.clone())
    }

    fn require_paid(&self) -> Result<(), Refusal> {
        if self.closed {
            return Err(Refusal::CLOSED);
        }
        match self.state {
            State::Paid => Ok(()),
            State::Canceled => Err(Refusal::CANCELED),
            State::AwaitingVerification => Err(Refusal::AWAITS_VERIFICATION),
            State::AtGateway => Err(Refusal::AT_GATEWAY),
            State::Unpaid | State::Guaranteed | State::AwaitingSettlement => Err(Refusal::NOT_PAID),
        }
    }
}

impl Store {
    /// Pays from the wallet of `payer`, and from credits as far as asked for.
    pub(super) fn pay_from_wallet(
        &mut self,
        id: u64,
        payer: u64,
        from: &Delegations,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let invoice = self.get(id)?;
        invoice.require_payable()?;
        let payable = invoice.payable();
        let drawn = self.ledger.draw(payer, from, payable)?;
        self.paid(id, EventKind::PaidByWallet, drawn, None, now)
    }

    /// Takes money from outside the sandbox for an invoice that can be paid.
    pub(super) fn pay_from_outside(
        &mut self,
        id: u64,
        kind: EventKind,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        self.get(id)?.require_payable()?;
        self.paid(id, kind, Drawn::default(), None, now)
    }

    /// Notes that it was paid elsewhere: nothing has to be verified, and no money moves.
    pub(super) fn mark_paid(&mut self, id: u64, now: SystemTime) -> Result<(), Refusal> {
        self.get(id)?.require_payable()?;
        self.get_mut(id)?.payment = Some(payment(Drawn::default(), None, now));
        self.turn(id, State::Paid, EventKind::MarkedPaid, now)
    }

    /// Sends the payer to the gateway, which waits for a while.
    pub(super) fn open_gateway(&mut self, id: u64, now: SystemTime) -> Result<(), Refusal> {
        self.get(id)?.require_payable_by_card()?;
        let until = now.checked_add(GATEWAY_WAITS);
        self.turn_until(id, State::AtGateway, EventKind::SentToGateway, now, until)
    }

    /// Takes the payer back without a payment.
    pub(super) fn leave_gateway(&mut self, id: u64, now: SystemTime) -> Result<(), Refusal> {
        match self.get(id)?.state {
            State::AtGateway => self.turn(id, State::Unpaid, EventKind::LeftGateway, now),
            _ => self.get(id)?.require_payable(),
        }
    }

    /// Takes the payment of a payer who is at the gateway.
    pub(super) fn pay_at_gateway(
        &mut self,
        id: u64,
        slip: CardSlip,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let invoice = self.get(id)?;
        if invoice.state != State::AtGateway {
            invoice.require_payable()?;
            return Err(Refusal::NOT_PAYABLE);
        }
        self.paid(id, EventKind::PaidByCard, Drawn::default(), Some(slip), now)
    }

    pub(super) fn verify(&mut self, id: u64, now: SystemTime) -> Result<Verified, Refusal> {
        let invoice = self.get(id)?;
        match invoice.state {
            State::AwaitingVerification => {
                self.keep(id, EventKind::Verified, now)?;
                Ok(Verified::Now)
            }
            _ => invoice.require_paid().map(|()| Verified::Before),
        }
    }

    pub(super) fn close(&mut self, id: u64, now: SystemTime) -> Result<(), Refusal> {
        let invoice = self.get_mut(id)?;
        invoice.require_paid()?;
        invoice.closed = true;
        invoice.note(EventKind::Closed, now);
        Ok(())
    }

    /// Cancels what is not paid for good, and gives back what was set aside for it.
    pub(super) fn cancel(&mut self, id: u64, now: SystemTime) -> Result<(), Refusal> {
        let invoice = self.get(id)?;
        match (invoice.closed, invoice.state) {
            (true, _) => return Err(Refusal::CLOSED),
            (_, State::Canceled) => return Err(Refusal::CANCELED),
            (_, State::Paid) => return Err(Refusal::ALREADY_PAID),
            (_, State::AtGateway) => return Err(Refusal::AT_GATEWAY),
            (
                _,
                State::Unpaid
                | State::AwaitingVerification
                | State::Guaranteed
                | State::AwaitingSettlement,
            ) => {}
        }
        self.give_back(id)?;
        self.turn(id, State::Canceled, EventKind::Canceled, now)
    }

    /// Executes everything that was due by `now`, in the order of the due times.
    pub(super) fn fall_due(&mut self, now: SystemTime, after_timeout: AfterTimeout) {
        while let Some((due, id)) = self.take_due(now) {
            // An invoice that is scheduled is there.
            let _ = self.end_state(id, due, after_timeout);
        }
    }

    fn end_state(
        &mut self,
        id: u64,
        due: SystemTime,
        after_timeout: AfterTimeout,
    ) -> Result<(), Refusal> {
        let invoice = self.get(id)?;
        match (invoice.state, invoice.verification) {
            (State::AtGateway, _) => self.turn(id, State::Unpaid, EventKind::LeftGateway, due),
            (State::AwaitingVerification, Verification::AutomaticAfterTimeout) => {
                self.keep(id, EventKind::VerifiedByTimeout, due)
            }
            (State::AwaitingVerification, _) => {
                self.give_back(id)?;
                let state = match after_timeout {
                    AfterTimeout::Unpaid => State::Unpaid,
                    AfterTimeout::Canceled => State::Canceled,
                };
                self.turn(id, state, EventKind::GivenBack, due)
            }
            (State::Guaranteed, _) => self.keep(id, EventKind::PromiseKept, due),
            (State::AwaitingSettlement, _) => self.keep(id, EventKind::Settled, due),
            (State::Unpaid | State::Paid | State::Canceled, _) => Ok(()),
        }
    }

    fn paid(
        &mut self,
        id: u64,
        kind: EventKind,
        drawn: Drawn,
        card: Option<CardSlip>,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let invoice = self.get_mut(id)?;
        invoice.payment = Some(payment(drawn, card, now));
        if invoice.verification == Verification::NotNeeded {
            return self.keep(id, kind, now);
        }
        let until = now.checked_add(VERIFY_WITHIN);
        self.turn_until(id, State::AwaitingVerification, kind, now, until)
    }

    /// Credits the money to the business.
    fn keep(&mut self, id: u64, kind: EventKind, at: SystemTime) -> Result<(), Refusal> {
        let invoice = self.get_mut(id)?;
        if let Some(payment) = &mut invoice.payment
            && matches!(kind, EventKind::PromiseKept | EventKind::Settled)
        {
            payment.at = at;
        }
        let (till, payable) = (invoice.till(), invoice.payable());
        self.ledger.put(till, payable);
        self.turn(id, State::Paid, kind, at)
    }

    /// Gives the money back to where it came from; what came from a card goes to the user's wallet.
    fn give_back(&mut self, id: u64) -> Result<(), Refusal> {
        let invoice = self.get_mut(id)?;
        let (user, payable) = (invoice.user_id, invoice.payable());
        let Some(payment) = invoice.payment.take() else {
            return Ok(());
        };
        if let (Some(user), Some(_)) = (user, &payment.card) {
            self.ledger.put(Pocket::Wallet(user), payable);
        }
        self.ledger.give_back(&payment.drawn);
        self.unblock(id);
        Ok(())
    }
}

pub(super) fn payment(drawn: Drawn, card: Option<CardSlip>, at: SystemTime) -> Payment {
    Payment { at, drawn, card }
}

impl Store {
    /// Sets the money for an invoice aside until the day on which it is to be paid.
    pub(super) fn promise(
        &mut self,
        id: u64,
        from: Pocket,
        due: SystemTime,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let invoice = self.get(id)?;
        invoice.require_payable()?;
        let payable = invoice.payable();
        let drawn = self.ledger.take(from, payable);
        let drawn = drawn.ok_or(Refusal::NOTHING_TO_BLOCK)?;
        self.get_mut(id)?.payment = Some(payment(drawn, None, now));
        self.turn_until(id, State::Guaranteed, EventKind::Promised, now, Some(due))
    }

    /// Blocks the money of a paid invoice until the banks have settled; then it pays another.
    pub(super) fn pay_out_of(
        &mut self,
        debtor: u64,
        creditor: u64,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let (paying, paid) = (self.get(debtor)?, self.get(creditor)?);
        if paying.state != State::Paid {
            return Err(Refusal::CREDITOR_NOT_PAID);
        }
        if paying.blocked_for.is_some() || paid.state == State::AwaitingSettlement {
            return Err(Refusal::ALREADY_BLOCKED);
        }
        paid.require_payable()?;
        let (till, covers, payable) = (paying.till(), paying.payable(), paid.payable());
        let drawn = (covers >= payable)
            .then(|| self.ledger.take(till, payable))
            .flatten()
            .ok_or(Refusal::NOTHING_TO_BLOCK)?;
        self.get_mut(debtor)?.blocked_for = Some(creditor);
        self.get_mut(creditor)?.payment = Some(payment(drawn, None, now));
        let due = now.checked_add(SETTLES_AFTER);
        let kind = EventKind::PaymentBlocked;
        self.turn_until(creditor, State::AwaitingSettlement, kind, now, due)
    }

    /// Releases the invoice whose money was blocked for this one.
    pub(super) fn unblock(&mut self, creditor: u64) {
        let blocked = self
            .all()
            .find(|invoice| invoice.blocked_for == Some(creditor));
        let Some(debtor) = blocked.map(|invoice| invoice.id) else {
            return;
        };
        if let Ok(invoice) = self.get_mut(debtor) {
            invoice.blocked_for = None;
        }
    }
}
