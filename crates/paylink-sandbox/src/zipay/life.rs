//! The states of an invoice and the ways between them.

use std::time::{Duration, SystemTime};

use super::invoice::{Event, EventKind, Invoice, Payment};
use super::status::Status;

/// How long after the payment a merchant may verify; then the money goes back to the payer.
pub const VERIFY_WITHIN: Duration = Duration::from_secs(30 * 60);

/// The invoice is in a state from which this way does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongState(pub(super) Status);

/// What a verify found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verified {
    Now,
    Before,
}

impl Invoice {
    /// The payer opens the page.
    pub(super) fn open(&mut self, now: SystemTime) {
        if self.status == Status::Generated {
            self.turn(Status::Waiting, EventKind::Opened, now);
        }
    }

    pub(super) fn pay(&mut self, now: SystemTime, account_number: u64) -> Result<(), WrongState> {
        self.require(&[Status::Generated, Status::Waiting])?;
        self.payment = Some(Payment {
            at: now,
            account_number,
        });
        self.turn(Status::Pending, EventKind::Paid, now);
        Ok(())
    }

    pub(super) fn decline(&mut self, now: SystemTime) -> Result<(), WrongState> {
        self.require(&[Status::Generated, Status::Waiting])?;
        self.turn(Status::Rejected, EventKind::Declined, now);
        Ok(())
    }

    pub(super) fn verify(&mut self, now: SystemTime) -> Result<Verified, WrongState> {
        if self.status == Status::Completed {
            return Ok(Verified::Before);
        }
        self.require(&[Status::Pending])?;
        self.turn(Status::Completed, EventKind::Verified, now);
        Ok(Verified::Now)
    }

    pub(super) fn refund(&mut self, now: SystemTime) -> Result<(), WrongState> {
        self.require(&[Status::Completed])?;
        self.turn(Status::Refunded, EventKind::Refunded, now);
        Ok(())
    }

    /// When the money goes back unless it is verified before.
    pub(super) fn deadline(&self) -> Option<SystemTime> {
        self.payment.as_ref()?.at.checked_add(VERIFY_WITHIN)
    }

    /// Gives the money back if it is due, noting the moment at which it fell due.
    pub(super) fn give_back_if_overdue(&mut self, now: SystemTime) {
        if let Some(deadline) = self.deadline()
            && self.status == Status::Pending
            && deadline <= now
        {
            self.turn(Status::Rejected, EventKind::GivenBack, deadline);
        }
    }

    /// Notes something that changes no state.
    pub(super) fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }

    fn turn(&mut self, status: Status, kind: EventKind, at: SystemTime) {
        self.status = status;
        self.note(kind, at);
    }

    fn require(&self, states: &[Status]) -> Result<(), WrongState> {
        if states.contains(&self.status) {
            Ok(())
        } else {
            Err(WrongState(self.status))
        }
    }
}
