//! The states of a pay link and the ways between them.

use std::time::{Duration, SystemTime};

use super::link::{Event, EventKind, Link};
use super::status::Status;

/// The least time between two messages about the same link.
pub const RESEND_AFTER: Duration = Duration::from_secs(2 * 60);

/// How often a link's SMS can be sent after the first time.
pub const RESENDS_AT_MOST: usize = 3;

/// The link is not open any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    Paid,
    Disabled,
}

/// Why the SMS is not sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotResent {
    Closed(Closed),
    TooSoon { wait: Duration },
    TooOften,
}

impl Link {
    pub(super) fn resend(&mut self, now: SystemTime) -> Result<(), NotResent> {
        self.require_open().map_err(NotResent::Closed)?;
        if self.times_resent() >= RESENDS_AT_MOST {
            return Err(NotResent::TooOften);
        }
        let since = now
            .duration_since(self.last_message_at())
            .unwrap_or_default();
        let wait = RESEND_AFTER.saturating_sub(since);
        if !wait.is_zero() {
            return Err(NotResent::TooSoon { wait });
        }
        self.note(EventKind::Resent, now);
        Ok(())
    }

    pub(super) fn disable(&mut self, now: SystemTime) -> Result<(), Closed> {
        self.require_open()?;
        self.status = Status::Disabled;
        self.note(EventKind::Disabled, now);
        Ok(())
    }

    pub(super) fn pay(&mut self, now: SystemTime, reference_number: String) -> Result<(), Closed> {
        self.require_open()?;
        self.status = Status::Paid;
        self.reference_number = Some(reference_number);
        self.note(EventKind::Paid, now);
        Ok(())
    }

    /// The payer turns away; whoever has the link can still pay.
    pub(super) fn decline(&mut self, now: SystemTime) -> Result<(), Closed> {
        self.require_open()?;
        self.note(EventKind::Declined, now);
        Ok(())
    }

    fn last_message_at(&self) -> SystemTime {
        let messages = [EventKind::Sent, EventKind::Resent];
        let mut latest_first = self.history.iter().rev();
        latest_first
            .find(|event| messages.contains(&event.kind))
            .map_or(self.sent_at, |event| event.at)
    }

    fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }

    fn require_open(&self) -> Result<(), Closed> {
        match self.status {
            Status::Open => Ok(()),
            Status::Paid => Err(Closed::Paid),
            Status::Disabled => Err(Closed::Disabled),
        }
    }
}
