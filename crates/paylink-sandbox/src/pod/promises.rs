//! Payments that are certain and not made yet: on a day to come, and out of another invoice.

use std::time::SystemTime;

use super::invoice::{EventKind, State};
use super::ledger::Pocket;
use super::life::{SETTLES_AFTER, payment};
use super::refusal::Refusal;
use super::store::Store;

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

    /// Lets go of the invoice whose money was blocked for this one.
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
