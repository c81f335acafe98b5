use std::fmt;

use serde::Serialize;

use crate::Invoice;

/// What an invoice's flags say together.
///
/// POD reports no state but seven truth values. This is the reading of them; where they contradict one another, or one
/// that decides is not reported, it is [`Unclear`](State::Unclear), which is neither paid nor unpaid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Nobody has paid it.
    Unpaid,
    /// A payer is at the bank's gateway.
    AwaitingGateway,
    /// A three-step invoice that the merchant has not verified. Whether a payer has paid it, POD's flags do not tell:
    /// it is not called paid before it is verified. [`Pod::settle`](crate::Pod::settle) finds out.
    Unverified,
    /// Somebody has guaranteed the payment for a later day, or arranged it with another invoice.
    Promised,
    /// Paid, and verified where that was needed: the money is the merchant's.
    Paid,
    /// Cancelled.
    Cancelled,
    /// The flags contradict one another, or one that decides is missing.
    Unclear,
}

impl State {
    /// Reads the flags of an invoice.
    pub(crate) fn of(invoice: &Invoice) -> State {
        let (Some(paid), Some(cancelled), Some(closed), Some(waiting)) = (
            invoice.paid,
            invoice.cancelled,
            invoice.closed,
            invoice.waiting,
        ) else {
            return State::Unclear;
        };
        // The later fields are not in every release of POD.
        let promised = invoice.will_be_paid == Some(true);
        let Some(three_steps) = invoice.verification_needed else {
            return State::Unclear;
        };
        match (paid, cancelled, closed) {
            (true, true, _) | (false, _, true) => State::Unclear,
            (true, false, _) if promised => State::Unclear,
            (true, false, _) if !waiting => State::Paid,
            // Paid at the gateway, and waiting: for what, the merchant's verification shows.
            (true, false, false) if three_steps => State::Unverified,
            (true, false, _) => State::Unclear,
            (false, true, false) => State::Cancelled,
            (false, false, false) if promised => State::Promised,
            (false, false, false) if three_steps => State::Unverified,
            (false, false, false) if waiting => State::AwaitingGateway,
            (false, false, false) => State::Unpaid,
        }
    }

    /// The state in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Unpaid => "unpaid",
            State::AwaitingGateway => "awaiting_gateway",
            State::Unverified => "unverified",
            State::Promised => "promised",
            State::Paid => "paid",
            State::Cancelled => "cancelled",
            State::Unclear => "unclear",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
